/** Items for everyone who follows; each follower gets the same objects. */
export class Topic {
  readonly #followers = new Set<(item: object) => void>()

  get followers(): number {
    return this.#followers.size
  }

  publish(item: object): void {
    for (const take of this.#followers) take(item)
  }

  follow(): AsyncIterableIterator<object, void, void> {
    const waiting: object[] = []
    let wake: (() => void) | null = null
    let over = false
    const take = (item: object): void => {
      waiting.push(item)
      wake?.()
    }
    this.#followers.add(take)
    return {
      next: async () => {
        while (waiting.length === 0 && !over) await new Promise<void>((resolve) => (wake = resolve))
        const value = waiting.shift()
        return value && !over ? { value, done: false } : { value: undefined, done: true }
      },
      return: () => {
        over = true
        this.#followers.delete(take)
        wake?.()
        return Promise.resolve({ value: undefined, done: true })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}
