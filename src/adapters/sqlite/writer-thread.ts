import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { GraphloomError } from '../../kernel/errors.js'
import { type Connection, openConnection } from './connection.js'
import { isOutcomeUnknown, unavailableReason } from './sqlite-error.js'
import { getQueue, type Wakeups } from './queue-rows.js'
import { executeWrite, type WriteContext } from './write-execution.js'
import type {
  NumberedOutcome,
  NumberedRequest,
  Wakeup,
  WriteFailure,
  WriterMessage,
  WriterReply,
  WriterSettings,
} from './writer-protocol.js'

const MAX_GROUP_REQUESTS = 1_024
const MAX_MESSAGE_OUTCOMES = 16
/** Pages of 4 KiB in the log that are not in the file yet. */
const CHECKPOINT_EVERY_PAGES = 2_048
const MAX_LOG_BYTES = 64 * 1_048_576
const PAGE_BYTES = 4_096
/** After a refused write, so many groups are written with savepoints at once. */
const CAREFUL_GROUPS = 16

/**
 * The only writer of the database. Requests that arrive while a transaction is written to the disk gather, and the
 * next transaction takes them all. Where one is refused, it is undone, and made again with a savepoint for each, so that
 * the refused one leaves the others alone.
 */
class WriterThread {
  readonly #database: Connection
  readonly #context: WriteContext
  /** Of the current group. */
  readonly #wakeups: Wakeups = []
  readonly #port: MessagePort
  #backlog: NumberedRequest[] = []
  #closing = false
  #commits = 0
  #carefulGroups = 0

  constructor(port: MessagePort, settings: WriterSettings) {
    this.#port = port
    const layouts = new Map(settings.collections.map((layout) => [layout.name, layout]))
    this.#database = openConnection(settings.path, 'write')
    this.#context = { database: this.#database, layouts, wakeups: this.#wakeups }
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
    const group = this.#backlog.slice(0, MAX_GROUP_REQUESTS)
    this.#backlog = this.#backlog.slice(MAX_GROUP_REQUESTS)
    let outcomes: NumberedOutcome[]
    let wakeups: readonly Wakeup[] = []
    this.#wakeups.length = 0
    try {
      outcomes = this.#executeAtOnce(group) ?? this.#executeEach(group)
      const nowMs = Math.max(...group.map(({ request }) => request.nowMs))
      wakeups = joinWakeups(this.#wakeups, nowMs).filter((wakeup) => wakeup.atMs > nowMs || !this.#isInVain(wakeup))
      this.#database.commit()
      this.#commits++
      outcomes = this.#erase(group, outcomes)
    } catch (error) {
      this.#database.rollback()
      const failure = toFailure(error instanceof GroupUndone ? error.reason : error)
      outcomes = group.map(({ number }) => ({ number, failure }))
    }
    this.#answer(outcomes, wakeups)
    this.#checkpoint()
  }

  #isInVain({ queue, unlessPaused }: Wakeup): boolean {
    return unlessPaused === true && getQueue(this.#database, queue)?.paused === 1
  }

  /** Some at a time, so that who waited for the first asks anew while the others are told. */
  #answer(outcomes: readonly NumberedOutcome[], wakeups: readonly Wakeup[]): void {
    for (let at = 0; at < outcomes.length; at += MAX_MESSAGE_OUTCOMES) {
      const isLast = at + MAX_MESSAGE_OUTCOMES >= outcomes.length
      const part = outcomes.slice(at, at + MAX_MESSAGE_OUTCOMES)
      this.#post({ kind: 'committed', outcomes: part, wakeups: isLast ? wakeups : [], commits: this.#commits })
    }
  }

  /** Empties the log where that was asked for: its copies of what was deleted are not overwritten. */
  #erase(group: readonly NumberedRequest[], outcomes: NumberedOutcome[]): NumberedOutcome[] {
    const asked = new Set(group.flatMap(({ number, request }) => (request.kind === 'erase' ? [number] : [])))
    if (asked.size === 0) return outcomes
    const answer = this.#runCheckpoint('TRUNCATE')?.busy === 0
    return outcomes.map((one) =>
      asked.has(one.number) && 'outcome' in one ? { ...one, outcome: { ...one.outcome, answer } } : one,
    )
  }

  /** In an open transaction; null, and none open, when one of several is refused. */
  #executeAtOnce(group: readonly NumberedRequest[]): NumberedOutcome[] | null {
    if (this.#carefulGroups > 0 && group.length > 1) {
      this.#carefulGroups--
      return null
    }
    this.#database.run('BEGIN IMMEDIATE')
    try {
      return group.map(({ number, request }) => ({
        number,
        outcome: executeWrite(this.#context, request),
      }))
    } catch (error) {
      if (group.length === 1) throw error
      this.#database.rollback()
      this.#carefulGroups = CAREFUL_GROUPS
      return null
    }
  }

  #executeEach(group: readonly NumberedRequest[]): NumberedOutcome[] {
    this.#database.run('BEGIN IMMEDIATE')
    const outcomes: NumberedOutcome[] = []
    for (const numbered of group) {
      outcomes.push(this.#execute(numbered))
      // Some errors, a full disk among them, undo the whole transaction.
      if (!this.#database.inTransaction) throw new GroupUndone(outcomes.at(-1))
    }
    return outcomes
  }

  #execute({ number, request }: NumberedRequest): NumberedOutcome {
    const database = this.#database
    database.run('SAVEPOINT request')
    try {
      const outcome = executeWrite(this.#context, request)
      database.settle()
      database.run('RELEASE request')
      return { number, outcome }
    } catch (error) {
      database.rollback('request')
      return { number, failure: toFailure(error) }
    }
  }

  /** After the group was answered, so that nobody waits for it but the next group. */
  #checkpoint(): void {
    const pages = this.#runCheckpoint('NOOP')
    if (pages === null || pages.log - pages.checkpointed < CHECKPOINT_EVERY_PAGES) return
    this.#runCheckpoint(pages.log * PAGE_BYTES > MAX_LOG_BYTES ? 'RESTART' : 'PASSIVE')
  }

  /** Resolves with how many pages the log has, and how many of them are in the file. */
  #runCheckpoint(mode: 'NOOP' | 'PASSIVE' | 'RESTART' | 'TRUNCATE'): LogPages | null {
    try {
      return this.#database.get<LogPages>(`PRAGMA wal_checkpoint(${mode})`) ?? null
    } catch {
      // What cannot be copied now stays in the log, which is as durable, until the next time.
      return null
    }
  }

  #post(reply: WriterReply): void {
    this.#port.postMessage(reply)
  }
}

/** Of each queue and kind the next of the times that are past, and of those to come. */
function joinWakeups(wakeups: readonly Wakeup[], nowMs: number): Wakeup[] {
  const first = new Map<string, Wakeup>()
  for (const wakeup of wakeups) {
    const when = `${wakeup.atMs <= nowMs} ${wakeup.unlessPaused} ${wakeup.queue}`
    const known = first.get(when)
    if (!known || wakeup.atMs < known.atMs) first.set(when, wakeup)
  }
  return [...first.values()]
}

interface LogPages {
  /** 1 when somebody was reading. */
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
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

if (!parentPort) throw new Error('The writer runs as a worker thread.')
const port = parentPort
try {
  const thread = new WriterThread(port, workerData as WriterSettings)
  port.on('message', (message: WriterMessage) => thread.receive(message))
  port.postMessage({ kind: 'ready' } satisfies WriterReply)
} catch (error) {
  port.postMessage({ kind: 'cannotOpen', message: toFailure(error).message } satisfies WriterReply)
}
