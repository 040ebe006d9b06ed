import type { Clock } from '../../kernel/clock.js'

export interface QueueRoomOptions {
  /** How many tasks wait in the queue. */
  readonly readLength: () => Promise<number>
  readonly clock: Pick<Clock, 'now'>
}

/** Of the free places so many parts may be taken before the length is read again: near the bound it is read each time. */
const ROOM_PARTS = 64
const ROOM_MS = 100

/** The places of one queue, for tasks that are being accepted and do not count in its length yet. */
export class QueueRoom {
  readonly #options: QueueRoomOptions
  #entering = 0
  /** Resolves when one of them is accepted, or was not. */
  #left = Promise.withResolvers<void>()
  #known = { places: 0, maxLength: 0, untilMs: 0 }

  constructor(options: QueueRoomOptions) {
    this.#options = options
  }

  /** Keeps places until what it gives is disposed of; null when there are not so many. */
  async keep(count: number, maxLength: number): Promise<Disposable | null> {
    const { readLength, clock } = this.#options
    for (;;) {
      if (this.#takeKnown(count, maxLength)) return this.#keep(count)
      const waiting = await readLength()
      const free = maxLength - waiting - this.#entering - count
      if (free >= 0) {
        this.#known = { places: Math.floor(free / ROOM_PARTS), maxLength, untilMs: clock.now() + ROOM_MS }
        return this.#keep(count)
      }
      if (this.#entering === 0) return null
      // Of those that are being accepted some may be in the length already.
      await this.#left.promise
    }
  }

  #takeKnown(count: number, maxLength: number): boolean {
    const known = this.#known
    if (known.maxLength !== maxLength || known.places < count || this.#options.clock.now() >= known.untilMs)
      return false
    known.places -= count
    return true
  }

  #keep(count: number): Disposable {
    this.#entering += count
    return {
      [Symbol.dispose]: () => {
        this.#entering -= count
        this.#left.resolve()
        this.#left = Promise.withResolvers()
      },
    }
  }
}
