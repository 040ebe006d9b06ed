import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type {
  NumberedRequest,
  Wakeup,
  WriteAnswer,
  WriteAsk,
  WriteFailure,
  WriteKind,
  WriteOutcome,
  WriteRequest,
  WriterMessage,
  WriterReply,
  WriterSettings,
} from './writer-protocol.js'

export interface WriterStats {
  /** Transactions committed since the start; each is one wait for the disk. */
  readonly commits: number
  /** Writes answered since the start, refused ones included. */
  readonly writes: number
  /** Writes not answered yet. */
  readonly pending: number
}

interface WriterOptions {
  readonly settings: WriterSettings
  readonly logger: Logger
  /** Writes that may wait for the disk at once; `OVERLOADED` past that. */
  readonly maxPending: number
  /** Bytes of documents and events that may wait at once. */
  readonly maxPendingBytes: number
  /** Called for each write that was committed, in the order of commits, before its caller is answered. */
  readonly onCommitted: (request: WriteRequest, outcome: WriteOutcome) => void
  /** Called once for the writes of each transaction, after those. */
  readonly onWakeups: (wakeups: readonly Wakeup[]) => void
  /** The script of the thread. */
  readonly script?: URL
}

interface PendingWrite {
  readonly request: WriteRequest
  readonly bytes: number
  readonly resolve: (outcome: WriteOutcome) => void
  readonly reject: (error: unknown) => void
}

const RETRY_AFTER_MS = 250
/** The thread begins with so many while more are made. */
const MAX_MESSAGE_REQUESTS = 32

/** The calling side of the writer thread. */
export class Writer implements AsyncDisposable {
  readonly #worker: Worker
  readonly #options: WriterOptions
  readonly #pending = new Map<number, PendingWrite>()
  readonly #exited: Promise<void>
  #outbox: NumberedRequest[] = []
  #lastNumber = 0
  #pendingBytes = 0
  #commits = 0
  /** Called when nothing is pending any more. */
  #drained: (() => void) | null = null
  #writes = 0
  /** Why no write is taken any more. */
  #ended: GraphloomError | null = null
  #couldWrite = true
  #reportFailure: (error: GraphloomError) => void = () => undefined

  /** Resolves when the thread died; stays open when it was closed in order. */
  readonly failed: Promise<GraphloomError>

  private constructor(options: WriterOptions, worker: Worker) {
    this.#options = options
    this.#worker = worker
    this.failed = new Promise((resolve) => (this.#reportFailure = resolve))
    this.#exited = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#die(`it ended with code ${code}`)
        resolve()
      })
    })
    worker.on('error', (error) => {
      options.logger.error({ err: error }, 'the database writer failed')
      this.#die('it failed')
    })
    worker.on('message', (reply: WriterReply) => this.#receive(reply))
  }

  /** Rejects with `UNAVAILABLE` when the thread cannot open the database. */
  static async open(options: WriterOptions): Promise<Writer> {
    const script = options.script ?? new URL('./writer-thread.js', import.meta.url)
    const worker = new Worker(script, { workerData: options.settings, name: 'graphloom-sqlite-writer' })
    await new Promise<void>((resolve, reject) => {
      const onExit = (code: number): void =>
        reject(new GraphloomError('UNAVAILABLE', `The database writer ended with code ${code}.`))
      worker.once('error', reject)
      worker.once('exit', onExit)
      worker.once('message', (reply: WriterReply) => {
        worker.off('error', reject)
        worker.off('exit', onExit)
        if (reply.kind === 'cannotOpen') reject(new GraphloomError('UNAVAILABLE', reply.message))
        else resolve()
      })
    })
    return new Writer(options, worker)
  }

  stats(): WriterStats {
    return { commits: this.#commits, writes: this.#writes, pending: this.#pending.size }
  }

  /** Throws `UNAVAILABLE` when no write can be made any more. */
  requireAlive(): void {
    if (this.#ended) throw this.#ended
  }

  /** Rejects with `UNAVAILABLE` when nothing can be written: where a write failed since the last one that did not, one is tried. */
  async check(nowMs: number): Promise<void> {
    this.requireAlive()
    if (!this.#couldWrite) await this.write('probe', {}, nowMs)
  }

  /** Resolves when the write is on the disk. An aborted signal rejects; the write may still take place. */
  async write<K extends WriteKind>(
    kind: K,
    ask: WriteAsk<K>,
    nowMs: number,
    signal?: AbortSignal,
  ): Promise<{ answer: WriteAnswer<K>; outcome: WriteOutcome }> {
    signal?.throwIfAborted()
    this.requireAlive()
    const request = { ...ask, kind, nowMs } as unknown as WriteRequest
    const bytes = sizeOf(request)
    if (this.#pending.size >= this.#options.maxPending || this.#pendingBytes + bytes > this.#options.maxPendingBytes)
      throw new GraphloomError('OVERLOADED', 'Too many writes wait for the disk.', {
        details: { retryAfterMs: RETRY_AFTER_MS },
      })
    const outcome = await withSignal(this.#send(request, bytes), signal)
    return { answer: outcome.answer as WriteAnswer<K>, outcome }
  }

  #send(request: WriteRequest, bytes: number): Promise<WriteOutcome> {
    const number = ++this.#lastNumber
    this.#pendingBytes += bytes
    // After all that has come at this moment, so that what it writes is one message.
    if (this.#outbox.length === 0) setImmediate(() => this.#flush())
    this.#outbox.push({ number, request })
    if (this.#outbox.length >= MAX_MESSAGE_REQUESTS) this.#flush()
    return new Promise((resolve, reject) => this.#pending.set(number, { request, bytes, resolve, reject }))
  }

  #flush(): void {
    if (this.#outbox.length === 0) return
    const requests = this.#outbox
    this.#outbox = []
    if (!this.#ended) this.#worker.postMessage({ requests } satisfies WriterMessage)
  }

  #receive(reply: WriterReply): void {
    if (reply.kind !== 'committed') return
    this.#commits = reply.commits
    for (const result of reply.outcomes) {
      const pending = this.#pending.get(result.number)
      if (!pending) continue
      this.#pending.delete(result.number)
      this.#pendingBytes -= pending.bytes
      this.#writes++
      if ('failure' in result) {
        if (result.failure.code === 'UNAVAILABLE') this.#couldWrite = false
        pending.reject(toError(result.failure))
      } else {
        this.#couldWrite = true
        this.#options.onCommitted(pending.request, result.outcome)
        pending.resolve(result.outcome)
      }
    }
    this.#options.onWakeups(reply.wakeups)
    if (this.#pending.size === 0) this.#drained?.()
  }

  #die(how: string): void {
    if (this.#ended) return
    const message = `The database writer is gone: ${how}; it is unknown which of the waiting writes were made.`
    this.#ended = new GraphloomError('UNAVAILABLE', message)
    for (const { reject } of this.#pending.values()) reject(this.#ended)
    this.#pending.clear()
    this.#pendingBytes = 0
    this.#drained?.()
    this.#reportFailure(this.#ended)
  }

  /** Answers what waits, then closes the database. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      this.#flush()
      if (this.#pending.size > 0) await new Promise<void>((resolve) => (this.#drained = resolve))
    }
    if (!this.#ended) {
      this.#ended = new GraphloomError('UNAVAILABLE', 'The state database is closed.')
      this.#worker.postMessage({ close: true } satisfies WriterMessage)
    }
    await this.#exited
  }
}

async function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function toError({ code, message, path }: WriteFailure): Error {
  if (code === null) return new Error(`The database writer failed: ${message}`)
  return new GraphloomError(code, message, path === undefined ? {} : { details: { path } })
}

const FIXED_BYTES = 256

function sizeOf(request: WriteRequest): number {
  let bytes = FIXED_BYTES
  if ('row' in request) bytes += request.row.body.length
  if ('documents' in request) for (const { row } of request.documents) bytes += row.body.length + FIXED_BYTES
  const events = 'effects' in request ? request.effects.events : request.kind === 'append' ? request.events : []
  for (const event of events) bytes += event.data.length + FIXED_BYTES
  return bytes
}
