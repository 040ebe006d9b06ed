import { isErrorWithCode } from '../../../kernel/errors.js'
import { blobIdOf } from '../../../domain/stored-document.js'
import type { Payloads } from '../../payloads.js'
import type { BatchResult, BatchResultsDocument } from './batch-item.js'
import type { BatchResultsStore } from './batch-results-store.js'

export interface BatchWriterOptions {
  readonly store: BatchResultsStore
  readonly payloads: Payloads
  readonly tenantId: string
  readonly taskId: string
  readonly versions: Readonly<Record<string, string>>
  readonly onWritten: (last: BatchResultsDocument) => void
}

interface Waiting {
  readonly result: BatchResult
  readonly bytes: number
}

const MAX_RESULTS = 100
const MAX_BYTES = 256 * 1_024
const WRITE_AFTER_MS = 500
/** A result beside its output. */
const RESULT_BYTES = 256

/** Stores the results of a batch, several at a time, each once. */
export class BatchWriter {
  readonly #options: BatchWriterOptions
  readonly #done: Set<number>
  #last: BatchResultsDocument | null
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  readonly #failed = new AbortController()

  /** `done` has the items that the stored results, up to `last`, are of. */
  constructor(options: BatchWriterOptions, done: Set<number>, last: BatchResultsDocument | null) {
    this.#options = options
    this.#done = done
    this.#last = last
  }

  get last(): BatchResultsDocument | null {
    return this.#last
  }

  /** Aborts, with the reason, when results cannot be stored. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  /** Nothing more is taken. */
  fail(error: unknown): void {
    this.#failed.abort(error)
  }

  /** Takes a result; resolves when there is room for more. */
  async add(result: BatchResult, bytes: number): Promise<void> {
    this.#waiting.push({ result, bytes: bytes + RESULT_BYTES })
    if (this.#isFull()) await this.#write()
    else this.#timer ??= setTimeout(() => void this.#write(), WRITE_AFTER_MS)
  }

  /** Stores what was taken. @throws GraphloomError when it cannot be stored. */
  async end(): Promise<void> {
    while ((this.#waiting.length > 0 || this.#writing) && !this.failed.aborted) await this.#write()
    this[Symbol.dispose]()
    this.failed.throwIfAborted()
  }

  [Symbol.dispose](): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  #isFull(): boolean {
    return this.#waiting.length >= MAX_RESULTS || sum(this.#waiting) >= MAX_BYTES
  }

  /** One write at a time; what comes meanwhile goes with the next. */
  #write(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing ??= this.#writeSome()
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.#writing = null
      })
    return this.#writing
  }

  async #writeSome(): Promise<void> {
    const { store, tenantId, taskId, versions, onWritten } = this.#options
    const some = this.#takeSome()
    try {
      const results = some.map(({ result }) => result)
      this.#last = await store.append({ tenantId, taskId, after: this.#last, results, versions })
      for (const { index } of results) this.#done.add(index)
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
      await this.#catchUp()
      const missing = some.filter(({ result }) => !this.#done.has(result.index))
      for (const { result } of some) if (!missing.some((one) => one.result === result)) await this.#drop(result)
      this.#waiting.unshift(...missing)
    }
    if (this.#last) onWritten(this.#last)
  }

  /** At most one result of them has its output in a blob. */
  #takeSome(): readonly Waiting[] {
    let bytes = 0
    let blobs = 0
    const end = this.#waiting.findIndex((one, at) => {
      bytes += one.bytes
      blobs += blobIdOf(one.result.output) === null ? 0 : 1
      return at > 0 && (at >= MAX_RESULTS || bytes > MAX_BYTES || blobs > 1)
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  /** Another has stored results: an earlier attempt that did not know that it was over. */
  async #catchUp(): Promise<void> {
    const { store, tenantId, taskId } = this.#options
    for await (const document of store.readAfter(tenantId, taskId, this.#last?.through ?? 0)) {
      for (const { index } of document.results) this.#done.add(index)
      this.#last = document
    }
  }

  async #drop({ output }: BatchResult): Promise<void> {
    await this.#options.payloads.delete(output)
  }
}

const sum = (waiting: readonly Waiting[]): number => waiting.reduce((total, { bytes }) => total + bytes, 0)
