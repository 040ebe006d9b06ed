/** What decides who goes first. */
export interface Applicant {
  readonly tenantId: string
  /** 0 to 9; 5 and above is interactive. */
  readonly priority: number
}

/** After so many places given to interactive work the next goes to bulk work that waits too and may have it. */
const INTERACTIVE_PLACES = 3
const MAX_TENANTS = 1_000

export const isInteractive = ({ priority }: Pick<Applicant, 'priority'>): boolean => priority >= 5

/**
 * Who waits for a place: interactive work before bulk (every fourth place the other way round, so that bulk work is
 * never starved), among equals the tenant that has fewest places, of those the one whose last place is longest ago, then
 * higher priority, then who came first.
 */
export class FairQueue<T extends Applicant> {
  readonly #waiting = new Set<T>()
  /** Places given to interactive work since bulk work got one. */
  #interactive = 0
  /** When tenants got their last places; those that got one lately, in order. */
  readonly #turns = new Map<string, number>()
  #turn = 0

  get size(): number {
    return this.#waiting.size
  }

  add(applicant: T): void {
    this.#waiting.add(applicant)
  }

  delete(applicant: T): boolean {
    return this.#waiting.delete(applicant)
  }

  /** Who of those that `mayRun` is next; `running` are those who have places. It stays until `grant`. */
  next(running: Iterable<Applicant>, mayRun: (applicant: T) => boolean): T | null {
    const places = new Map<string, number>()
    for (const { tenantId } of running) places.set(tenantId, (places.get(tenantId) ?? 0) + 1)
    const bulkFirst = this.#interactive >= INTERACTIVE_PLACES
    const rank = (one: T): readonly number[] => [
      isInteractive(one) === bulkFirst ? 1 : 0,
      places.get(one.tenantId) ?? 0,
      this.#turns.get(one.tenantId) ?? 0,
      -one.priority,
    ]
    let best: T | null = null
    for (const one of this.#waiting) if ((!best || isBefore(rank(one), rank(best))) && mayRun(one)) best = one
    return best
  }

  grant(applicant: T): void {
    this.#waiting.delete(applicant)
    this.#turns.delete(applicant.tenantId)
    this.#turns.set(applicant.tenantId, ++this.#turn)
    for (const tenantId of this.#turns.keys()) {
      if (this.#turns.size <= MAX_TENANTS) break
      this.#turns.delete(tenantId)
    }
    this.#interactive = isInteractive(applicant) ? this.#interactive + 1 : 0
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#waiting.values()
  }
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const different = a.findIndex((value, i) => value !== b[i])
  return different >= 0 && a[different]! < b[different]!
}
