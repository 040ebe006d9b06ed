import { GraphloomError } from '../../kernel/errors.js'
import type { TrimPolicy } from '../../ports/event-log.js'
import { LONG_STREAM_STEP } from './base-tables.js'
import type { Connection } from './connection.js'
import type { EventRow } from './writer-protocol.js'

interface Head {
  readonly first: number
  readonly last: number
  readonly ended_at: number | null
  readonly long: number
}

interface AppendOptions {
  readonly nowMs: number
  readonly revision: number | null
  /** What becomes of an event for a stream that has ended. */
  readonly afterEnd: 'conflict' | 'pass-over'
}

const stepsOf = (kept: number): number => Math.floor(kept / LONG_STREAM_STEP)

/** Appends in order; resolves with the sequence numbers, 0 for an event that was passed over. */
export const appendEvents = (database: Connection, events: readonly EventRow[], options: AppendOptions): number[] =>
  events.map((event) => appendEvent(database, event, options))

function appendEvent(database: Connection, event: EventRow, { nowMs, revision, afterEnd }: AppendOptions): number {
  const { stream } = event
  const head = database.get<Head>('SELECT first, last, ended_at, long FROM streams WHERE stream = ?', [stream])
  const endedAt = event.ends ? nowMs : null
  if (!head) {
    const sql = 'INSERT INTO streams (stream, first, last, revision, ended_at, long) VALUES (?, 1, 1, ?, ?, 0)'
    database.run(sql, [stream, revision ?? 0, endedAt])
  } else {
    if (head.ended_at !== null) {
      if (afterEnd === 'pass-over') return 0
      throw new GraphloomError('CONFLICT', `The stream "${stream}" has ended.`)
    }
    const last = head.last + 1
    const long = stepsOf(last - head.first + 1)
    database.run('UPDATE streams SET last = ?, revision = coalesce(?, revision) WHERE stream = ?', [
      last,
      revision,
      stream,
    ])
    if (long !== head.long) database.run('UPDATE streams SET long = ? WHERE stream = ?', [long, stream])
    if (endedAt !== null) database.run('UPDATE streams SET ended_at = ? WHERE stream = ?', [endedAt, stream])
  }
  const sequence = (head?.last ?? 0) + 1
  const sql = 'INSERT INTO events (stream, sequence, at, type, data, revision) VALUES (?, ?, ?, ?, ?, ?)'
  database.run(sql, [stream, sequence, nowMs, event.type, event.data, revision])
  return sequence
}

export function deleteStream(database: Connection, stream: string): void {
  database.run('DELETE FROM events WHERE stream = ?', [stream])
  database.run('DELETE FROM streams WHERE stream = ?', [stream])
}

interface TrimCandidate {
  readonly stream: string
  readonly first: number
  readonly last: number
}

/** At most `maxDeletedEvents` events go, those of ended streams first; resolves with their number. */
export function trimEvents(database: Connection, policy: TrimPolicy): number {
  let left = Math.max(0, Math.floor(policy.maxDeletedEvents))
  const trimStreams = (candidates: readonly TrimCandidate[], keep: number): void => {
    for (const { stream, first, last } of candidates) {
      const until = Math.min(last - keep, first + left - 1)
      if (until < first) continue
      left -= database.run('DELETE FROM events WHERE stream = ? AND sequence <= ?', [stream, until])
      const sql = 'UPDATE streams SET first = ?, long = ? WHERE stream = ?'
      database.run(sql, [until + 1, stepsOf(last - until), stream])
    }
  }
  const allowed = left
  const ended =
    'SELECT stream, first, last FROM streams WHERE ended_at IS NOT NULL AND first <= last AND ended_at < ? ' +
    'ORDER BY ended_at LIMIT ?'
  trimStreams(database.all<TrimCandidate>(ended, [policy.endedBeforeMs, left]), 0)
  const keep = Math.max(0, Math.floor(policy.openStreamMaxEvents))
  const steps = stepsOf(keep + 1)
  const open =
    steps > 0
      ? 'SELECT stream, first, last FROM streams WHERE long > 0 AND ended_at IS NULL AND long >= ? AND last - first >= ? LIMIT ?'
      : 'SELECT stream, first, last FROM streams WHERE ended_at IS NULL AND ? = 0 AND last - first >= ? LIMIT ?'
  if (left > 0) trimStreams(database.all<TrimCandidate>(open, [steps, keep, left]), keep)
  return allowed - left
}
