import { Configurations, type Configuration } from './configurations.js'
import { PlainRoom, type PlainTokens } from './plain-text.js'
import type { Network } from './pruned-network.js'
import type { TokenBytes, TokenTree } from './token-tree.js'

/** Where a text stands in the grammar that it must follow. */
export interface GrammarMatcher extends Disposable {
  /** Sets the logits of tokens that may not come next to minus infinity. @throws Error when no token may come. */
  mask(logits: Float32Array): void
  /** Takes the next token; false for one that may not come. */
  accept(token: number): boolean
  /** Text that must come next; empty when there is a choice. */
  findForced(): string
}

/** A model's tokens, and those of them that end a text. */
export interface Tokens {
  readonly bytes: TokenBytes
  /** Bytes that a text can have. */
  readonly isWritable: readonly boolean[]
  readonly tree: TokenTree
  readonly plain: PlainTokens
  readonly ends: ReadonlySet<number>
}

/** What is kept of what texts came by: more while a text is being written, little when none is. */
const MOST_CONFIGURATIONS = 10_000
const MOST_MASKS = 500
const KEPT_CONFIGURATIONS = 1_000
const KEPT_MASKS = 50
/** The most text that is looked for at once. */
const MOST_FORCED_BYTES = 200

/** A grammar over a model's tokens. */
export class CompiledGrammar {
  readonly #network: Network
  readonly #tokens: Tokens
  #configurations: Configurations
  #room: PlainRoom
  readonly #masks = new Map<Configuration, Uint32Array>()
  #users = 0

  constructor(network: Network, tokens: Tokens) {
    this.#network = network
    this.#tokens = tokens
    this.#configurations = new Configurations(network)
    this.#room = new PlainRoom(this.#configurations, tokens.isWritable)
  }

  createMatcher(): GrammarMatcher {
    this.#users++
    let at = this.#configurations.first
    let automaton = this.#configurations
    /** After what was found out was forgotten, the text goes on in what is found out anew. */
    const settle = (): void => {
      this.#forget(MOST_CONFIGURATIONS, MOST_MASKS)
      if (automaton === this.#configurations) return
      automaton = this.#configurations
      at = automaton.adopt(at)
    }
    return {
      mask: (logits) => {
        settle()
        applyMask(this.#maskOf(at), logits)
      },
      accept: (token) => {
        if (this.#tokens.ends.has(token)) return at.isWhole
        const bytes = this.#tokens.bytes[token] ?? null
        const next = bytes && bytes.length > 0 ? follow(automaton, at, bytes) : null
        at = next ?? at
        return next !== null
      },
      findForced: () => findForced(automaton, at),
      [Symbol.dispose]: () => {
        if (--this.#users === 0) this.#forget(KEPT_CONFIGURATIONS, KEPT_MASKS)
      },
    }
  }

  #forget(mostConfigurations: number, mostMasks: number): void {
    if (this.#configurations.size <= mostConfigurations && this.#masks.size <= mostMasks) return
    this.#masks.clear()
    if (this.#configurations.size <= mostConfigurations) return
    this.#configurations = new Configurations(this.#network)
    this.#room = new PlainRoom(this.#configurations, this.#tokens.isWritable)
  }

  #maskOf(configuration: Configuration): Uint32Array {
    let mask = this.#masks.get(configuration)
    if (!mask) this.#masks.set(configuration, (mask = this.#findMask(configuration)))
    return mask
  }

  #findMask(configuration: Configuration): Uint32Array {
    const { bytes, tree, plain, ends } = this.#tokens
    const hasRoom = this.#room.isAt(configuration)
    const mask = hasRoom ? plain.mask.slice() : new Uint32Array(Math.ceil(bytes.length / 32))
    this.#allowAlong(hasRoom ? plain.others : tree, configuration, mask)
    if (configuration.isWhole) for (const id of ends) allow(mask, id)
    if (mask.every((word) => word === 0)) throw new Error('no token of the model can go on with the text by it')
    return mask
  }

  #allowAlong(tree: TokenTree, from: Configuration, mask: Uint32Array): void {
    const { bytes, depths, ends, firstIds, ids } = tree
    const path = [from]
    this.#configurations.startWork()
    for (let node = 0; node < bytes.length;) {
      const depth = depths[node]!
      const next = this.#configurations.step(path[depth]!, bytes[node]!)
      if (next) {
        path[depth + 1] = next
        for (let i = firstIds[node]!; i < firstIds[node + 1]!; i++) allow(mask, ids[i]!)
      }
      node = next ? node + 1 : ends[node]!
    }
  }
}

function allow(mask: Uint32Array, id: number): void {
  mask[id >>> 5]! |= 1 << (id & 31)
}

function applyMask(mask: Uint32Array, logits: Float32Array): void {
  for (let word = 0; word < mask.length; word++) {
    const allowed = mask[word]!
    if (allowed === 0xffff_ffff) continue
    const from = 32 * word
    const to = Math.min(from + 32, logits.length)
    if (allowed === 0) logits.fill(-Infinity, from, to)
    else for (let id = from; id < to; id++) if (((allowed >>> (id - from)) & 1) === 0) logits[id] = -Infinity
  }
  logits.fill(-Infinity, Math.min(32 * mask.length, logits.length))
}

/** Where bytes lead; null where they may not come. */
export function follow(automaton: Configurations, from: Configuration, bytes: Uint8Array): Configuration | null {
  let at: Configuration | null = from
  for (const byte of bytes) {
    at = automaton.step(at, byte)
    if (!at) return null
  }
  return at
}

function findForced(automaton: Configurations, from: Configuration): string {
  const bytes: number[] = []
  let at: Configuration = from
  while (!at.isWhole && bytes.length < MOST_FORCED_BYTES) {
    const ranges = at.ways.flatMap(({ state }) => state.bytes.map(({ range }) => range))
    const byte = ranges[0]!.min
    if (ranges.some(({ min, max }) => min !== byte || max !== byte)) break
    bytes.push(byte)
    at = automaton.step(at, byte)!
  }
  // Without the beginning of a character that is not whole.
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
}
