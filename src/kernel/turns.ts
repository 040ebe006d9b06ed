/** Lets those that ask under one key go on one at a time, in the order in which they asked. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Resolves when it is the caller's turn, which lasts until what it gives is disposed of. */
  async take(key: string): Promise<Disposable> {
    const before = this.#last.get(key)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last.set(key, promise)
    await before
    return {
      [Symbol.dispose]: () => {
        resolve()
        if (this.#last.get(key) === promise) this.#last.delete(key)
      },
    }
  }
}
