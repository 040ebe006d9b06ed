import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { toNumberSchema } from './output-number.js'

type Schema = Readonly<Record<string, Json>>

const MAX_DEPTH = 64
const MAX_SCHEMAS = 2_000
const MAX_CHARACTERS = 65_536

/** Keywords that say nothing about what is valid, or that references point into. */
const NOTES = new Set([
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
const FORMATS = new Set([
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
const KEYWORDS = {
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
type TypeName = keyof typeof KEYWORDS
const TYPED = new Set<string>(Object.values(KEYWORDS).flat())
const COMBINERS = new Set(['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'])

/**
 * The schema in the part of JSON Schema (2020-12 and draft 7) that the grammar engine honours: whatever it lets through
 * is valid by the schema given, though it may let through less (properties in another order, or ones not named).
 * @throws GraphloomError `INVALID_INPUT` that names the place and the keyword that cannot be honoured.
 */
export function toSupportedSchema(schema: Json, path: string): Json {
  if (JSON.stringify(schema).length > MAX_CHARACTERS)
    throw invalidInput(path, `has more than ${MAX_CHARACTERS} characters.`)
  return new SchemaWalk(schema, path).rewrite(schema, '#', 0)
}

class SchemaWalk {
  #count = 0
  constructor(
    readonly root: Json,
    readonly path: string,
  ) {}

  rewrite(schema: Json, at: string, depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#refuse(at, `is nested more than ${MAX_DEPTH} deep`)
    if (++this.#count > MAX_SCHEMAS) throw this.#refuse(at, `is one of more than ${MAX_SCHEMAS} schemas`)
    if (schema === true) return {}
    if (!isSchema(schema)) throw this.#refuse(at, 'is no schema that anything is valid by')
    for (const keyword of Object.keys(schema))
      if (!NOTES.has(keyword) && !TYPED.has(keyword) && !COMBINERS.has(keyword)) throw this.#refuseKeyword(at, keyword)
    const definitions = this.#definitions(schema, at, depth)
    const combiner = ['$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'].find((name) => name in schema)
    const rewritten = combiner ? this.#combined(schema, combiner, at, depth) : this.#typed(schema, at, depth)
    return { ...definitions, ...(rewritten as Schema) }
  }

  /** References point to places of the schema given, so that definitions stay where they are. */
  #definitions(schema: Schema, at: string, depth: number): Schema {
    const kept: Record<string, Json> = {}
    for (const name of ['$defs', 'definitions'])
      if (isSchema(schema[name])) kept[name] = this.#each(schema[name], `${at}/${name}`, depth)
    return kept
  }

  #each(schemas: Schema, at: string, depth: number): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(schemas).map(([name, one]) => [name, this.rewrite(one, `${at}/${name}`, depth + 1)]),
    )
  }

  #combined(schema: Schema, combiner: string, at: string, depth: number): Json {
    const beside = Object.keys(schema).find((name) => name !== combiner && !NOTES.has(name) && name !== 'type')
    if (beside !== undefined)
      throw this.#refuse(at, `has "${beside}" beside "${combiner}", which cannot be honoured together`)
    const value = schema[combiner]!
    if (combiner === 'enum' || combiner === 'const') return this.#values(schema, combiner, at)
    if ('type' in schema) throw this.#refuse(at, `has "type" beside "${combiner}", which cannot be honoured together`)
    if (combiner === '$ref') return { $ref: this.#reference(value, at) }
    if (!isList(value) || value.length === 0) throw this.#refuse(at, `has no list in "${combiner}"`)
    const options = value.map((one, i) => this.rewrite(one, `${at}/${combiner}/${i}`, depth + 1))
    if (combiner === 'allOf' && options.length > 1) throw this.#refuseKeyword(at, 'allOf', 'with several schemas')
    if (combiner === 'oneOf' && !areDisjoint(value))
      throw this.#refuseKeyword(at, 'oneOf', 'with schemas that may hold together')
    return options.length === 1 ? options[0]! : { anyOf: options }
  }

  #values(schema: Schema, keyword: 'enum' | 'const', at: string): Json {
    const values = keyword === 'const' ? [schema['const']!] : schema['enum']
    if (!isList(values) || values.length === 0) throw this.#refuse(at, 'has no values in "enum"')
    const types = typesOf(schema)
    const fitting = types ? values.filter((value) => types.some((type) => isOfType(value, type))) : values
    if (fitting.length === 0) throw this.#refuse(at, `has no value in "${keyword}" of its "type"`)
    return { enum: fitting }
  }

  #reference(reference: Json, at: string): string {
    const problem = (why: string): Error => this.#refuseKeyword(at, '$ref', why)
    if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) throw problem('to another document or an anchor')
    if (/[~%]/.test(reference)) throw problem('with an escape')
    let target: Json | undefined = this.root
    for (const part of reference.split('/').slice(1))
      target = isList(target) ? target[Number(part)] : isSchema(target) ? target[part] : undefined
    if (target === undefined) throw problem(`to "${reference}", which is not there,`)
    return reference
  }

  #typed(schema: Schema, at: string, depth: number): Json {
    const types = typesOf(schema) ?? impliedTypes(schema)
    const unknown = types.find((type) => !(type in KEYWORDS))
    if (unknown !== undefined) throw this.#refuse(at, `has the unknown type "${unknown}"`)
    const options = types.map((type) => this.#ofType(schema, type as TypeName, at, depth))
    return options.length === 0 ? {} : options.length === 1 ? options[0]! : { anyOf: options }
  }

  #ofType(schema: Schema, type: TypeName, at: string, depth: number): Json {
    const own: Record<string, Json> = { type }
    for (const keyword of KEYWORDS[type]) if (keyword in schema) own[keyword] = schema[keyword]!
    if (type === 'object') return this.#object(own, at, depth)
    if (type === 'array') return this.#array(own, at, depth)
    if (type === 'string') return this.#string(own, at)
    if (type === 'integer' || type === 'number') return this.#number(own, type, at)
    return own
  }

  #object(own: Record<string, Json>, at: string, depth: number): Json {
    const properties = isSchema(own['properties']) ? this.#each(own['properties'], `${at}/properties`, depth) : {}
    const required = isList(own['required']) ? own['required'].map(String) : []
    // JSON Schema lets a property be required that is not described: then it is anything.
    for (const name of required) properties[name] ??= {}
    const odd = Object.keys(properties).find((name) => /["\\\p{Cc}]/u.test(name))
    if (odd !== undefined)
      throw this.#refuse(at, `has the property name ${JSON.stringify(odd)}, which JSON writes with an escape`)
    const isNamed = Object.keys(properties).length > 0
    const result: Record<string, Json> = {
      ...own,
      ...(isNamed && { properties }),
      ...(required.length > 0 && { required }),
    }
    // A property that is not named could take the name of one that is.
    if (isNamed) return { ...result, additionalProperties: false }
    if ('patternProperties' in own) throw this.#refuseKeyword(at, 'patternProperties', 'without "properties"')
    for (const keyword of ['additionalProperties', 'propertyNames']) {
      const rest = own[keyword]
      if (rest !== undefined && typeof rest !== 'boolean')
        result[keyword] = this.rewrite(rest, `${at}/${keyword}`, depth + 1)
    }
    if ('minProperties' in own && own['minProperties'] !== 0)
      throw this.#refuseKeyword(at, 'minProperties', 'without "properties"')
    return result
  }

  #array(own: Record<string, Json>, at: string, depth: number): Json {
    const { items, additionalItems, prefixItems, uniqueItems, ...rest } = own
    if (uniqueItems === true) throw this.#refuseKeyword(at, 'uniqueItems')
    const prefix = isList(items) ? items : prefixItems
    const others = (isList(items) ? additionalItems : items) ?? true
    const result: Record<string, Json> = { ...rest }
    if (isList(prefix)) {
      result['prefixItems'] = prefix.map((one, i) => this.rewrite(one, `${at}/prefixItems/${i}`, depth + 1))
      if (Number(rest['maxItems'] ?? Infinity) < prefix.length)
        throw this.#refuse(at, 'has fewer "maxItems" than "prefixItems"')
    }
    result['items'] = others === false ? false : this.rewrite(others, `${at}/items`, depth + 1)
    if (others === false && Number(rest['minItems'] ?? 0) > (isList(prefix) ? prefix.length : 0))
      throw this.#refuse(at, 'has more "minItems" than items are described')
    this.#checkRange(rest, 'minItems', 'maxItems', at)
    return result
  }

  #string(own: Record<string, Json>, at: string): Json {
    const { format } = own
    this.#checkRange(own, 'minLength', 'maxLength', at)
    const limit = ['pattern', 'minLength', 'maxLength'].find((name) => name in own)
    if (format !== undefined && limit !== undefined)
      throw this.#refuse(at, `has "${limit}" beside "format", which cannot be honoured together`)
    if (typeof format === 'string' && !FORMATS.has(format)) throw this.#refuseKeyword(at, 'format', `"${format}"`)
    return own
  }

  #number(own: Record<string, Json>, type: 'integer' | 'number', at: string): Json {
    const range = toNumberSchema(own, type)
    if (range === null) throw this.#refuse(at, `has no ${type} between its "minimum" and "maximum"`)
    return range
  }

  #checkRange(limits: Readonly<Record<string, Json>>, low: string, high: string, at: string): void {
    if (Number(limits[low] ?? -Infinity) > Number(limits[high] ?? Infinity))
      throw this.#refuse(at, `has a "${low}" above its "${high}"`)
  }

  #refuseKeyword(at: string, keyword: string, how = ''): Error {
    return invalidInput(
      this.path,
      `${at} has the keyword "${keyword}"${how === '' ? '' : ` ${how}`}, which cannot be honoured here.`,
    )
  }

  #refuse(at: string, problem: string): Error {
    return invalidInput(this.path, `${at} ${problem}.`)
  }
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function typesOf(schema: Schema): string[] | null {
  const { type } = schema
  return type === undefined ? null : [type].flat().map(String)
}

/** Without a type, one that the schema's keywords are about: others would be valid too, but are not needed. */
function impliedTypes(schema: Schema): string[] {
  const types = Object.keys(KEYWORDS) as TypeName[]
  const implied = types.find((type) => type !== 'integer' && KEYWORDS[type].some((keyword) => keyword in schema))
  return implied ? [implied] : []
}

function isOfType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  if (type === 'array') return isList(value)
  if (type === 'object') return isSchema(value)
  return typeof value === type
}

/** Whether no value can be valid by two of the schemas: their types differ, or the values of a required property. */
function areDisjoint(schemas: readonly Json[]): boolean {
  return schemas.every((one, i) =>
    schemas.slice(i + 1).every((other) => isSchema(one) && isSchema(other) && differ(one, other)),
  )
}

function differ(one: Schema, other: Schema): boolean {
  const values = valuesOf(one)
  const otherValues = valuesOf(other)
  if (values && otherValues) return values.every((value) => !otherValues.includes(value))
  const types = typesOf(one)
  const otherTypes = typesOf(other)
  if (!types || !otherTypes) return false
  const kinds = new Set(otherTypes.map(toKind))
  if (types.every((type) => !kinds.has(toKind(type)))) return true
  const { properties, required } = one
  if (!isSchema(properties) || !isSchema(other['properties']) || !isList(required)) return false
  const otherRequired = other['required']
  return required.some((name) => {
    const [mine, theirs] = [properties, other['properties'] as Schema].map((all) =>
      typeof name === 'string' ? all[name] : undefined,
    )
    return (
      isList(otherRequired) &&
      otherRequired.includes(name) &&
      isSchema(mine) &&
      isSchema(theirs) &&
      valuesOf(mine) !== null &&
      differ(mine, theirs)
    )
  })
}

const toKind = (type: string): string => (type === 'integer' ? 'number' : type)

/** The values of an `enum` or `const` as JSON. */
function valuesOf(schema: Schema): string[] | null {
  const values = 'const' in schema ? [schema['const']!] : schema['enum']
  return isList(values) ? values.map((value) => JSON.stringify(value)) : null
}
