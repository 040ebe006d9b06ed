import type { SavedTokens } from './decoder-session.js'

interface Edge {
  readonly parent: Node
  readonly tokens: readonly number[]
  readonly saved: SavedTokens
  usedAt: number
  readonly node: Node
}

interface Node {
  readonly edges: Set<Edge>
}

/** A beginning of a prompt that is kept: pieces in order, of which the last may be used in part. */
export interface PrefixMatch {
  readonly length: number
  readonly pieces: readonly { readonly saved: SavedTokens; readonly count: number }[]
}

/** The most tokens of an edge: what a prompt shares with another only in part of an edge is kept twice. */
const EDGE_TOKENS = 64

/**
 * Keys and values that prompts computed, by tenant in a radix tree over token ids, so that a prompt that begins like an
 * earlier one computes only the rest. What was used least recently goes when the budget is full.
 */
export class PrefixTree {
  readonly #budgetBytes: number
  readonly #roots = new Map<string, Node>()
  #bytes = 0
  /** Those of `#bytes` that are held for others: they are not given up for anything. */
  #heldBytes = 0
  #uses = 0

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The longest beginning of the tokens that is kept for the tenant, of at most `most` tokens. */
  find(tenantId: string, tokens: readonly number[], most: number): PrefixMatch {
    const pieces: PrefixMatch['pieces'][number][] = []
    let length = 0
    for (let node = this.#roots.get(tenantId); node && length < most;) {
      const best = bestEdge(node, tokens, length)
      const count = Math.min(best.count, most - length)
      if (!best.edge || count === 0) break
      best.edge.usedAt = ++this.#uses
      pieces.push({ saved: best.edge.saved, count })
      length += count
      node = count === best.edge.tokens.length ? best.edge.node : undefined
    }
    return { length, pieces }
  }

  /** Keeps the tokens' keys and values; `save` gives those of a stretch that is not kept yet. */
  insert(tenantId: string, tokens: readonly number[], save: (from: number, to: number) => SavedTokens): void {
    let node = this.#roots.get(tenantId)
    if (!node) this.#roots.set(tenantId, (node = { edges: new Set() }))
    for (let at = 0; at < tokens.length;) {
      const { edge, count } = bestEdge(node, tokens, at)
      if (edge && count === edge.tokens.length) {
        edge.usedAt = ++this.#uses
        node = edge.node
        at += count
        continue
      }
      const to = Math.min(tokens.length, at + EDGE_TOKENS)
      // All of them are there already, in a part of an edge.
      if (edge && at + count === tokens.length) break
      const added: Edge = {
        parent: node,
        tokens: tokens.slice(at, to),
        saved: save(at, to),
        usedAt: ++this.#uses,
        node: { edges: new Set() },
      }
      if (!this.#makeRoom(added.saved.data.byteLength, node)) break
      node.edges.add(added)
      node = added.node
      at = to
    }
    if (this.#roots.get(tenantId)!.edges.size === 0) this.#roots.delete(tenantId)
  }

  /** Takes bytes out of the budget for keys and values kept elsewhere; false when they do not fit at all. */
  hold(bytes: number): boolean {
    if (!this.#makeRoom(bytes, null)) return false
    this.#heldBytes += bytes
    return true
  }

  release(bytes: number): void {
    this.#bytes -= bytes
    this.#heldBytes -= bytes
  }

  #makeRoom(bytes: number, inUse: Node | null): boolean {
    // Nothing is given up for what does not fit in any case.
    if (this.#heldBytes + bytes > this.#budgetBytes) return false
    while (this.#bytes + bytes > this.#budgetBytes && this.#evict(inUse));
    if (this.#bytes + bytes > this.#budgetBytes) return false
    this.#bytes += bytes
    return true
  }

  /** Drops the leaf that was used least recently, but not the one `inUse`; false when there is none. */
  #evict(inUse: Node | null): boolean {
    let oldest: Edge | null = null
    for (const root of this.#roots.values())
      for (const leaf of leavesOf(root))
        if (leaf.node !== inUse && (!oldest || leaf.usedAt < oldest.usedAt)) oldest = leaf
    if (!oldest) return false
    oldest.parent.edges.delete(oldest)
    this.#bytes -= oldest.saved.data.byteLength
    for (const [tenantId, root] of this.#roots)
      if (root !== inUse && root.edges.size === 0) this.#roots.delete(tenantId)
    return true
  }
}

/** The edge that has the most of the tokens from `at` on. */
function bestEdge(
  node: Node,
  tokens: readonly number[],
  at: number,
): { readonly edge: Edge | null; readonly count: number } {
  let best: { edge: Edge | null; count: number } = { edge: null, count: 0 }
  for (const edge of node.edges) {
    const count = sharedLength(edge.tokens, tokens, at)
    if (count > best.count) best = { edge, count }
  }
  return best
}

/** How many of `edge`'s first tokens are those of `tokens` from `at` on. */
export function sharedLength(edge: readonly number[], tokens: readonly number[], at: number): number {
  let count = 0
  while (count < edge.length && edge[count] === tokens[at + count]) count++
  return count
}

function* leavesOf(node: Node): Generator<Edge> {
  for (const edge of node.edges)
    if (edge.node.edges.size === 0) yield edge
    else yield* leavesOf(edge.node)
}
