import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { EventListener, EventLog, LoggedEvent, NewEvent, StreamHead, TrimPolicy } from '../../ports/event-log.js'
import { boundLimit, type Connection } from './connection.js'
import { toEventRow } from './effect-rows.js'
import type { EventListeners } from './event-listeners.js'
import { toStoreError } from './sqlite-error.js'
import type { Writer } from './writer.js'

const MAX_READ = 10_000

interface SqliteEventLogDeps {
  readonly reader: Connection
  readonly writer: Writer
  readonly listeners: EventListeners
  readonly now: () => number
}

interface HeadRow {
  readonly first: number
  readonly last: number
  readonly revision: number
  readonly ended: number
}

interface EventRecord {
  readonly sequence: number
  readonly at: number
  readonly type: string
  readonly data: string
  readonly revision: number | null
}

const UNKNOWN_STREAM: StreamHead = { firstSequence: 1, lastSequence: 0, revision: 0, ended: false }

export class SqliteEventLog implements EventLog {
  readonly #deps: SqliteEventLogDeps

  constructor(deps: SqliteEventLogDeps) {
    this.#deps = deps
  }

  async append(stream: string, events: readonly Omit<NewEvent, 'stream'>[]): Promise<number> {
    if (events.length === 0) return (await this.head(stream)).lastSequence
    const rows = events.map((event) => toEventRow({ ...event, stream }))
    const { outcome } = await this.#deps.writer.write('append', { events: rows }, this.#deps.now())
    return outcome.sequences.at(-1) ?? 0
  }

  async head(stream: string): Promise<StreamHead> {
    const sql = 'SELECT first, last, revision, ended_at IS NOT NULL AS ended FROM streams WHERE stream = ?'
    const [row] = this.#read<HeadRow>(sql, [stream])
    if (!row) return UNKNOWN_STREAM
    return { firstSequence: row.first, lastSequence: row.last, revision: row.revision, ended: row.ended === 1 }
  }

  async read(stream: string, after: number, limit: number): Promise<LoggedEvent[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_READ)
      throw invalidInput('limit', `must be 1 to ${MAX_READ}`)
    const sql = `SELECT sequence, at, type, data, revision FROM events WHERE stream = ? AND sequence > ? ORDER BY sequence ${boundLimit()}`
    return this.#read<EventRecord>(sql, [stream, after, limit]).map(({ sequence, at, type, data, revision }) => ({
      stream,
      sequence,
      at,
      type,
      data: JSON.parse(data) as Json,
      revision,
    }))
  }

  subscribe(stream: string, listener: EventListener): Disposable {
    return this.#deps.listeners.add(stream, listener)
  }

  isFollowed(stream: string): boolean {
    return this.#deps.listeners.has(stream)
  }

  async trim(policy: TrimPolicy): Promise<number> {
    const { answer } = await this.#deps.writer.write('trim', { policy }, this.#deps.now())
    return answer
  }

  async deleteStream(stream: string): Promise<void> {
    await this.#deps.writer.write('deleteStream', { stream }, this.#deps.now())
  }

  #read<Row>(sql: string, values: readonly (string | number)[]): Row[] {
    try {
      return this.#deps.reader.all<Row>(sql, values)
    } catch (error) {
      throw toStoreError(error)
    }
  }
}
