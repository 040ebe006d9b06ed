import { isInteractive, type Applicant } from '../../kernel/fair-queue.js'

import type { RunLimits } from './runner-protocol.js'

/** A sequence of tokens that waits for a run. */
export interface WaitingSequence extends Applicant {
  readonly tokens: readonly number[]
}

/** Of so many runs one begins with bulk work while interactive work waits too. */
const BULK_RUN_EVERY = 4
/** Fewer tokens than these are not worth being shared out. */
const LEAST_SHARED_TOKENS = 128
/** The most that a run computes, padding included, for each real token: bulk work has time for more runs. */
const MOST_PADDED = { interactive: 1.2, bulk: 1.05 } as const

/**
 * Sequences that wait for a run, and which of them share the next. The first is interactive before bulk (every fourth
 * run the other way round, so that bulk work is never starved), of the tenant that was served fewest tokens of those
 * that wait, then of the highest priority, then the oldest. Others whose length is near its own fill the run; those of
 * a tenant that is more than a run ahead only where nobody else's do.
 */
export class SequenceQueue<T extends WaitingSequence> {
  readonly #limits: Readonly<RunLimits>
  readonly #waiting = new Set<T>()
  readonly #tenants = new Map<string, { served: number; waiting: number }>()
  /** Tokens that had been computed for the tenant whose turn came last. */
  #served = 0
  #runs = 0

  /** `maxBatchTokens`: rows times the longest, in one run. A longer sequence has its own. */
  constructor(limits: Readonly<RunLimits>) {
    this.#limits = limits
  }

  get size(): number {
    return this.#waiting.size
  }

  add(sequence: T): void {
    if (this.#waiting.has(sequence)) return
    this.#waiting.add(sequence)
    const { tenantId } = sequence
    const known = this.#tenants.get(tenantId)
    // Who comes anew begins where the others are: what was not asked for earlier is not made up for.
    if (!known) this.#tenants.set(tenantId, { served: this.#served, waiting: 1 })
    else if (known.waiting++ === 0) known.served = Math.max(known.served, this.#served)
  }

  /** Tokens of all that waits. */
  get tokens(): number {
    let tokens = 0
    for (const one of this.#waiting) tokens += one.tokens.length
    return tokens
  }

  delete(sequence: T): void {
    if (this.#waiting.delete(sequence)) this.#tenants.get(sequence.tenantId)!.waiting--
  }

  /** Takes out the sequences of the next run, by length, of so many that may go on at once; none when nothing waits. */
  take(runs = 1): T[] {
    const first = this.#first()
    if (!first) {
      this.#tenants.clear()
      return []
    }
    this.#runs++
    const batch = this.#fill(first, this.#budgetFor(runs))
    this.#served = Math.max(this.#served, this.#tenants.get(first.tenantId)!.served)
    for (const sequence of batch) {
      this.delete(sequence)
      this.#tenants.get(sequence.tenantId)!.served += sequence.tokens.length
    }
    this.#forgetIdle()
    return batch
  }

  /** Who does not wait and is not ahead of the others begins anew like one who was never there. */
  #forgetIdle(): void {
    for (const [tenantId, { served, waiting }] of this.#tenants)
      if (waiting === 0 && served <= this.#served) this.#tenants.delete(tenantId)
  }

  #first(): T | null {
    const bulkFirst = this.#runs % BULK_RUN_EVERY === BULK_RUN_EVERY - 1
    let best: T | null = null
    let bestRank: readonly number[] = []
    for (const one of this.#waiting) {
      const rank = [isInteractive(one) === bulkFirst ? 1 : 0, this.#tenants.get(one.tenantId)!.served, -one.priority]
      if (best && !isBefore(rank, bestRank)) continue
      best = one
      bestRank = rank
    }
    return best
  }

  /** What is left at the end is shared out among the runs, so that they end together. */
  #budgetFor(runs: number): number {
    return Math.min(this.#limits.maxBatchTokens, Math.max(LEAST_SHARED_TOKENS, Math.ceil(this.tokens / runs)))
  }

  /** First of tenants that are no more than a run ahead of the least served, then of the others. */
  #fill(first: T, budgetTokens: number): T[] {
    const ofClass = [...this.#waiting].filter((one) => one !== first && isInteractive(one) === isInteractive(first))
    const most = this.#tenants.get(first.tenantId)!.served + this.#limits.maxBatchTokens
    const isAhead = ({ tenantId }: T): boolean => this.#tenants.get(tenantId)!.served > most
    const batch = [first]
    const limits = { tokens: budgetTokens, padded: MOST_PADDED[isInteractive(first) ? 'interactive' : 'bulk'] }
    for (const ahead of [false, true])
      addNeighbours(
        batch,
        ofClass.filter((one) => isAhead(one) === ahead),
        limits,
      )
    return batch.sort(byLength)
  }
}

/** Adds neighbours by length, each time the one that pads less, of equals the oldest, until the run is full. */
function addNeighbours<T extends WaitingSequence>(
  batch: T[],
  candidates: readonly T[],
  most: { readonly tokens: number; readonly padded: number },
): void {
  let longest = Math.max(...batch.map((one) => one.tokens.length))
  let tokens = batch.reduce((total, one) => total + one.tokens.length, 0)
  const longer = candidates.filter((one) => one.tokens.length >= longest).sort(byLength)
  const shorter = candidates.filter((one) => one.tokens.length < longest).sort((a, b) => byLength(b, a))
  let high = 0
  let low = 0
  for (;;) {
    const more = longer[high]?.tokens.length
    const less = shorter[low]?.tokens.length
    const rows = batch.length + 1
    const padded = (width: number, added: number): number => (rows * width) / (tokens + added)
    const fits = (width: number, added: number): boolean =>
      rows * width <= most.tokens && padded(width, added) <= most.padded
    const mayLonger = more !== undefined && fits(more, more)
    const mayShorter = less !== undefined && fits(longest, less)
    if (!mayLonger && !mayShorter) return
    if (mayLonger && (!mayShorter || padded(more, more) <= padded(longest, less))) {
      batch.push(longer[high++]!)
      longest = more
      tokens += more
    } else {
      batch.push(shorter[low++]!)
      tokens += less!
    }
  }
}

const byLength = (a: WaitingSequence, b: WaitingSequence): number => a.tokens.length - b.tokens.length

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const different = a.findIndex((value, i) => value !== b[i])
  return different >= 0 && a[different]! < b[different]!
}
