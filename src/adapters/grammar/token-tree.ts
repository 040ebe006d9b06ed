import { setImmediate as nextTurn } from 'node:timers/promises'

/** Tokens as the bytes that they stand for; none for those that never come within a grammar. */
export type TokenBytes = readonly (Uint8Array | null)[]

/**
 * The tokens of a vocabulary as a tree of their bytes, depth first: the part under a node that may not come is passed
 * over as a whole.
 */
export interface TokenTree {
  readonly bytes: Uint8Array
  /** Bytes before that of the node. */
  readonly depths: Uint16Array
  /** The node that comes after all those under it. */
  readonly ends: Int32Array
  /** Where the tokens that end in a node begin within `ids`; those of the next node begin where they end. */
  readonly firstIds: Int32Array
  readonly ids: Int32Array
}

/** So many tokens are sorted before others get their turn: some vocabularies are large. */
const TOKENS_AT_ONCE = 2_000

export async function toTokenTree(tokens: TokenBytes): Promise<TokenTree> {
  const byBeginning = new Map<number, { readonly text: string; readonly id: number }[]>()
  tokens.forEach((bytes, id) => {
    if (!bytes || bytes.length === 0) return
    const beginning = bytes[0]! * 0x200 + (bytes.length > 1 ? 1 + bytes[1]! : 0)
    const one = { text: Buffer.from(bytes).toString('latin1'), id }
    const group = byBeginning.get(beginning)
    if (group) group.push(one)
    else byBeginning.set(beginning, [one])
  })
  const tree = new TreeWriter()
  let sorted = 0
  for (const [, group] of [...byBeginning].sort(([one], [other]) => one - other)) {
    group.sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : one.id - other.id))
    for (const { text, id } of group) tree.add(text, id)
    if ((sorted += group.length) < TOKENS_AT_ONCE) continue
    sorted = 0
    await nextTurn()
  }
  return tree.finish()
}

/** Takes tokens in the order of their bytes. */
class TreeWriter {
  readonly #bytes: number[] = []
  readonly #depths: number[] = []
  readonly #ends: number[] = []
  readonly #firstIds: number[] = []
  readonly #ids: number[] = []
  /** Nodes from the root to the last token. */
  readonly #path: number[] = []
  #last = ''

  add(text: string, id: number): void {
    let shared = 0
    while (shared < this.#last.length && text.charCodeAt(shared) === this.#last.charCodeAt(shared)) shared++
    this.#close(shared)
    for (let depth = shared; depth < text.length; depth++) {
      this.#path.push(this.#bytes.length)
      this.#bytes.push(text.charCodeAt(depth))
      this.#depths.push(depth)
      this.#ends.push(0)
      this.#firstIds.push(this.#ids.length)
    }
    this.#ids.push(id)
    this.#last = text
  }

  finish(): TokenTree {
    this.#close(0)
    return {
      bytes: Uint8Array.from(this.#bytes),
      depths: Uint16Array.from(this.#depths),
      ends: Int32Array.from(this.#ends),
      firstIds: Int32Array.from([...this.#firstIds, this.#ids.length]),
      ids: Int32Array.from(this.#ids),
    }
  }

  #close(depth: number): void {
    for (const node of this.#path.splice(depth)) this.#ends[node] = this.#bytes.length
  }
}
