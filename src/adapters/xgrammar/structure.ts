import type { OutputConstraint } from '../../domain/prediction.js'
import { spacedJson, type Json } from '../../kernel/json.js'
import { toPatternRules, toWordRules } from './deterministic-rules.js'
import { toIntegerPattern, toNumberPattern } from './number-pattern.js'
import { toToolGrammar } from './tool-grammar.js'
import type { XGrammar } from './xgrammar-library.js'

/** As `spacedJson` has them: no line breaks, so that a model cannot go on with white space for ever. */
const SEPARATORS: [string, string] = [', ', ': ']
const ONE_LINE = -1

/** The grammar that a text must follow, in the engine's notation. @throws Error that says what cannot be honoured. */
export async function toGrammar(library: XGrammar, constraint: OutputConstraint): Promise<string> {
  switch (constraint.kind) {
    case 'JSON_SCHEMA':
      return toJsonGrammar(library, constraint.schema)
    case 'REGEX':
      return toPatternRules(constraint.pattern, { name: 'root' })
    case 'GRAMMAR':
      return constraint.grammar
    case 'CHOICE':
      return toWordRules(constraint.choices, { name: 'root' })
    case 'TOOLS': {
      const toTool = async ({ name, parameters }: (typeof constraint.tools)[number]) => ({
        name,
        grammar: await toJsonGrammar(library, parameters),
      })
      return toToolGrammar({ ...constraint, tools: await Promise.all(constraint.tools.map(toTool)) })
    }
  }
}

/** The engine turns a schema into a grammar; what it would get wrong is left out there and put in as rules. */
async function toJsonGrammar(library: XGrammar, schema: Json): Promise<string> {
  const replaced = new Replaced(JSON.stringify(schema))
  const rest = JSON.stringify(replaced.replaceIn(schema))
  const grammar = await library.Testings._jsonSchemaToEBNF(rest, false, ONE_LINE, SEPARATORS, true)
  return replaced.putInto(grammar)
}

/** Parts of a schema that are regular languages, each with a name in the place of which it stands. */
class Replaced {
  readonly #prefix: string
  readonly #rules: string[] = []

  constructor(schemaText: string) {
    let prefix = 'part'
    while (schemaText.includes(prefix)) prefix += '_'
    this.#prefix = prefix
  }

  replaceIn(schema: Json): Json {
    if (Array.isArray(schema)) return schema.map((one: Json) => this.replaceIn(one))
    if (typeof schema !== 'object' || schema === null) return schema
    const own = schema as Readonly<Record<string, Json>>
    const { enum: values, pattern } = own
    if (Array.isArray(values)) {
      const words = values.map((value: Json) => spacedJson(value))
      return this.#replace((name) => toWordRules([...new Set(words)], { name }))
    }
    if (own['type'] === 'string' && typeof pattern === 'string')
      return this.#replace((name) => toStringRules(pattern, own, name))
    const numbers = toNumberPatternOf(own)
    if (numbers !== null) return this.#replace((name) => toPatternRules(numbers, { name }))
    // Schemas stand in any place of these but names of properties are not schemas.
    return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, this.replaceIn(value)]))
  }

  putInto(grammar: string): string {
    const name = new RegExp(`"\\\\"(${this.#prefix}[0-9]+)\\\\""`, 'g')
    return [grammar.replace(name, '$1'), ...this.#rules].join('\n')
  }

  #replace(toRules: (name: string) => string): Json {
    const name = `${this.#prefix}${this.#rules.length}`
    this.#rules.push(toRules(name))
    return { const: name }
  }
}

/** An expression for the numbers of a schema with bounds, which are whole; null for any other. */
function toNumberPatternOf({ type, minimum, maximum }: Readonly<Record<string, Json>>): string | null {
  if (typeof minimum !== 'number' && typeof maximum !== 'number') return null
  const low = typeof minimum === 'number' ? minimum : -Infinity
  const high = typeof maximum === 'number' ? maximum : Infinity
  if (type === 'integer') return toIntegerPattern({ low, high })
  return type === 'number' ? toNumberPattern({ low, high }) : null
}

function toStringRules(pattern: string, schema: Readonly<Record<string, Json>>, name: string): string {
  const { minLength, maxLength } = schema
  const inside = `${name}_inside`
  const rules = toPatternRules(pattern, {
    name: inside,
    insideString: true,
    ...(typeof minLength === 'number' && { minLength }),
    ...(typeof maxLength === 'number' && { maxLength }),
  })
  return `${name} ::= "\\"" ${inside} "\\""\n${rules}`
}
