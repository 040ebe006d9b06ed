import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import { toSupportedSchema } from './output-schema.js'

/** What a client wants a text to be; exactly one is given. */
export interface ConstraintRequest {
  readonly jsonSchema?: unknown
  readonly regex?: string | null
  readonly grammar?: string | null
  readonly choice?: readonly string[] | null
}

export const MAX_CHOICES = 256
export const MAX_CONSTRAINT_CHARACTERS = 65_536

/**
 * Only what needs no grammar engine is checked here: the engine then says whether it can honour the rest.
 * @throws GraphloomError `INVALID_INPUT` with the path.
 */
export function parseConstraint(request: ConstraintRequest, path: string): OutputConstraint {
  const { jsonSchema, regex, grammar, choice } = request
  const isOnly = (name: keyof ConstraintRequest): boolean =>
    Object.entries(request).every(([other, value]) => other === name || value === undefined || value === null)
  if (jsonSchema !== undefined && jsonSchema !== null && isOnly('jsonSchema'))
    return { kind: 'JSON_SCHEMA', schema: toSupportedSchema(jsonSchema as Json, path) }
  if (typeof regex === 'string' && isOnly('regex')) return { kind: 'REGEX', pattern: checkText(regex, `${path}.regex`) }
  if (typeof grammar === 'string' && isOnly('grammar'))
    return { kind: 'GRAMMAR', grammar: checkText(grammar, `${path}.grammar`) }
  if (choice && isOnly('choice')) return { kind: 'CHOICE', choices: checkChoices(choice, `${path}.choice`) }
  throw invalidInput(path, 'must have exactly one of jsonSchema, regex, grammar, choice.')
}

function checkText(text: string, path: string): string {
  if (text.length === 0 || text.length > MAX_CONSTRAINT_CHARACTERS)
    throw invalidInput(path, `must have 1 to ${MAX_CONSTRAINT_CHARACTERS} characters.`)
  if (!text.isWellFormed()) throw invalidInput(path, 'has half of a surrogate pair, which is not a character.')
  return text
}

function checkChoices(choices: readonly string[], path: string): readonly string[] {
  if (choices.length === 0 || choices.length > MAX_CHOICES)
    throw invalidInput(path, `has ${choices.length} texts; 1 to ${MAX_CHOICES} are allowed.`)
  if (new Set(choices).size !== choices.length) throw invalidInput(path, 'has the same text twice.')
  return choices.map((choice, i) => checkText(choice, `${path}.${i}`))
}
