import { Worker } from 'node:worker_threads'
import { GraphloomError } from '../../kernel/errors.js'
import type { TextCall, TextCalls, TextThreadReply, TextThreadRequest } from './text-index-protocol.js'

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** The calling side of a thread that has indexes open; the thread starts with the first call, and again after it died. */
export class TextIndexThread {
  readonly #mode: 'read' | 'write'
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #number = 0

  constructor(mode: 'read' | 'write') {
    this.#mode = mode
  }

  /** @throws GraphloomError `UNAVAILABLE`. */
  call<K extends TextCall>(call: K, ...args: Parameters<TextCalls[K]>): Promise<ReturnType<TextCalls[K]>> {
    const request: TextThreadRequest = { number: ++this.#number, call, args }
    this.#worker ??= this.#start()
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.number, { resolve: resolve as Waiting['resolve'], reject })
      worker.ref()
      worker.postMessage(request)
    })
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const script = new URL('./text-index-thread.js', import.meta.url)
    const worker = new Worker(script, { workerData: this.#mode, name: `graphloom-text-${this.#mode}` })
    worker.on('message', (reply: TextThreadReply) => this.#receive(reply, worker))
    worker.on('error', () => undefined)
    worker.once('exit', () => this.#lose())
    worker.unref()
    return worker
  }

  #receive(reply: TextThreadReply, worker: Worker): void {
    const waiting = this.#waiting.get(reply.number)
    this.#waiting.delete(reply.number)
    if (this.#waiting.size === 0) worker.unref()
    if ('result' in reply) waiting?.resolve(reply.result)
    else waiting?.reject(new GraphloomError('UNAVAILABLE', `The text index cannot be used: ${reply.problem}`))
  }

  #lose(): void {
    this.#worker = null
    const error = new GraphloomError('UNAVAILABLE', 'The text index ended while it worked on this.')
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
