import { statSync } from 'node:fs'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { GraphloomError } from '../../kernel/errors.js'
import type { CollectionLayout } from './collection-layout.js'
import { type Connection, openConnection } from './connection.js'
import { isOutcomeUnknown, unavailableReason } from './sqlite-error.js'
import { executeWrite } from './write-execution.js'
import type {
  NumberedOutcome,
  NumberedRequest,
  WriteFailure,
  WriterMessage,
  WriterReply,
  WriterSettings,
} from './writer-protocol.js'

const MAX_GROUP_REQUESTS = 1_024
/** What one write is taken to change beside its document, to guess how far the log has grown: six pages. */
const BYTES_PER_WRITE = 6 * 4_096
const CHECKPOINT_EVERY_BYTES = 4 * 1_048_576
const MAX_LOG_BYTES = 64 * 1_048_576

/**
 * The only writer of the database. Requests that arrive while a transaction is written to the disk gather, and the
 * next transaction takes them all; each has a savepoint of its own, so that a refused one leaves the others alone.
 */
class WriterThread {
  readonly #database: Connection
  readonly #layouts: ReadonlyMap<string, CollectionLayout>
  readonly #port: MessagePort
  readonly #logPath: string
  #backlog: NumberedRequest[] = []
  #closing = false
  #commits = 0
  #grownBytes = 0

  constructor(port: MessagePort, settings: WriterSettings) {
    this.#port = port
    this.#logPath = `${settings.path}-wal`
    this.#layouts = new Map(settings.collections.map((layout) => [layout.name, layout]))
    this.#database = openConnection(settings.path, 'write')
    this.#database.exec(`PRAGMA journal_size_limit = ${MAX_LOG_BYTES}`)
  }

  receive(message: WriterMessage): void {
    this.#accept(message)
    while (this.#gather()) this.#commitGroup()
    if (!this.#closing) return
    this.#runCheckpoint('TRUNCATE')
    this.#database[Symbol.dispose]()
    this.#port.close()
  }

  #accept(message: WriterMessage): void {
    if ('close' in message) this.#closing = true
    else this.#backlog = this.#backlog.length === 0 ? [...message.requests] : [...this.#backlog, ...message.requests]
  }

  /** Takes in what has arrived; false when there is nothing to do. */
  #gather(): boolean {
    for (;;) {
      const arrived = receiveMessageOnPort(this.#port)
      if (!arrived) return this.#backlog.length > 0
      this.#accept(arrived.message as WriterMessage)
    }
  }

  #commitGroup(): void {
    let outcomes: NumberedOutcome[] = []
    const group = this.#backlog.slice(0, MAX_GROUP_REQUESTS)
    this.#backlog = this.#backlog.slice(MAX_GROUP_REQUESTS)
    try {
      this.#database.run('BEGIN IMMEDIATE')
      for (const numbered of group) {
        outcomes.push(this.#execute(numbered))
        // Some errors, a full disk among them, undo the whole transaction.
        if (!this.#database.inTransaction) throw new GroupUndone(outcomes.at(-1))
      }
      this.#database.run('COMMIT')
      this.#commits++
    } catch (error) {
      this.#rollBack()
      const failure = toFailure(error instanceof GroupUndone ? error.reason : error)
      outcomes = group.map(({ number }) => ({ number, failure }))
    }
    this.#post({ kind: 'committed', outcomes, commits: this.#commits })
    this.#checkpoint(group)
  }

  #execute({ number, request }: NumberedRequest): NumberedOutcome {
    const database = this.#database
    database.run('SAVEPOINT request')
    try {
      const outcome = executeWrite(database, this.#layouts, request)
      database.run('RELEASE request')
      return { number, outcome }
    } catch (error) {
      if (database.inTransaction) {
        database.run('ROLLBACK TO request')
        database.run('RELEASE request')
      }
      return { number, failure: toFailure(error) }
    }
  }

  #rollBack(): void {
    if (this.#database.inTransaction) this.#database.run('ROLLBACK')
  }

  /** After the group was answered, so that nobody waits for it but the next group. */
  #checkpoint(group: readonly NumberedRequest[]): void {
    for (const { request } of group) this.#grownBytes += requestBytes(request)
    if (this.#grownBytes < CHECKPOINT_EVERY_BYTES) return
    this.#grownBytes = 0
    this.#runCheckpoint(statSync(this.#logPath).size > MAX_LOG_BYTES ? 'RESTART' : 'PASSIVE')
  }

  #runCheckpoint(mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE'): void {
    try {
      this.#database.get(`PRAGMA wal_checkpoint(${mode})`)
    } catch {
      // What cannot be copied now stays in the log, which is as durable, until the next time.
    }
  }

  #post(reply: WriterReply): void {
    this.#port.postMessage(reply)
  }
}

class GroupUndone extends Error {
  readonly reason: unknown

  constructor(last: NumberedOutcome | undefined) {
    super('The transaction was undone.')
    this.reason = last && 'failure' in last ? new FailedRequest(last.failure) : this
  }
}

class FailedRequest extends Error {
  readonly failure: WriteFailure

  constructor(failure: WriteFailure) {
    super(failure.message)
    this.failure = failure
  }
}

function toFailure(error: unknown): WriteFailure {
  if (error instanceof FailedRequest) return error.failure
  if (error instanceof GraphloomError) return { code: error.code, message: error.message, path: error.details.path }
  const reason = unavailableReason(error)
  const outcome = isOutcomeUnknown(error) ? 'it is unknown whether anything was changed' : 'nothing was changed'
  if (reason !== null)
    return { code: 'UNAVAILABLE', message: `The state database cannot be written: ${reason}; ${outcome}.` }
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

function requestBytes(request: NumberedRequest['request']): number {
  if (request.kind === 'insert' || request.kind === 'update') return BYTES_PER_WRITE + request.row.body.length
  if (request.kind !== 'insertAll') return BYTES_PER_WRITE
  return request.documents.reduce((bytes, { row }) => bytes + BYTES_PER_WRITE + row.body.length, 0)
}

if (!parentPort) throw new Error('The writer runs as a worker thread.')
const port = parentPort
try {
  const thread = new WriterThread(port, workerData as WriterSettings)
  port.on('message', (message: WriterMessage) => thread.receive(message))
  port.postMessage({ kind: 'ready' } satisfies WriterReply)
} catch (error) {
  port.postMessage({ kind: 'cannotOpen', message: toFailure(error).message } satisfies WriterReply)
}
