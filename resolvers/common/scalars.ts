import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'

const refuse = (name: string, what: string): GraphQLError =>
  new GraphQLError(`${name}: ${what}`, { extensions: { code: 'BAD_USER_INPUT' } })

const textOf = (name: string, node: ValueNode): string => {
  if (node.kind === Kind.STRING) return node.value
  throw refuse(name, 'must be a string.')
}

function parseDateTime(value: unknown): number {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(value))
    throw refuse('DateTime', 'must be a time as in RFC 3339, e.g. "2026-01-31T12:00:00Z".')
  const ms = Date.parse(value)
  if (Number.isNaN(ms)) throw refuse('DateTime', `"${value}" is not a time.`)
  return ms
}

/** Times are Unix milliseconds inside. */
export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'A time as in RFC 3339 with milliseconds, in UTC when given out, e.g. `2026-01-31T12:00:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => new Date(value as number).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(textOf('DateTime', node)),
})

function parseLong(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw refuse('Long', `must be a whole number from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}.`)
}

export const LongScalar = new GraphQLScalarType<number, number>({
  name: 'Long',
  description: 'A whole number from −(2⁵³ − 1) to 2⁵³ − 1, as a JSON number.',
  serialize: parseLong,
  parseValue: parseLong,
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT) throw refuse('Long', 'must be a whole number.')
    return parseLong(Number(node.value))
  },
})

function parseCursorText(value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 1_024) return value
  throw refuse('Cursor', 'must be a cursor that the server gave out.')
}

export const CursorScalar = new GraphQLScalarType<string, string>({
  name: 'Cursor',
  description: 'An opaque place in a list or stream. Take it from an answer; do not make one.',
  serialize: (value) => value as string,
  parseValue: parseCursorText,
  parseLiteral: (node) => parseCursorText(textOf('Cursor', node)),
})

export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
})
