import type { Clock } from '../../kernel/clock.js'

/** Asks for the next item. That it fails is told to who awaits it, and to nobody when the reader has gone. */
export const askNext = <T>(iterator: AsyncIterator<T>): Asked<IteratorResult<T>> => new Asked(iterator.next())

/** What was asked for, and may be waited for again and again: `Promise.race` would keep something of each time. */
export class Asked<T> {
  readonly answer: Promise<T>
  #isThere = false
  #tell: () => void = () => undefined

  constructor(answer: Promise<T>) {
    this.answer = answer
    const onThere = (): void => {
      this.#isThere = true
      this.#tell()
    }
    answer.then(onThere, onThere)
  }

  /** The answer, or null when none comes in time. */
  async within(ms: number, clock: Clock): Promise<T | null> {
    if (!this.#isThere) {
      const came = new AbortController()
      this.#tell = () => came.abort()
      await pause(ms, clock, came.signal)
    }
    return this.#isThere ? await this.answer : null
  }
}

export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<null> {
  await clock.sleep(Math.max(1, ms), signal).catch(() => undefined)
  return null
}
