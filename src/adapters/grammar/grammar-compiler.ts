import { Worker } from 'node:worker_threads'
import type { OutputConstraint } from '../../domain/prediction.js'
import type { CompileReply, CompileRequest } from './compiler-thread.js'
import { inflate, type FlatNetwork } from './flat-network.js'
import type { Network } from './pruned-network.js'

type Pending = Pick<PromiseWithResolvers<FlatNetwork>, 'resolve' | 'reject'>

/**
 * Compiles constraints on a thread of its own: that takes up to some hundred milliseconds, in which the texts of the
 * calling thread go on. The thread is started by the first constraint, and ends with the process.
 */
export class GrammarCompiler {
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | null = null
  #lastNumber = 0

  /** @throws Error that says what cannot be honoured, RangeError when it is nested too deeply. */
  async compile(constraint: OutputConstraint, isWritable: readonly boolean[]): Promise<Network> {
    const number = ++this.#lastNumber
    const { promise, ...pending } = Promise.withResolvers<FlatNetwork>()
    this.#pending.set(number, pending)
    const worker = (this.#worker ??= this.#start())
    worker.ref()
    worker.postMessage({ number, constraint, isWritable } satisfies CompileRequest)
    try {
      return await inflate(await promise)
    } finally {
      this.#pending.delete(number)
      if (this.#pending.size === 0) worker.unref()
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./compiler-thread.js', import.meta.url), { name: 'graphloom-grammars' })
    worker.on('message', (reply: CompileReply) => {
      const pending = this.#pending.get(reply.number)
      if ('network' in reply) pending?.resolve(reply.network)
      else pending?.reject(reply.isTooDeep ? new RangeError(reply.reason) : new Error(reply.reason))
    })
    const fail = (error: Error): void => {
      if (this.#worker !== worker) return
      this.#worker = null
      for (const { reject } of this.#pending.values()) reject(error)
    }
    worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', () => fail(new Error('its compiler has ended')))
    return worker
  }
}
