import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BatchInfo } from '../../domain/prediction.js'
import type { RunMeter } from './run-meter.js'
import type { RunLimits } from './runner-protocol.js'
import { SequenceQueue, type WaitingSequence } from './sequence-queue.js'

/** What a run computes for one result. */
interface Row {
  /** Tokens: their count is what it costs. */
  readonly ids: readonly number[]
}

/** Several sequences that are wanted together. */
export interface SequenceRequest<R extends Row> {
  readonly sequences: readonly R[]
  readonly tenantId: string
  readonly priority: number
}

export interface SequenceResults<T> {
  /** One for each sequence, in order. */
  readonly results: readonly T[]
  /** The run of its first sequence. */
  readonly batch: BatchInfo
  /** Runs to be counted for the request: a run of several requests is counted for the first of them. */
  readonly executions: number
  readonly computeMs: number
}

export interface BatchRunnerOptions<R extends Row, T> {
  readonly limits: RunLimits
  readonly meter: Pick<RunMeter, 'startRun'>
  /** Runs that may go on at once, 1 or more. */
  readonly parallelRuns: number
  /** Whether another run would take no thread from those that go on. */
  readonly hasFreeThread?: () => boolean
  /** Gives one result for each row, in order. */
  readonly run: (rows: readonly R[]) => Promise<readonly T[]>
}

interface Wanted<T> {
  readonly results: T[]
  readonly enqueuedAt: number
  readonly resolve: (results: SequenceResults<T>) => void
  readonly reject: (error: unknown) => void
  batch: BatchInfo | null
  left: number
  executions: number
  computeMs: number
}

interface Sequence<R extends Row, T> extends WaitingSequence {
  readonly row: R
  readonly wanted: Wanted<T>
  readonly index: number
}

/** Of a whole run: less does not begin while another run goes on with all threads. */
const LEAST_SHARE_BESIDE = 1 / 4

/**
 * Dynamic batching: whatever waits when the model has a run free is the next run, as much as its budget allows. Nothing waits
 * for others to come. Between runs messages are read, so that what was cancelled is in no further run.
 */
export class BatchRunner<R extends Row, T> {
  readonly #options: BatchRunnerOptions<R, T>
  readonly #queue: SequenceQueue<Sequence<R, T>>
  #running = 0
  #isStarting = false

  constructor(options: BatchRunnerOptions<R, T>) {
    this.#options = options
    this.#queue = new SequenceQueue(options.limits)
  }

  /** @throws whatever a run of its sequences throws; or the signal's reason. */
  async run({ sequences, tenantId, priority }: SequenceRequest<R>, signal: AbortSignal): Promise<SequenceResults<T>> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<SequenceResults<T>>()
    const wanted: Wanted<T> = {
      results: new Array<T>(sequences.length),
      enqueuedAt: performance.now(),
      resolve,
      reject,
      batch: null,
      left: sequences.length,
      executions: 0,
      computeMs: 0,
    }
    if (sequences.length === 0) settle(wanted)
    const waiting = sequences.map((row, index) => ({ row, tokens: row.ids, tenantId, priority, wanted, index }))
    for (const sequence of waiting) this.#queue.add(sequence)
    const onAbort = (): void => {
      for (const sequence of waiting) this.#queue.delete(sequence)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    void this.#start()
    try {
      return await promise
    } catch (error) {
      for (const sequence of waiting) this.#queue.delete(sequence)
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Starts runs while there is work for them. */
  async #start(): Promise<void> {
    if (this.#isStarting) return
    this.#isStarting = true
    while (this.#running < this.#options.parallelRuns) {
      await nextTurn()
      if (this.#running > 0 && !this.#isWorthAnotherRun()) break
      const batch = this.#queue.take(this.#options.parallelRuns)
      if (batch.length === 0) break
      void this.#runBatch(batch)
    }
    this.#isStarting = false
  }

  /** A small run does not take the threads of another; when more has come it goes with it. */
  #isWorthAnotherRun(): boolean {
    const { hasFreeThread, limits } = this.#options
    return hasFreeThread?.() === true || this.#queue.tokens >= LEAST_SHARE_BESIDE * limits.maxBatchTokens
  }

  async #runBatch(batch: readonly Sequence<R, T>[]): Promise<void> {
    const { meter, run } = this.#options
    const startedAt = performance.now()
    this.#running++
    const endRun = meter.startRun()
    const executed = { executions: 1, sequences: batch.length }
    try {
      const results = await run(batch.map(({ row }) => row))
      endRun(executed)
      this.#give(batch, results, startedAt)
    } catch (error) {
      endRun(executed)
      for (const { wanted } of batch) wanted.reject(error)
    }
    this.#running--
    void this.#start()
  }

  #give(batch: readonly Sequence<R, T>[], results: readonly T[], startedAt: number): void {
    const ms = performance.now() - startedAt
    const tokens = batch.length * Math.max(...batch.map((sequence) => sequence.tokens.length))
    batch[0]!.wanted.executions++
    for (const wanted of new Set(batch.map((sequence) => sequence.wanted))) wanted.computeMs += ms
    batch.forEach(({ wanted, index }, position) => {
      wanted.results[index] = results[position]!
      wanted.batch ??= { size: batch.length, position, waitMs: startedAt - wanted.enqueuedAt, tokens }
      if (--wanted.left === 0) settle(wanted)
    })
  }
}

function settle<T>({ results, batch, executions, computeMs, resolve }: Wanted<T>): void {
  resolve({ results, batch: batch ?? { size: 0, position: 0, waitMs: 0, tokens: 0 }, executions, computeMs })
}
