import { isUtf8 } from 'node:buffer'
import type { Configuration, Configurations } from './configurations.js'
import { UNESCAPED } from './pattern.js'
import { toTokenTree, type TokenBytes, type TokenTree } from './token-tree.js'
import { keepBytes, toUtf8Ranges, type Range } from './utf8-ranges.js'

/** Tokens of at most so many characters are known to fit where there is room for as many. */
const CHARACTERS = 12
const PLAIN = new RegExp(`^[^"\\\\\\x00-\\x1f]{1,${CHARACTERS}}$`, 'u')

/**
 * Most tokens are text that may stand in a JSON string as it is. Where a grammar has room for any such text they may
 * all come, and only the others are looked at.
 */
export interface PlainTokens {
  readonly mask: Uint32Array
  readonly others: TokenTree
}

export async function toPlainTokens(tokens: TokenBytes, isWritable: readonly boolean[]): Promise<PlainTokens> {
  const mask = new Uint32Array(Math.ceil(tokens.length / 32))
  const others = tokens.map((bytes, id) => {
    if (
      !bytes ||
      !isUtf8(bytes) ||
      !bytes.every((byte) => isWritable[byte]) ||
      !PLAIN.test(Buffer.from(bytes).toString('utf8'))
    )
      return bytes
    mask[id >>> 5]! |= 1 << (id & 31)
    return null
  })
  return { mask, others: await toTokenTree(others) }
}

/** Says where in a grammar there is room for any plain text. */
export class PlainRoom {
  readonly #automaton: Configurations
  /** All that is plain, as sequences of ranges of bytes. */
  readonly #sequences: readonly (readonly Range[])[]
  readonly #next = new Map<Configuration, Configuration | null>()

  constructor(automaton: Configurations, isWritable: readonly boolean[]) {
    this.#automaton = automaton
    this.#sequences = UNESCAPED.flatMap(toUtf8Ranges).flatMap((sequence) =>
      sequence.reduce<Range[][]>(
        (begun, range) => begun.flatMap((one) => keepBytes(range, isWritable).map((kept) => [...one, kept])),
        [[]],
      ),
    )
  }

  isAt(configuration: Configuration): boolean {
    let at = configuration
    for (let i = 0; i < CHARACTERS; i++) {
      const next = this.#afterOne(at)
      if (!next) return false
      // It goes on like this without an end.
      if (next === at) return true
      at = next
    }
    return true
  }

  /** Where each plain character leads; null where one may not come, or they lead to different places. */
  #afterOne(from: Configuration): Configuration | null {
    let known = this.#next.get(from)
    if (known === undefined) this.#next.set(from, (known = this.#findAfterOne(from)))
    return known
  }

  #findAfterOne(from: Configuration): Configuration | null {
    const all = new Set<Configuration>()
    for (const sequence of this.#sequences) {
      let reached = new Set([from])
      for (const { min, max } of sequence) {
        const next = new Set<Configuration>()
        for (const one of reached)
          for (const to of this.#automaton.stepAll(one, min, max)) {
            if (!to) return null
            next.add(to)
          }
        reached = next
      }
      for (const one of reached) all.add(one)
      if (all.size > 1) return null
    }
    const [only = null] = all
    return only
  }
}
