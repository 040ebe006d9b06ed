import { createHash } from 'node:crypto'
import type { ScheduleDocument, SkippedFirings, SkipReason } from '../../domain/schedule.js'
import type { CronTimes } from './cron.js'

/** A due time that nobody has begun so long after it, milliseconds, was missed. */
export const PUNCTUAL_MS = 10_000
/** Of more missed due times the latest alone are caught up with, and counted. */
export const MAX_MISSED = 1_000

/** What a schedule is to do now: count some due times as missed, then fire others in order. */
export interface FiringPlan {
  readonly missed: readonly number[]
  readonly fire: readonly number[]
}

type Timing = Pick<ScheduleDocument, 'id' | 'jitterMs'>

/** When the firing of a due time is: 0 to `jitterMs` later, for each due time another, for all servers the same. */
export function fireAtOf({ id, jitterMs }: Timing, dueAt: number): number {
  if (jitterMs === 0) return dueAt
  const digest = createHash('sha256').update(`${id}:${dueAt}`).digest()
  return dueAt + Math.floor((digest.readUInt32BE() / 2 ** 32) * (jitterMs + 1))
}

/** No two firings of one due time, however many schedulers run: the key is unique in the store. */
export const firingKeyOf = (scheduleId: string, dueAt: number): string => `schedule:${scheduleId}:${dueAt}`

/**
 * Due times whose firing's time has come: first those that are missed, then those to fire, in order. A due time never
 * overtakes the one before it, whatever their jitter.
 */
export function planFirings(schedule: ScheduleDocument, times: CronTimes, nowMs: number): FiringPlan {
  const { catchUp, catchUpWindowMs } = schedule
  const due = listDue(schedule, times, nowMs)
  const firstWithin = (latenessMs: number): number => {
    const at = due.findIndex((dueAt) => nowMs - fireAtOf(schedule, dueAt) <= latenessMs)
    return at < 0 ? due.length : at
  }
  const punctual = firstWithin(PUNCTUAL_MS)
  const recent = Math.min(punctual, firstWithin(catchUpWindowMs))
  const from = { NONE: punctual, LATEST: Math.max(recent, punctual - 1), ALL: recent }[catchUp]
  return { missed: due.slice(0, from), fire: due.slice(from) }
}

/** From the next one on, each after the one before it; of too many the latest. */
function listDue(schedule: ScheduleDocument, times: CronTimes, nowMs: number): readonly number[] {
  const { nextDueAt, jitterMs } = schedule
  const due: number[] = []
  for (let dueAt = nextDueAt; dueAt !== null && fireAtOf(schedule, dueAt) <= nowMs; dueAt = times.nextAfter(dueAt)) {
    if (due.length < MAX_MISSED) {
      due.push(dueAt)
      continue
    }
    const latest = times.listLatest({ fromMs: due[0]!, untilMs: nowMs - jitterMs, limit: MAX_MISSED })
    return (latest.at(-1) ?? 0) > due.at(-1)! ? latest : due
  }
  return due
}

/** Its next due time is the first after this one. */
export function waitAfter(schedule: ScheduleDocument, times: CronTimes, afterMs: number): ScheduleDocument {
  const nextDueAt = schedule.paused ? null : times.nextAfter(afterMs)
  return { ...schedule, nextDueAt, nextFireAt: nextDueAt === null ? null : fireAtOf(schedule, nextDueAt) }
}

/** Due times up to this one are dealt with. */
export const moveOn = (schedule: ScheduleDocument, times: CronTimes, dueAt: number): ScheduleDocument =>
  waitAfter({ ...schedule, lastDueAt: dueAt }, times, dueAt)

/** The task of a due time was made while the schedule was changed; null where it knows of it. */
export function noteFired(
  schedule: ScheduleDocument,
  times: CronTimes,
  fired: { readonly dueAt: number; readonly taskId: string },
): ScheduleDocument | null {
  const { lastDueAt, nextDueAt } = schedule
  if (lastDueAt !== null && lastDueAt >= fired.dueAt) return null
  const known = { ...schedule, lastTaskId: fired.taskId }
  const isNext = nextDueAt !== null && nextDueAt <= fired.dueAt
  return isNext ? moveOn(known, times, fired.dueAt) : { ...known, lastDueAt: fired.dueAt }
}

export function countSkipped(
  schedule: ScheduleDocument,
  reason: SkipReason,
  dueAts: readonly number[],
  message: string | null = null,
): ScheduleDocument {
  const lastDueAt = dueAts.at(-1)
  if (lastDueAt === undefined) return schedule
  const before = schedule.skipped.find((one) => one.reason === reason)?.count ?? 0
  const counted: SkippedFirings = { reason, count: before + dueAts.length, lastDueAt, lastMessage: message }
  return { ...schedule, skipped: [...schedule.skipped.filter((one) => one.reason !== reason), counted] }
}
