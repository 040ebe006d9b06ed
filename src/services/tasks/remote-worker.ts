import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, type ErrorInfo } from '../../kernel/errors.js'
import type { TaskSource, WorkItem } from '../../ports/task-source.js'
import { orAbandon } from './abandon.js'
import { GRACE_MS, toErrorInfo } from './task-rules.js'
import type { TaskType } from './task-type.js'
import { WorkTeller } from './work-teller.js'

export interface RemoteWorkerOptions {
  readonly source: TaskSource
  readonly types: readonly TaskType[]
  /** The most tasks that it works on at once. */
  readonly parallel: number
  readonly leaseMs: number
  /** Told once when the server refuses to give it work, which trying again would not change: it claims nothing more. */
  readonly onRefused: (error: GraphloomError) => void
  readonly clock: Clock
  readonly logger: Logger
}

const WAIT_MS = 20_000
const RETRY_MS = 1_000
/** What is to stop learns of it by the next heartbeat, and has `GRACE_MS` for it. */
const MAX_BEAT_MS = 2_000

interface Running {
  readonly item: WorkItem
  readonly controller: AbortController
  readonly done: Promise<void>
}

/** Does tasks that a server elsewhere gives out. */
export class RemoteWorker implements AsyncDisposable {
  readonly #options: RemoteWorkerOptions
  readonly #types: ReadonlyMap<string, TaskType>
  readonly #running = new Map<string, Running>()
  readonly #stopping = new AbortController()
  #claiming: Promise<void> = Promise.resolve()
  #heartbeat: NodeJS.Timeout | null = null
  /** Called when a place becomes free. */
  #freed: () => void = () => undefined

  constructor(options: RemoteWorkerOptions) {
    this.#options = options
    this.#types = new Map(options.types.map((type) => [type.name, type]))
  }

  start(): void {
    this.#heartbeat = setInterval(() => void this.#beat(), Math.min(this.#options.leaseMs / 3, MAX_BEAT_MS))
    this.#claiming = this.#claim()
  }

  /** Claims nothing more, and waits for what runs until the signal aborts; the rest is given back. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#stopping.abort()
    this.#freed()
    await this.#claiming
    const reason = new GraphloomError('UNAVAILABLE', 'The worker stops.')
    const onAbort = (): void => this.#running.forEach(({ controller }) => controller.abort(reason))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    await Promise.all([...this.#running.values()].map(({ done }) => done))
    signal.removeEventListener('abort', onAbort)
    if (this.#heartbeat) clearInterval(this.#heartbeat)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(AbortSignal.abort())
  }

  async #claim(): Promise<void> {
    const { source, parallel, leaseMs, clock, logger } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const count = parallel - this.#running.size
      try {
        if (count === 0) await new Promise<void>((resolve) => (this.#freed = resolve))
        else {
          const types = [...this.#types.keys()]
          for (const item of await source.claim({ types, count, leaseMs, waitMs: WAIT_MS }, signal)) this.#run(item)
        }
      } catch (error) {
        if (signal.aborted) return
        const isRefusal = error instanceof GraphloomError && !error.retryable && error.code !== 'INTERNAL'
        if (isRefusal) return this.#options.onRefused(error)
        logger.warn({ reason: reasonOf(error) }, 'no tasks claimed, trying again')
        await clock.sleep(RETRY_MS, signal).catch(() => undefined)
      }
    }
  }

  #run(item: WorkItem): void {
    const controller = new AbortController()
    // It was given here once more: the lease of the attempt before has passed.
    this.#running.get(item.id)?.controller.abort(claimLost())
    const done = this.#work(item, controller)
      .catch((error: unknown) => this.#options.logger.error({ err: error, task: item.id }, 'task not ended'))
      .finally(() => {
        if (this.#running.get(item.id)?.item === item) this.#running.delete(item.id)
        this.#freed()
      })
    this.#running.set(item.id, { item, controller, done })
  }

  async #work(item: WorkItem, controller: AbortController): Promise<void> {
    const { source } = this.#options
    const { signal } = controller
    const timeLimit = (): void =>
      controller.abort(new GraphloomError('DEADLINE_EXCEEDED', `The attempt took longer than ${item.timeoutMs} ms.`))
    const timer = item.timeoutMs === null ? null : setTimeout(timeLimit, item.timeoutMs)
    using teller = new WorkTeller({
      pass: (told) => source.report(item, told),
      onError: (error) => isErrorWithCode(error, 'CONFLICT') && controller.abort(error),
    })
    try {
      const { id: taskId, tenantId, attempt, input } = item
      const { reportProgress, log } = teller
      // The server measures what it sees of the attempt.
      const span = <T>(_name: string, part: () => Promise<T>): Promise<T> => part()
      const context = { taskId, tenantId, attempt, signal, reportProgress, log, span }
      const output = await orAbandon(this.#types.get(item.type)!.run!(input, context), signal, GRACE_MS)
      await teller.flush()
      await this.#tell(() => source.complete(item, output))
    } catch (error) {
      await this.#end(item, signal, error)
    } finally {
      if (timer) clearTimeout(timer)
    }
  }

  async #end(item: WorkItem, signal: AbortSignal, thrown: unknown): Promise<void> {
    const { source } = this.#options
    const error: unknown = signal.aborted ? signal.reason : thrown
    // The claim is lost, and with it the right to say anything of the task.
    if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return
    const stops = signal.aborted && isErrorWithCode(error, 'UNAVAILABLE')
    await this.#tell(() => (stops ? source.release(item) : source.fail(item, this.#toErrorInfo(error, item))))
  }

  #toErrorInfo(error: unknown, item: WorkItem): ErrorInfo {
    if (error instanceof GraphloomError && error.code !== 'INTERNAL') return toErrorInfo(error)
    this.#options.logger.error({ err: error, task: item.id }, 'task failed unexpectedly')
    return { code: 'INTERNAL', message: 'Something unexpected failed.', retryable: true }
  }

  /** Again and again while the server cannot be reached: the lease says when it is too late. */
  async #tell(say: () => Promise<void>): Promise<void> {
    const { leaseMs, clock } = this.#options
    const untilMs = clock.now() + leaseMs
    for (;;) {
      try {
        return await say()
      } catch (error) {
        if (isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')) return
        if (!(error instanceof GraphloomError && error.retryable) || clock.now() >= untilMs) throw error
        await clock.sleep(RETRY_MS)
      }
    }
  }

  async #beat(): Promise<void> {
    const { source, leaseMs, logger } = this.#options
    const items = [...this.#running.values()].map(({ item }) => item)
    if (items.length === 0) return
    try {
      const asked = new Map(items.map((item) => [item.id, item]))
      for (const { id, isLost, isCancelled } of await source.heartbeat(items, leaseMs)) {
        const running = this.#running.get(id)
        const controller = running?.item === asked.get(id) ? running?.controller : undefined
        if (isLost) controller?.abort(claimLost())
        else if (isCancelled) controller?.abort(new GraphloomError('CANCELLED', 'The task was cancelled.'))
      }
    } catch (error) {
      logger.warn({ err: error }, 'leases not extended')
    }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const claimLost = (): GraphloomError => new GraphloomError('CONFLICT', 'Another worker has the task.')
