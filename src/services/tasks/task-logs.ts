import { invalidInput } from '../../kernel/errors.js'
import type { Page } from '../../kernel/pages.js'
import { TASK_LOGGED } from './task-events.js'
import type { TaskStore } from './task-store.js'

/** A line that an attempt wrote. */
export interface TaskLogLine {
  readonly attempt: number
  /** When it was stored, Unix milliseconds. */
  readonly at: number
  readonly text: string
}

export interface TaskLogRequest {
  /** 1 to `MAX_LOG_LINES`. */
  readonly limit: number
  readonly cursor: string | null
}

export const MAX_LOG_LINES = 1_000
const READ_EVENTS = 50
const CURSOR = /^([1-9][0-9]{0,15}):(0|[1-9][0-9]{0,8})$/

interface Place {
  readonly sequence: number
  readonly line: number
}

/**
 * What a task's attempts wrote, in order, as far as its events are kept.
 * @throws GraphloomError `INVALID_INPUT` that names `first` or `after`.
 */
export async function readTaskLogs(
  store: Pick<TaskStore, 'readEvents'>,
  id: string,
  { limit, cursor }: TaskLogRequest,
): Promise<Page<TaskLogLine>> {
  if (limit < 1 || limit > MAX_LOG_LINES) throw invalidInput('first', `is ${limit}; 1 to ${MAX_LOG_LINES} is allowed.`)
  const after = cursor === null ? { sequence: 0, line: 0 } : parseCursor(cursor)
  const items: Page<TaskLogLine>['items'][number][] = []
  for (let read = Math.max(0, after.sequence - 1); items.length <= limit;) {
    const events = await store.readEvents(id, read, READ_EVENTS)
    for (const { type, data, at, sequence } of events) {
      read = sequence
      if (type !== TASK_LOGGED) continue
      const { attempt, lines } = data as unknown as { readonly attempt: number; readonly lines: readonly string[] }
      lines.forEach((text, line) => {
        const isNew = sequence > after.sequence || line > after.line
        if (isNew) items.push({ node: { attempt, at, text }, cursor: toCursor({ sequence, line }) })
      })
    }
    if (events.length < READ_EVENTS) break
  }
  return { items: items.slice(0, limit), hasNextPage: items.length > limit, hasPreviousPage: cursor !== null }
}

const toCursor = ({ sequence, line }: Place): string => Buffer.from(`${sequence}:${line}`).toString('base64url')

function parseCursor(cursor: string): Place {
  const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw invalidInput('after', 'is not a cursor of a log.')
  return { sequence: Number(match[1]), line: Number(match[2]) }
}
