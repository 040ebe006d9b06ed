import { spacedJson, type Json } from '../../kernel/json.js'
import { Configurations } from './configurations.js'
import { FORMATS } from './formats.js'
import { follow } from './grammar-matcher.js'
import { addAnyValue, type AnyValue } from './json-rules.js'
import { NetworkBuilder, type Part, type Rule, type State } from './network.js'
import { NUMBER, toIntegerPattern, toNumberPattern } from './number-pattern.js'
import { toPatternPart, toSearchPart, writeInJson } from './pattern.js'
import { toNetwork } from './pruned-network.js'

type Schema = Readonly<Record<string, Json>>

/** As `spacedJson` has it: no line breaks, so that a model cannot go on with white space for ever. */
const SEPARATOR = ', '

/** Rules for the JSON texts that are valid by a schema of the supported part of JSON Schema, and by parts of it. */
export class SchemaRules {
  readonly #builder: NetworkBuilder
  readonly #definitions: Schema
  /** By the schema as a text: equal ones have the same rule. */
  readonly #rules = new Map<string, Rule>()
  readonly #any: AnyValue
  readonly #character: Part
  readonly root: Rule

  constructor(builder: NetworkBuilder, schema: Json) {
    this.#builder = builder
    this.#definitions = isSchema(schema) && isSchema(schema['$defs']) ? schema['$defs'] : {}
    this.#any = addAnyValue(builder)
    this.#character = builder.call(this.#any.character)
    this.root = this.#rule(schema, '#')
  }

  #rule(schema: Json, at: string): Rule {
    const key = JSON.stringify(schema)
    const known = this.#rules.get(key)
    if (known) return known
    const rule = this.#builder.declare(at)
    this.#rules.set(key, rule)
    this.#builder.define(rule, this.#part(schema as Schema, at))
    return rule
  }

  #value(schema: Json, at: string): Part {
    return this.#builder.call(this.#rule(schema, at))
  }

  #part(schema: Schema, at: string): Part {
    const { $ref, anyOf, type } = schema
    if (typeof $ref === 'string') return this.#value(this.#definitions[$ref]!, $ref)
    if (isList(schema['enum'])) return this.#builder.words(schema['enum'].map((value) => spacedJson(value)))
    if (isList(anyOf)) return this.#builder.anyOf(anyOf.map((one, i) => this.#value(one, `${at}/anyOf/${i}`)))
    if (type === 'object') return this.#object(schema, at)
    if (type === 'array') return this.#array(schema, at)
    if (type === 'string') return this.#string(schema, at)
    if (type === 'boolean') return this.#builder.words(['true', 'false'])
    if (type === 'null') return this.#builder.text('null')
    if (type === 'integer' || type === 'number') return toPatternPart(this.#builder, toNumbers(schema))
    return this.#builder.call(this.#any.value)
  }

  #string({ pattern, format, minLength, maxLength }: Schema, at: string): Part {
    const limits = { minLength: toCount(minLength, 0), maxLength: toCount(maxLength, Infinity) }
    const write = writeInJson(this.#builder)
    const inside = (): Part => {
      if (typeof pattern === 'string') return toPatternPart(this.#builder, pattern, { write, ...limits })
      if (typeof format === 'string') return toPatternPart(this.#builder, FORMATS[format]!, { write })
      return this.#builder.repeat(this.#character, limits.minLength, limits.maxLength)
    }
    return this.#quoted(saying(at, typeof pattern === 'string' ? 'pattern' : 'type', inside))
  }

  #quoted(inside: Part): Part {
    return this.#builder.sequence(this.#builder.text('"'), inside, this.#builder.text('"'))
  }

  #array({ prefixItems, items, minItems, maxItems }: Schema, at: string): Part {
    const builder = this.#builder
    const [least, most] = [toCount(minItems, 0), toCount(maxItems, Infinity)]
    const prefix = isList(prefixItems) ? prefixItems : []
    const parts = prefix.slice(0, most).map((one, i) => this.#value(one, `${at}/prefixItems/${i}`))
    const others = items === false ? null : this.#value(items ?? {}, `${at}/items`)
    const elements: Part = (from) => {
      const to = builder.state()
      let state = from
      const mayEndAfter = (count: number): unknown => count >= least && state.empty.push(to)
      mayEndAfter(0)
      const first = parts.length === 0 && others && most > 0 ? [others] : parts
      first.forEach((part, i) => {
        state = i === 0 ? part(state) : builder.sequence(builder.text(SEPARATOR), part)(state)
        mayEndAfter(i + 1)
      })
      const rest = [Math.max(0, least - first.length), most - first.length] as const
      if (others && rest[1] > 0)
        builder
          .repeat(
            builder.sequence(builder.text(SEPARATOR), others),
            ...rest,
          )(state)
          .empty.push(to)
      return to
    }
    return builder.sequence(builder.text('['), elements, builder.text(']'))
  }

  #object(schema: Schema, at: string): Part {
    const builder = this.#builder
    const members = isSchema(schema['properties']) ? this.#named(schema, at) : this.#unnamed(schema, at)
    return builder.sequence(builder.text('{'), members, builder.text('}'))
  }

  /** Properties in their order. Where their number is limited they are counted, else only whether there is one yet. */
  #named(schema: Schema, at: string): Part {
    const builder = this.#builder
    const required = new Set(isList(schema['required']) ? schema['required'] : [])
    const properties = this.#allowedProperties(schema, required, at).map(([name, one]) => {
      const value = this.#value(one, `${at}/properties/${name}`)
      const property = builder.sequence(builder.text(`${JSON.stringify(name)}: `), value)
      return { isRequired: required.has(name), part: builder.call(builder.rule(`${at}/properties/${name}`, property)) }
    })
    const [least, most] = [toCount(schema['minProperties'], 0), toCount(schema['maxProperties'], Infinity)]
    const counted = least > 0 || most < properties.length ? properties.length : 1
    return (from) => {
      let column: State[] = [from]
      for (const { isRequired, part } of properties) {
        const next: State[] = []
        column.forEach((state, count) => {
          const go = (before: State, to: number): unknown => before.empty.push((next[to] ??= builder.state()))
          if (!isRequired) go(state, count)
          const written = count === 0 ? part : builder.sequence(builder.text(SEPARATOR), part)
          if (count < most) go(written(state), Math.min(count + 1, counted))
        })
        column = next
      }
      const to = builder.state()
      column.forEach((state, count) => {
        if (count >= least) state.empty.push(to)
      })
      return to
    }
  }

  /** Properties whose names are allowed. @throws Error where it cannot be said. */
  #allowedProperties(schema: Schema, required: ReadonlySet<Json>, at: string): [string, Json][] {
    const { patternProperties, propertyNames } = schema
    const properties = Object.entries(schema['properties'] as Schema)
    for (const pattern of isSchema(patternProperties) ? Object.keys(patternProperties) : []) {
      const isFound = toTest((builder) => saying(at, 'patternProperties', () => toSearchPart(builder, pattern)))
      const both = properties.find(([name]) => isFound(name))
      if (both)
        throw new Error(`${at} has the property ${JSON.stringify(both[0])}, which "patternProperties" is about too`)
    }
    if (!isSchema(propertyNames)) return properties
    const isName = toTest((builder) => builder.call(new SchemaRules(builder, this.#standingAlone(propertyNames)).root))
    const allowed = properties.filter(([name]) => isName(JSON.stringify(name)))
    const missing = properties.find((one) => required.has(one[0]) && !allowed.includes(one))
    if (!missing) return allowed
    throw new Error(`${at} requires the property ${JSON.stringify(missing[0])}, which "propertyNames" does not allow`)
  }

  #standingAlone = (schema: Schema): Json => ({ ...schema, $defs: this.#definitions })

  #unnamed({ additionalProperties, propertyNames, patternProperties, maxProperties }: Schema, at: string): Part {
    const builder = this.#builder
    const [patterned] = isSchema(patternProperties) ? Object.entries(patternProperties) : []
    if (!patterned && additionalProperties === false) return builder.text('')
    const name = patterned
      ? saying(at, 'patternProperties', () => toPatternPart(builder, patterned[0], { write: writeInJson(builder) }))
      : null
    const key = name
      ? this.#quoted(name)
      : this.#value({ type: 'string', ...(propertyNames as Schema) }, `${at}/propertyNames`)
    const value = patterned ? this.#value(patterned[1], `${at}/patternProperties/${patterned[0]}`) : null
    const others = additionalProperties === true ? {} : (additionalProperties ?? {})
    const member = builder.sequence(key, builder.text(': '), value ?? this.#value(others, `${at}/additionalProperties`))
    const most = toCount(maxProperties, Infinity)
    if (most === 0) return builder.text('')
    const more = builder.repeat(builder.sequence(builder.text(SEPARATOR), member), 0, most - 1)
    return builder.optional(builder.sequence(member, more))
  }
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

const isSchema = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const toCount = (value: Json | undefined, none: number): number => (typeof value === 'number' ? value : none)

/** An expression for the numbers of a schema, whose bounds are whole. */
function toNumbers({ type, minimum, maximum }: Schema): string {
  const bounds = { low: toCount(minimum, -Infinity), high: toCount(maximum, Infinity) }
  if (type === 'integer') return toIntegerPattern(bounds)
  return bounds.low === -Infinity && bounds.high === Infinity ? NUMBER : toNumberPattern(bounds)
}

/** @throws Error with the place and the keyword. */
function saying<T>(at: string, keyword: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`"${keyword}" of ${at}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** Whether a text is one of some texts. */
function toTest(toPart: (builder: NetworkBuilder) => Part): (text: string) => boolean {
  const builder = new NetworkBuilder()
  const automaton = new Configurations(toNetwork(builder.rule('names', toPart(builder))))
  return (text) => follow(automaton, automaton.first, Buffer.from(text, 'utf8'))?.isWhole ?? false
}
