import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

export interface BareSettings {
  readonly path: string
  /** 2 are for ids and for what comes next, 8 for lists by tenant, state, type, queue and end, and to delete, too. */
  readonly indexes: number
}

export interface BareRequest {
  /** `begin` takes what comes next. */
  readonly kind: 'add' | 'begin' | 'end'
  readonly task: number
}

/**
 * The least that tasks in SQLite could be: a table of them and one of events, written by a thread, all that waits in one
 * transaction. Nothing is checked, ordered by anything but its number, or found by anything but that.
 */
export class BareTables implements AsyncDisposable {
  readonly #thread: Worker
  #outbox: BareRequest[] = []
  readonly #waiting: ((answer: number) => void)[] = []

  constructor(folder: string, indexes: number) {
    const path = join(folder, `bare-${indexes}.db`)
    const script = new URL('./bare-tables-thread.js', import.meta.url)
    this.#thread = new Worker(script, { workerData: { path, indexes } satisfies BareSettings })
    this.#thread.on('message', (answers: readonly number[]) => {
      for (const answer of answers) this.#waiting.shift()!(answer)
    })
  }

  /** Resolves with the task's number when it is on the disk. */
  write(kind: BareRequest['kind'], task = 0): Promise<number> {
    if (this.#outbox.length === 0) setImmediate(() => this.#flush())
    this.#outbox.push({ kind, task })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #flush(): void {
    this.#thread.postMessage(this.#outbox)
    this.#outbox = []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#thread, 'exit')
    await this.#thread.terminate()
    await gone
  }
}
