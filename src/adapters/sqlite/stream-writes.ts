import { GraphloomError } from '../../kernel/errors.js'
import type { TrimPolicy } from '../../ports/event-log.js'
import { LONG_STREAM_STEP } from './base-tables.js'
import { boundLimit, type Connection } from './connection.js'
import type { EventRow } from './writer-protocol.js'

interface AppendOptions {
  readonly nowMs: number
  readonly revision: number | null
  /** What becomes of an event for a stream that has ended. */
  readonly afterEnd: 'conflict' | 'pass-over'
}

const stepsOf = (kept: number): number => Math.floor(kept / LONG_STREAM_STEP)

/** Appends in order; resolves with the sequence numbers, 0 for an event that was passed over. */
export function appendEvents(database: Connection, events: readonly EventRow[], options: AppendOptions): number[] {
  const sequences: number[] = []
  while (sequences.length < events.length) {
    const run = takeRun(events, sequences.length)
    const last = advanceStream(database, run, options)
    run.forEach((event, at) => {
      const sequence = last === null ? 0 : last - run.length + at + 1
      sequences.push(sequence)
      if (last !== null) writeEvent(database, event, sequence, options)
    })
  }
  return sequences
}

/** Events that follow each other in one stream, up to its end. */
function takeRun(events: readonly EventRow[], from: number): readonly EventRow[] {
  const { stream } = events[from]!
  let until = from + 1
  while (until < events.length && events[until]!.stream === stream && !events[until - 1]!.ends) until++
  return from === 0 && until === events.length ? events : events.slice(from, until)
}

/** What `long` is for so many; numbers are bound as such with fractions. */
const longOf = (count: string): string => `CAST((${count}) / ${LONG_STREAM_STEP} AS INTEGER)`
/** Once `?3` more are there. */
const LONG = longOf('last + ?3 - first + 1')
const NEW =
  'INSERT INTO streams (stream, first, last, revision, ended_at, long) ' +
  `VALUES (?1, 1, ?3, coalesce(?2, 0), ?4, ${longOf('?3')})`
const BEGIN = `${NEW} ON CONFLICT DO NOTHING`
const ADVANCE =
  `${NEW} ON CONFLICT DO UPDATE SET last = last + ?3, revision = coalesce(?2, revision), ended_at = ?4, long = ${LONG} ` +
  'WHERE ended_at IS NULL RETURNING last'

/** Makes room for the events at the end of their stream: the sequence number of the last, or null for one that has ended. */
function advanceStream(
  database: Connection,
  run: readonly EventRow[],
  { nowMs, revision, afterEnd }: AppendOptions,
): number | null {
  const { stream } = run[0]!
  const endedAt = run.at(-1)!.ends ? nowMs : null
  // With the first revision of an object its stream begins, as a rule.
  if (revision === 1 && database.run(BEGIN, [stream, revision, run.length, endedAt]) > 0) return run.length
  const head = database.get<{ last: number }>(ADVANCE, [stream, revision, run.length, endedAt])
  if (head) return head.last
  if (afterEnd === 'pass-over') return null
  throw new GraphloomError('CONFLICT', `The stream "${stream}" has ended.`)
}

const WRITE = 'INSERT INTO events (stream, sequence, at, type, data, revision) VALUES (?, ?, ?, ?, ?, ?)'

function writeEvent(database: Connection, event: EventRow, sequence: number, options: AppendOptions): void {
  database.run(WRITE, [event.stream, sequence, options.nowMs, event.type, event.data, options.revision])
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
    `ORDER BY ended_at ${boundLimit()}`
  trimStreams(database.all<TrimCandidate>(ended, [policy.endedBeforeMs, left]), 0)
  const keep = Math.max(0, Math.floor(policy.openStreamMaxEvents))
  const steps = stepsOf(keep + 1)
  const open =
    steps > 0
      ? `SELECT stream, first, last FROM streams WHERE long > 0 AND ended_at IS NULL AND long >= ? AND last - first >= ? ${boundLimit()}`
      : `SELECT stream, first, last FROM streams WHERE ended_at IS NULL AND ? = 0 AND last - first >= ? ${boundLimit()}`
  if (left > 0) trimStreams(database.all<TrimCandidate>(open, [steps, keep, left]), keep)
  return allowed - left
}
