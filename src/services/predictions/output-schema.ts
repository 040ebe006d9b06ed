import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { LARGEST_NUMBER, MOST_DIGITS } from '../../domain/written-number.js'
import { toNumberSchema } from './output-number.js'
import { areDisjoint } from './schema-disjoint.js'
import {
  COMBINERS,
  FORMATS,
  impliedTypes,
  isList,
  isOfType,
  isSchema,
  KEYWORDS,
  NOTES,
  TYPED,
  typesOf,
  VALUES,
  type Schema,
  type TypeName,
} from './schema-keywords.js'
import { SchemaReferences } from './schema-references.js'

const MAX_DEPTH = 64
const MAX_SCHEMAS = 2_000
const MAX_CHARACTERS = 65_536
const MAX_SHOWN = 40

/**
 * The schema in the part of JSON Schema (2020-12 and draft 7) that the grammar engine honours: whatever it lets through
 * is valid by the schema given, though it may let through less (properties in another order, or ones not named).
 * @throws GraphloomError `INVALID_INPUT` that names the place and the keyword that cannot be honoured.
 */
export function toSupportedSchema(schema: Json, path: string): Json {
  if (JSON.stringify(schema).length > MAX_CHARACTERS)
    throw invalidInput(path, `has more than ${MAX_CHARACTERS} characters.`)
  return new SchemaWalk(schema, path).toSchema()
}

class SchemaWalk {
  readonly #root: Json
  readonly #path: string
  readonly #references: SchemaReferences
  #count = 0

  constructor(root: Json, path: string) {
    this.#root = root
    this.#path = path
    this.#references = new SchemaReferences(root)
  }

  /** What references point to stands under `$defs`, by the place that it has in the schema given. */
  toSchema(): Json {
    const root = this.rewrite(this.#root, '#', 0)
    const definitions = this.#references.rewriteTargets((target, at) => this.rewrite(target, at, 0))
    const circle = this.#references.findCircle(definitions)
    if (circle !== null) throw this.#refuseKeyword(circle, '$ref', 'that leads back to itself')
    return definitions.size === 0 ? root : { ...(root as Schema), $defs: Object.fromEntries(definitions) }
  }

  rewrite(schema: Json, at: string, depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#refuse(at, `is nested more than ${MAX_DEPTH} deep`)
    if (++this.#count > MAX_SCHEMAS) throw this.#refuse(at, `is one of more than ${MAX_SCHEMAS} schemas`)
    if (schema === true) return {}
    if (!isSchema(schema)) throw this.#refuse(at, 'is no schema that anything is valid by')
    for (const [keyword, value] of Object.entries(schema)) this.#checkKeyword(keyword, value, at)
    const combiner = ['$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'].find((name) => name in schema)
    return combiner ? this.#combined(schema, combiner, at, depth) : this.#typed(schema, at, depth)
  }

  #checkKeyword(keyword: string, value: Json, at: string): void {
    if (!NOTES.has(keyword) && !TYPED.has(keyword) && !COMBINERS.has(keyword)) throw this.#refuseKeyword(at, keyword)
    const rule = Object.hasOwn(VALUES, keyword) ? VALUES[keyword]! : null
    if (rule && !rule.isMet(value))
      throw this.#refuse(at, `has the keyword "${keyword}" with ${shorten(value)}, which is not ${rule.what}`)
  }

  #each(schemas: Schema, at: string, depth: number): Map<string, Json> {
    return new Map(Object.entries(schemas).map(([name, one]) => [name, this.rewrite(one, `${at}/${name}`, depth + 1)]))
  }

  #combined(schema: Schema, combiner: string, at: string, depth: number): Json {
    const beside = Object.keys(schema).find((name) => name !== combiner && !NOTES.has(name) && name !== 'type')
    if (beside !== undefined)
      throw this.#refuse(at, `has "${beside}" beside "${combiner}", which cannot be honoured together`)
    const value = schema[combiner]!
    if (combiner === 'enum' || combiner === 'const') return this.#values(schema, combiner, at)
    if ('type' in schema) throw this.#refuse(at, `has "type" beside "${combiner}", which cannot be honoured together`)
    if (combiner === '$ref') return { $ref: this.#reference(value, at) }
    if (!isList(value) || value.length === 0) throw this.#refuse(at, `has no list of schemas in "${combiner}"`)
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
    const problem = typeof reference === 'string' ? this.#references.add(reference) : 'that is no string'
    if (problem !== null) throw this.#refuseKeyword(at, '$ref', problem)
    return reference as string
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
    const properties = this.#each((own['properties'] ?? {}) as Schema, `${at}/properties`, depth)
    const required = (own['required'] ?? []) as readonly string[]
    // JSON Schema lets a property be required that is not described: then it is anything.
    for (const name of required) if (!properties.has(name)) properties.set(name, {})
    const { minProperties, maxProperties, propertyNames: names } = own
    this.#checkRange(own, 'minProperties', 'maxProperties', at)
    const limits: Schema = {
      type: 'object',
      ...(minProperties !== undefined && { minProperties }),
      ...(maxProperties !== undefined && { maxProperties }),
      ...(isSchema(names) && { propertyNames: this.rewrite(names, `${at}/propertyNames`, depth + 1) }),
    }
    if (names === false) throw this.#refuseKeyword(at, 'propertyNames', 'with false')
    if (properties.size === 0) return this.#unnamed(own, limits, at, depth)
    if (Number(minProperties ?? 0) > properties.size)
      throw this.#refuse(at, 'has more "minProperties" than properties are described')
    if (Number(maxProperties ?? Infinity) < required.length)
      throw this.#refuse(at, 'has fewer "maxProperties" than are in "required"')
    const patterns = Object.keys((own['patternProperties'] ?? {}) as Schema).map((pattern) => [pattern, {}] as const)
    return {
      ...limits,
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      ...(patterns.length > 0 && { patternProperties: Object.fromEntries(patterns) }),
      // A property that is not named could take the name of one that is.
      additionalProperties: false,
    }
  }

  /** An object of whatever properties, or of those whose names match a pattern. */
  #unnamed(own: Schema, limits: Schema, at: string, depth: number): Json {
    const { additionalProperties: others = true, patternProperties, minProperties } = own
    const patterned = this.#each((patternProperties ?? {}) as Schema, `${at}/patternProperties`, depth)
    // A name that is given twice counts once.
    if (minProperties !== undefined && minProperties !== 0)
      throw this.#refuseKeyword(at, 'minProperties', 'without "properties"')
    if (patterned.size > 1) throw this.#refuseKeyword(at, 'patternProperties', 'with several patterns')
    if (patterned.size === 1 && 'propertyNames' in limits)
      throw this.#refuse(at, 'has "propertyNames" beside "patternProperties", which cannot be honoured together')
    if (patterned.size === 1) return { ...limits, patternProperties: Object.fromEntries(patterned) }
    const rest = typeof others === 'boolean' ? others : this.rewrite(others, `${at}/additionalProperties`, depth + 1)
    return { ...limits, additionalProperties: rest }
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
    const isBeyond = (name: string, sign: number): boolean => {
      const bound = sign * Number(own[name] ?? 0)
      return bound > LARGEST_NUMBER || (bound === LARGEST_NUMBER && name.startsWith('exclusive'))
    }
    const far =
      ['minimum', 'exclusiveMinimum'].find((name) => isBeyond(name, 1)) ??
      ['maximum', 'exclusiveMaximum'].find((name) => isBeyond(name, -1))
    if (far !== undefined) throw this.#refuseKeyword(at, far, `beyond numbers of ${MOST_DIGITS} digits`)
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
      this.#path,
      `${at} has the keyword "${keyword}"${how === '' ? '' : ` ${how}`}, which cannot be honoured here.`,
    )
  }

  #refuse(at: string, problem: string): Error {
    return invalidInput(this.#path, `${at} ${problem}.`)
  }
}

/** A value as a refusal shows it. */
function shorten(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
