import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'

/** Where an input names what is not there, or not to be had, that is a mistake in the input, at `path`. */
export async function namingMistakes<T>(path: string, checking: Promise<T>): Promise<T> {
  try {
    return await checking
  } catch (error) {
    const isMistake = isErrorWithCode(error, 'NOT_FOUND') || isErrorWithCode(error, 'CONFLICT')
    throw isMistake ? invalidInput(path, error.message) : error
  }
}

/** A mistake in a task's input as one in the arguments that the input was made of, which begin with `prefix`. */
export function toArgumentMistake(error: unknown, prefix: string): unknown {
  const path = isErrorWithCode(error, 'INVALID_INPUT') ? error.details.path : undefined
  if (path === undefined) return error
  const argument = path.replace(/^input\.(?:input\.)?/, prefix)
  const { message } = error as Error
  return invalidInput(argument, message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message)
}
