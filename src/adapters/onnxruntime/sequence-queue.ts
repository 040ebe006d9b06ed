/** A sequence of tokens that waits for a run. */
export interface WaitingSequence {
  readonly tokens: readonly number[]
  readonly tenantId: string
  /** 0 to 9; 5 and above is interactive. */
  readonly priority: number
}

/** Of so many runs one begins with bulk work while interactive work waits too. */
const BULK_RUN_EVERY = 4
/** The most that a run computes, padding included, for each real token. */
const MOST_PADDED = 1.15

/**
 * Sequences that wait for a run, and which of them share the next. The first is interactive before bulk (every fourth
 * run the other way round, so that bulk work is never starved), of the tenant that was served fewest tokens of those
 * that wait, then of the highest priority, then the oldest. Others whose length is near its own fill the run.
 */
export class SequenceQueue<T extends WaitingSequence> {
  readonly #budgetTokens: number
  readonly #waiting = new Set<T>()
  /** Tokens computed for each tenant that waits. */
  readonly #served = new Map<string, number>()
  #runs = 0

  /** `budgetTokens`: rows times the longest, in one run. A longer sequence has its own. */
  constructor(budgetTokens: number) {
    this.#budgetTokens = budgetTokens
  }

  get size(): number {
    return this.#waiting.size
  }

  add(sequence: T): void {
    this.#waiting.add(sequence)
    if (this.#served.has(sequence.tenantId)) return
    // Who comes anew begins where the others are: what was not asked for earlier is not made up for.
    const others = [...this.#served.values()]
    this.#served.set(sequence.tenantId, others.length === 0 ? 0 : Math.min(...others))
  }

  delete(sequence: T): void {
    this.#waiting.delete(sequence)
  }

  /** Takes out the sequences of the next run, by length; none when nothing waits. */
  take(): T[] {
    const first = this.#first()
    if (!first) {
      this.#served.clear()
      return []
    }
    this.#runs++
    const batch = this.#fill(first)
    for (const sequence of batch) {
      this.#waiting.delete(sequence)
      const { tenantId, tokens } = sequence
      this.#served.set(tenantId, (this.#served.get(tenantId) ?? 0) + tokens.length)
    }
    return batch
  }

  #first(): T | null {
    const bulkFirst = this.#runs % BULK_RUN_EVERY === BULK_RUN_EVERY - 1
    let best: T | null = null
    let bestRank: readonly number[] = []
    for (const one of this.#waiting) {
      const rank = [isInteractive(one) === bulkFirst ? 1 : 0, this.#served.get(one.tenantId) ?? 0, -one.priority]
      if (best && !isBefore(rank, bestRank)) continue
      best = one
      bestRank = rank
    }
    return best
  }

  /** Takes neighbours by length, each time the one that pads less, until the run is full. */
  #fill(first: T): T[] {
    const sorted = [...this.#waiting]
      .filter((one) => isInteractive(one) === isInteractive(first))
      .sort((a, b) => a.tokens.length - b.tokens.length)
    let low = sorted.indexOf(first)
    let high = low
    let tokens = first.tokens.length
    for (;;) {
      const longest = sorted[high]!.tokens.length
      const shorter = sorted[low - 1]?.tokens.length
      const longer = sorted[high + 1]?.tokens.length
      const rows = high - low + 2
      const padded = (width: number, added: number): number => (rows * width) / (tokens + added)
      const fits = (width: number, added: number): boolean =>
        rows * width <= this.#budgetTokens && padded(width, added) <= MOST_PADDED
      const mayShorter = shorter !== undefined && fits(longest, shorter)
      const mayLonger = longer !== undefined && fits(longer, longer)
      if (!mayShorter && !mayLonger) return sorted.slice(low, high + 1)
      if (mayLonger && (!mayShorter || padded(longer, longer) <= padded(longest, shorter))) {
        tokens += longer
        high++
      } else {
        tokens += shorter!
        low--
      }
    }
  }
}

const isInteractive = ({ priority }: WaitingSequence): boolean => priority >= 5

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const different = a.findIndex((value, i) => value !== b[i])
  return different >= 0 && a[different]! < b[different]!
}
