import { LRUCache } from 'lru-cache'

const KEPT_READS = 1_000

/**
 * Answers of reads, kept until something is written: what is asked for on every request is read once. It holds while
 * all writes go through it, that is while one server has the store.
 */
export class KeptReads {
  readonly #kept = new LRUCache<string, Promise<unknown>>({ max: KEPT_READS })

  /** The kept answer, or that of `read`. A failure is not kept. */
  read<T>(key: string, read: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key)
    if (kept) return kept as Promise<T>
    const reading = read()
    this.#kept.set(key, reading)
    reading.catch(() => {
      if (this.#kept.peek(key) === reading) this.#kept.delete(key)
    })
    return reading
  }

  /** Whatever a read that began before the end of the write saw, the next one reads anew. */
  async write<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } finally {
      this.#kept.clear()
    }
  }
}
