import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'

/** A place in an input that an output of a parent is put into: `{ "$output": { "of": "name", "pointer": "/a/0" } }`. */
export interface OutputReference {
  /** Name of the parent. */
  readonly of: string
  /** JSON pointer (RFC 6901) into its output; empty for all of it. */
  readonly pointer: string
  /** Where it stands in the caller's input. */
  readonly path: string
}

const MARK = '$output'
const MAX_DEPTH = 200
const MAX_POINTER_CHARACTERS = 1_024
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/
const ARRAY_INDEX = /^(?:0|[1-9]\d{0,15})$/

/** All references within a value. @throws GraphloomError `INVALID_INPUT` for one that is not well formed. */
export function findReferences(value: Json, path: string): OutputReference[] {
  const found: OutputReference[] = []
  replaceReferences(value, path, (reference) => {
    found.push(reference)
    return null
  })
  return found
}

/** The value with each reference replaced. @throws GraphloomError `INVALID_INPUT` for one that is not well formed. */
export function replaceReferences(
  value: Json,
  path: string,
  replace: (reference: OutputReference) => Json,
  depth = 0,
): Json {
  if (value === null || typeof value !== 'object') return value
  if (depth > MAX_DEPTH) throw invalidInput(path, `is nested deeper than ${MAX_DEPTH}.`)
  const inner = (part: Json, key: string | number): Json =>
    replaceReferences(part, `${path}.${key}`, replace, depth + 1)
  if (isArray(value)) return value.map(inner)
  if (Object.hasOwn(value, MARK)) return replace(parseReference(value, path))
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, part === undefined ? part : inner(part, key)]),
  )
}

function parseReference(value: { readonly [key: string]: Json | undefined }, path: string): OutputReference {
  const body = value[MARK]
  if (Object.keys(value).length > 1) throw invalidInput(path, `has other keys beside "${MARK}".`)
  if (body === null || typeof body !== 'object' || isArray(body))
    throw invalidInput(`${path}.${MARK}`, 'must be an object with "of" and "pointer".')
  const { of, pointer = '', ...others } = body as { readonly of?: Json; readonly pointer?: Json }
  if (typeof of !== 'string') throw invalidInput(`${path}.${MARK}.of`, 'must be the name of a task in `after`.')
  if (typeof pointer !== 'string' || !POINTER.test(pointer) || pointer.length > MAX_POINTER_CHARACTERS)
    throw invalidInput(
      `${path}.${MARK}.pointer`,
      `must be a JSON pointer (RFC 6901) of at most ${MAX_POINTER_CHARACTERS} characters, e.g. "/a/0".`,
    )
  if (Object.keys(others).length > 0) throw invalidInput(`${path}.${MARK}`, 'has other keys beside "of" and "pointer".')
  return { of, pointer, path }
}

/** What a JSON pointer finds; undefined for nothing. */
export function readPointer(value: Json, pointer: string): Json | undefined {
  let found: Json | undefined = value
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (found === null || typeof found !== 'object') return undefined
    if (isArray(found)) found = ARRAY_INDEX.test(key) ? found[Number(key)] : undefined
    else found = Object.hasOwn(found, key) ? found[key] : undefined
    if (found === undefined) return undefined
  }
  return found
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)
