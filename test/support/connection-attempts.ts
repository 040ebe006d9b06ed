import { createHook } from 'node:async_hooks'

/** Counts the attempts of this process to connect by TCP, whether anything answers or not. */
export class ConnectionAttempts implements Disposable {
  count = 0
  readonly #hook = createHook({
    init: (_id, type) => {
      if (type === 'TCPCONNECTWRAP') this.count++
    },
  }).enable();

  [Symbol.dispose](): void {
    this.#hook.disable()
  }
}
