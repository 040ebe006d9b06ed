import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type { InspectRequest, ModelInspection, ModelOutline } from '../../ports/model-runtime.js'
import { SupervisedChild } from '../child-process/supervised-child.js'

/** Without a sign that it gets on for so long, an inspection is given up. */
const STALL_MS = 60_000
/** Without work for so long, the process ends. */
const IDLE_MS = 10_000
const MAX_WAITING = 32
const MAX_HEAP_MIB = 1_024

export interface ModelInspectorOptions {
  readonly logger: Logger
  readonly stallMs?: number
}

/** Inspects models one after the other in a process with little memory, which is replaced when it is lost or hangs. */
export class ModelInspector implements AsyncDisposable {
  readonly #logger: Logger
  readonly #stallMs: number
  #child: SupervisedChild | null = null
  #idleTimer: NodeJS.Timeout | null = null
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #closed = false

  constructor({ logger, stallMs = STALL_MS }: ModelInspectorOptions) {
    this.#logger = logger
    this.#stallMs = stallMs
  }

  /** See `ModelRuntime.inspect`. */
  inspect(request: InspectRequest): Promise<ModelInspection> {
    return this.#call('inspect', request)
  }

  /** See `ModelRuntime.outline`. */
  outline(request: InspectRequest): Promise<ModelOutline> {
    return this.#call('outline', request)
  }

  async #call<T>(method: string, request: InspectRequest): Promise<T> {
    if (this.#waiting >= MAX_WAITING)
      throw new GraphloomError('OVERLOADED', 'Too many models wait to be inspected.', {
        details: { retryAfterMs: 1_000 },
      })
    this.#waiting++
    const inspected = this.#last.then(() => this.#callNow<T>(method, request)).finally(() => this.#waiting--)
    this.#last = inspected.catch(() => undefined)
    return inspected
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    await this.#stop()
    await this.#last
  }

  async #callNow<T>(method: string, { signal, ...params }: InspectRequest): Promise<T> {
    signal.throwIfAborted()
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    const stalled = new AbortController()
    const message = `The model's files could not be read: nothing came of it for ${this.#stallMs} ms.`
    const timer = setTimeout(() => stalled.abort(new GraphloomError('INVALID_INPUT', message)), this.#stallMs)
    try {
      this.#child ??= this.#start()
      const either = AbortSignal.any([signal, stalled.signal])
      return await this.#child.call<T>(method, params, either, () => timer.refresh())
    } finally {
      clearTimeout(timer)
      // What it is busy with would hold up the next one.
      if (signal.aborted || stalled.signal.aborted) await this.#stop()
      else if (!this.#closed) this.#idleTimer = setTimeout(() => void this.#stop(), IDLE_MS).unref()
    }
  }

  #start(): SupervisedChild {
    if (this.#closed) throw new GraphloomError('UNAVAILABLE', 'The server is stopping.')
    const started = new SupervisedChild({
      entry: new URL('./inspect-process.js', import.meta.url),
      name: 'model inspection',
      crashCode: 'INVALID_INPUT',
      heapMib: MAX_HEAP_MIB,
      logger: this.#logger,
    })
    void started.exited.then(() => {
      if (this.#child === started) this.#child = null
    })
    return started
  }

  async #stop(): Promise<void> {
    const stopped = this.#child
    this.#child = null
    await stopped?.stop()
  }
}
