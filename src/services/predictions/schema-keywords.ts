import type { Json } from '../../kernel/json.js'

export type Schema = Readonly<Record<string, Json>>

/** Keywords that say nothing about what is valid, or that references point into. */
export const NOTES = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$defs',
  'definitions',
  'contentMediaType',
  'contentEncoding',
])
export const FORMATS = new Set([
  'date',
  'time',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
  'uri',
  'uri-reference',
  'uri-template',
  'json-pointer',
  'relative-json-pointer',
])
/** Keywords by the type that they are about. */
export const KEYWORDS = {
  object: [
    'properties',
    'required',
    'additionalProperties',
    'patternProperties',
    'propertyNames',
    'minProperties',
    'maxProperties',
  ],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  null: [],
} as const
export type TypeName = keyof typeof KEYWORDS
export const TYPED = new Set<string>(Object.values(KEYWORDS).flat())
export const COMBINERS = new Set(['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'])

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

export const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function typesOf(schema: Schema): string[] | null {
  const { type } = schema
  return type === undefined ? null : [type].flat().map(String)
}

/** Without a type, one that the schema's keywords are about: others would be valid too, but are not needed. */
export function impliedTypes(schema: Schema): string[] {
  const types = Object.keys(KEYWORDS) as TypeName[]
  const implied = types.find((type) => type !== 'integer' && KEYWORDS[type].some((keyword) => keyword in schema))
  return implied ? [implied] : []
}

export function isOfType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  if (type === 'array') return isList(value)
  if (type === 'object') return isSchema(value)
  return typeof value === type
}

const isBoolean = (value: Json): boolean => typeof value === 'boolean'
const isText = (value: Json): boolean => typeof value === 'string'
const isNumber = (value: Json): boolean => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: Json): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isSchemaOrBoolean = (value: Json): boolean => isBoolean(value) || isSchema(value)
const isListOf =
  (isOne: (value: Json) => boolean, least = 0) =>
  (value: Json): boolean =>
    isList(value) && value.length >= least && value.every(isOne)

const COUNT = { isMet: isCount, what: 'a whole number of 0 or more' }
const NUMBER = { isMet: isNumber, what: 'a number' }
const TEXT = { isMet: isText, what: 'a string' }
const SCHEMA = { isMet: isSchemaOrBoolean, what: 'a schema' }
const SCHEMAS = { isMet: isSchema, what: 'an object' }
const BOOLEAN = { isMet: isBoolean, what: 'true or false' }

/** What the value of a keyword has to be. */
export const VALUES: Readonly<Record<string, { readonly isMet: (value: Json) => boolean; readonly what: string }>> = {
  type: {
    isMet: (value) => isText(value) || isListOf(isText, 1)(value),
    what: 'a string or a list of strings',
  },
  enum: { isMet: isListOf(() => true, 1), what: 'a list of values' },
  properties: SCHEMAS,
  patternProperties: SCHEMAS,
  required: { isMet: isListOf(isText), what: 'a list of strings' },
  additionalProperties: SCHEMA,
  propertyNames: SCHEMA,
  items: { isMet: (value) => isSchemaOrBoolean(value) || isList(value), what: 'a schema' },
  additionalItems: SCHEMA,
  prefixItems: { isMet: isListOf(isSchemaOrBoolean), what: 'a list of schemas' },
  uniqueItems: BOOLEAN,
  minItems: COUNT,
  maxItems: COUNT,
  minLength: COUNT,
  maxLength: COUNT,
  minProperties: COUNT,
  maxProperties: COUNT,
  minimum: NUMBER,
  maximum: NUMBER,
  exclusiveMinimum: NUMBER,
  exclusiveMaximum: NUMBER,
  pattern: TEXT,
  format: TEXT,
}
