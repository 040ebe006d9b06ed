import type { Json } from '../../kernel/json.js'
import { isList, isSchema } from './schema-keywords.js'

/** References within a schema, and what they point to. */
export class SchemaReferences {
  readonly #root: Json
  readonly #targets = new Map<string, Json>()

  constructor(root: Json) {
    this.#root = root
  }

  /** Takes note of one. Says what is wrong with it, or null. */
  add(reference: string): string | null {
    if (this.#targets.has(reference)) return null
    if (!/^#(\/|$)/.test(reference)) return 'to another document or an anchor'
    let target: Json | undefined = this.#root
    for (const part of reference.split('/').slice(1)) target = memberOf(target, readPart(part))
    if (target === undefined) return `to "${reference}", which is not there`
    this.#targets.set(reference, target)
    return null
  }

  /** All that is pointed to, also from what is pointed to, by the reference. */
  rewriteTargets(rewrite: (target: Json, at: string) => Json): ReadonlyMap<string, Json> {
    const definitions = new Map<string, Json>()
    for (const [reference, target] of this.#targets) definitions.set(reference, rewrite(target, reference))
    return definitions
  }

  /** A reference that leads to itself with nothing around it; null when there is none. */
  findCircle(definitions: ReadonlyMap<string, Json>): string | null {
    for (const start of definitions.keys()) {
      const reached = new Set(bareReferences(definitions.get(start)!))
      for (const one of reached) for (const next of bareReferences(definitions.get(one)!)) reached.add(next)
      if (reached.has(start)) return start
    }
    return null
  }
}

function memberOf(target: Json | undefined, name: string | null): Json | undefined {
  if (name === null || target === undefined) return undefined
  if (isList(target)) return /^(0|[1-9][0-9]*)$/.test(name) ? target[Number(name)] : undefined
  return isSchema(target) && Object.hasOwn(target, name) ? target[name] : undefined
}

/** A part of a JSON pointer in a fragment; null for one that is written wrongly. */
function readPart(part: string): string | null {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return null
  }
}

function bareReferences(schema: Json): string[] {
  if (!isSchema(schema)) return []
  const { $ref, anyOf } = schema
  if (typeof $ref === 'string') return [$ref]
  return isList(anyOf) ? anyOf.flatMap(bareReferences) : []
}
