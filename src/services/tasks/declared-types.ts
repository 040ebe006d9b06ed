import { z } from 'zod'
import { GraphloomError } from '../../kernel/errors.js'
import { parseJson } from '../../kernel/json.js'
import { DEFAULT_QUEUE, DEFAULTS, type TaskType } from './task-type.js'
import { compileSchemas, TaskTypes } from './task-types.js'

const MAX_TYPES = 1_000
const DAY_MS = 86_400_000

const declaration = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/)
    .max(128),
  description: z.string().max(2_000).default(''),
  queue: z
    .string()
    .regex(/^[a-z][a-z0-9._-]{0,62}$/)
    .default(DEFAULT_QUEUE),
  inputSchema: z.record(z.string(), z.unknown()).default({}),
  outputSchema: z.record(z.string(), z.unknown()).default({}),
  attemptLimit: z.int().min(1).max(100).default(DEFAULTS.attemptLimit),
  timeoutMs: z
    .number()
    .min(1)
    .max(7 * DAY_MS)
    .nullable()
    .default(null),
})

const declarations = z.array(declaration).max(MAX_TYPES)

/**
 * Kinds of work that workers elsewhere do, as a file declares them: a JSON array of objects with `name`, and where
 * wanted `description`, `queue`, `inputSchema`, `outputSchema` (JSON Schema, draft 2020-12), `attemptLimit`, `timeoutMs`.
 * @throws GraphloomError `INVALID_INPUT` that names the first mistake.
 */
export function parseDeclaredTypes(text: string, file: string): TaskType[] {
  const json = parseJson(text)
  if (json === undefined) throw unusable(file, '', 'the file is not JSON')
  const parsed = declarations.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw unusable(file, issue?.path.join('.') ?? '', issue?.message ?? 'not valid')
  }
  const names = parsed.data.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw unusable(file, '', `"${twice}" is there twice`)
  return parsed.data.map(({ attemptLimit, timeoutMs, ...type }) => ({
    ...type,
    defaults: { ...DEFAULTS, attemptLimit, timeoutMs },
    run: null,
  }))
}

/**
 * Whether the server can do with them what they say, beside the types that it has itself.
 * @throws GraphloomError `INVALID_INPUT` that names the first mistake.
 */
export async function checkDeclaredTypes(declared: readonly TaskType[], own: readonly TaskType[], file: string) {
  const types = new TaskTypes(own)
  for (const [at, type] of declared.entries()) {
    if (types.get(type.name)) throw unusable(file, `${at}.name`, `"${type.name}" is a type of the server itself`)
    try {
      types.checkQueue(type, type.queue, `${at}.queue`)
      await compileSchemas(type)
    } catch (error) {
      throw unusable(file, String(at), `${type.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function unusable(file: string, place: string, problem: string): GraphloomError {
  const where = place === '' ? '' : ` at ${place}`
  return new GraphloomError('INVALID_INPUT', `The task types in ${file} cannot be used${where}: ${problem}.`)
}
