import { setTimeout as delay } from 'node:timers/promises'
import { GraphloomError } from '../../kernel/errors.js'
import type { Reachability } from './mongo-connection.js'
import { isSocketError, toStoreError } from './mongo-error.js'

export interface CallGateOptions {
  /** Calls under way at once; `OVERLOADED` past that. */
  readonly maxCalls: number
  /** The most time a caller waits, milliseconds. The call itself may end later. */
  readonly timeoutMs: number
  readonly reachability: () => Reachability
  /** Called when a write failed that may have taken place. */
  readonly onDoubt: () => void
}

const DOUBT = ' It is unknown whether the write took place.'

/** What every call goes through: bounds in number and time, the caller's signal, errors in words of the port. */
export class CallGate {
  readonly #options: CallGateOptions
  readonly #running = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(options: CallGateOptions) {
    this.#options = options
  }

  read<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return this.#call(signal, '', async () => {
      try {
        return await work().catch((error: unknown) => {
          // The driver tries reads again itself, but not after an error that it does not know as one of its own.
          if (isSocketError(error)) return work()
          throw error
        })
      } catch (error) {
        throw toStoreError(error)
      }
    })
  }

  write<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const before = this.#options.reachability()
    return this.#call(signal, DOUBT, async () => {
      try {
        return await work()
      } catch (error) {
        const after = this.#options.reachability()
        // Without a server that takes writes from beginning to end nothing can have been sent.
        const wasSent = before.writable || after.found !== before.found
        const told = toStoreError(error, wasSent ? DOUBT : '')
        if (wasSent && told !== error) this.#options.onDoubt()
        throw told
      }
    })
  }

  /** Lets no more calls in; resolves when none is under way, or those that are took longer than a call may. */
  async close(): Promise<void> {
    this.#isClosed = true
    const ended = new AbortController()
    const calls = Promise.allSettled(this.#running)
    const limit = delay(this.#options.timeoutMs, undefined, { signal: ended.signal }).catch(() => undefined)
    await Promise.race([calls, limit])
    ended.abort()
  }

  async #call<T>(signal: AbortSignal | undefined, doubt: string, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    const { maxCalls, timeoutMs } = this.#options
    if (this.#isClosed) throw new GraphloomError('UNAVAILABLE', 'MongoDB cannot be used: the connection is closed.')
    if (this.#running.size >= maxCalls)
      throw new GraphloomError('OVERLOADED', `More than ${maxCalls} calls to MongoDB are under way.`)
    const running = work()
    this.#running.add(running)
    const leave = (): void => void this.#running.delete(running)
    running.then(leave, leave)
    return waitFor(running, { signal, timeoutMs, doubt })
  }
}

interface Waiting {
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number
  readonly doubt: string
}

function waitFor<T>(running: Promise<T>, { signal, timeoutMs, doubt }: Waiting): Promise<T> {
  return new Promise((resolve, reject) => {
    const message = `MongoDB cannot be used: the server did not answer in time.${doubt}`
    const timer = setTimeout(() => reject(new GraphloomError('UNAVAILABLE', message)), timeoutMs)
    const onAbort = (): void => reject(signal?.reason as Error)
    signal?.addEventListener('abort', onAbort, { once: true })
    const leave = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    running.then(resolve, reject).finally(leave)
  })
}
