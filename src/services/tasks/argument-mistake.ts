import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'

/** A mistake in a task's input as one in the arguments that the input was made of, which begin with `prefix`. */
export function toArgumentMistake(error: unknown, prefix: string): unknown {
  const path = isErrorWithCode(error, 'INVALID_INPUT') ? error.details.path : undefined
  if (path === undefined) return error
  const argument = path.replace(/^input\.(?:input\.)?/, prefix)
  const { message } = error as Error
  return invalidInput(argument, message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message)
}
