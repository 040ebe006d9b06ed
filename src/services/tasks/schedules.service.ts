import type { Clock } from '../../kernel/clock.js'
import { invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { Json } from '../../kernel/json.js'
import type { Page, PageRequest } from '../../kernel/pages.js'
import type { Principal } from '../../domain/principal.js'
import type { ScheduleDocument, TaskTemplate } from '../../domain/schedule.js'
import type { Stored } from '../../domain/stored-document.js'
import type { TaskDocument } from '../../domain/task.js'
import type { Access } from '../access/access.js'
import type { Payloads } from '../payloads.js'
import { namingMistakes } from './argument-mistake.js'
import { parseCron, type CronTimes } from './cron.js'
import { checkRunKey, checkScheduleSettings, type ScheduleSettings } from './schedule-input.js'
import type { ScheduleFiring } from './schedule-firing.js'
import { fireAtOf, waitAfter } from './schedule-rules.js'
import type { ScheduleStore } from './schedule-store.js'
import type { TaskAcceptance } from './task-acceptance.js'
import type { TaskTypes } from './task-types.js'

/** A firing to come. */
export interface PlannedRun {
  readonly dueAt: number
  readonly firesAt: number
}

interface CheckedSchedule {
  readonly settings: Omit<ScheduleSettings, 'input' | 'template'> & { readonly template: TaskTemplate }
  readonly times: CronTimes
  readonly input: Stored<Json>
}

export interface SchedulesServiceOptions {
  readonly access: Access
  readonly store: ScheduleStore
  readonly firing: Pick<ScheduleFiring, 'runNow' | 'take'>
  readonly acceptance: Pick<TaskAcceptance, 'check'>
  readonly types: Pick<TaskTypes, 'mayReadInput'>
  readonly payloads: Payloads
  readonly clock: Clock
}

export const MAX_SCHEDULES = 1_000
export const MAX_NEXT_RUNS = 100
const RACES = 20

/** What is to be done again and again: its keeping, and runs that are asked for. */
export class SchedulesService {
  readonly #options: SchedulesServiceOptions

  constructor(options: SchedulesServiceOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  async get(principal: Principal, name: string): Promise<ScheduleDocument | null> {
    this.#options.access.require(principal, 'schedule.read')
    return this.#options.store.getByName(principal.tenantId, name)
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(ScheduleDocument | null)[]> {
    this.#options.access.require(principal, 'schedule.read')
    return this.#options.store.getMany(scopeOf(principal), ids)
  }

  /** By name. @throws GraphloomError `INVALID_INPUT` for a cursor of another list, `FORBIDDEN`. */
  async list(principal: Principal, page: PageRequest): Promise<Page<ScheduleDocument>> {
    this.#options.access.require(principal, 'schedule.read')
    return this.#options.store.list(scopeOf(principal), page)
  }

  /**
   * Makes the schedule of this name, or changes it to what is given, from the next due time on.
   * @throws GraphloomError `INVALID_INPUT`, `PAYLOAD_TOO_LARGE`, `FORBIDDEN`.
   */
  async upsert(principal: Principal, settings: ScheduleSettings): Promise<ScheduleDocument> {
    const { access, payloads } = this.#options
    access.require(principal, 'schedule.change')
    const checked = await this.#check(principal, settings)
    const input = await payloads.put(settings.input)
    try {
      for (let race = 1; ; race++) {
        try {
          return await this.#put(principal, { ...checked, input })
        } catch (error) {
          if (!isLostRace(error) || race >= RACES) throw error
        }
      }
    } catch (error) {
      await payloads.deleteUnstored(error, input)
      throw error
    }
  }

  /** Its tasks stay. @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async delete(principal: Principal, name: string): Promise<ScheduleDocument> {
    const { access, store, payloads } = this.#options
    access.require(principal, 'schedule.delete')
    const schedule = await store.requireByName(principal.tenantId, name)
    await store.delete(schedule)
    await payloads.delete(schedule.input)
    return schedule
  }

  /**
   * Due times while it is paused are none, and are not caught up with.
   * @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`.
   */
  async setPaused(principal: Principal, name: string, paused: boolean): Promise<ScheduleDocument> {
    const { access, store, clock } = this.#options
    access.require(principal, 'schedule.change')
    return store.change(
      () => store.requireByName(principal.tenantId, name),
      (schedule) =>
        schedule.paused === paused ? null : waitAfter({ ...schedule, paused }, timesOf(schedule), clock.now()),
    )
  }

  /**
   * A run beside the due times, also of a paused schedule; the overlap policy holds for it too.
   * @throws GraphloomError `NOT_FOUND`, `CONFLICT` when the run before stays in the way, `INVALID_INPUT` or `OVERLOADED`
   * when the task is not accepted, `FORBIDDEN`.
   */
  async runNow(principal: Principal, name: string, key: string | undefined): Promise<TaskDocument> {
    const { access, store, firing } = this.#options
    access.require(principal, 'schedule.run')
    checkRunKey('idempotencyKey', key)
    const named = await store.requireByName(principal.tenantId, name)
    using _turn = await firing.take(named)
    const schedule = await store.require(scopeOf(principal), named.id)
    const outcome = await firing.runNow(schedule, key)
    if (outcome.kind === 'skipped') throw outcome.error
    const { task } = outcome
    try {
      await store.change(
        () => store.require(scopeOf(principal), schedule.id),
        (known) => (known.lastTaskId === task.id ? null : { ...known, lastTaskId: task.id }),
      )
    } catch (error) {
      // It was deleted meanwhile; the task is there.
      if (!isErrorWithCode(error, 'NOT_FOUND')) throw error
    }
    return task
  }

  /** What it would fire next, in order; nothing while it is paused. @throws GraphloomError `INVALID_INPUT`. */
  nextRuns(schedule: ScheduleDocument, first: number): PlannedRun[] {
    if (first < 1 || first > MAX_NEXT_RUNS)
      throw invalidInput('first', `is ${first}; 1 to ${MAX_NEXT_RUNS} is allowed.`)
    if (schedule.nextDueAt === null) return []
    const dueAts = timesOf(schedule).listAfter(schedule.nextDueAt - 1, first)
    return dueAts.map((dueAt) => ({ dueAt, firesAt: fireAtOf(schedule, dueAt) }))
  }

  /** What each firing asks for, for a document that the principal got from here; null where that is for others. */
  async readInput(principal: Principal, { input, template, createdBy }: ScheduleDocument): Promise<Json> {
    const { types, payloads } = this.#options
    return types.mayReadInput(principal, { type: template.type, createdBy }) ? payloads.get(input) : null
  }

  /** What cannot be fired is not kept. */
  async #check(
    principal: Principal,
    { input, template, ...settings }: ScheduleSettings,
  ): Promise<Omit<CheckedSchedule, 'input'>> {
    const times = checkScheduleSettings({ ...settings, template })
    const { expiresAfterMs: _expiresAfterMs, ...request } = template
    const checking = this.#options.acceptance.check(principal, { ...request, input }, 'input.task')
    const { type } = await namingMistakes('input.task.input', checking)
    const backoff = template.backoff && { ...type.defaults.backoff, ...template.backoff }
    return { times, settings: { ...settings, template: { ...template, backoff } } }
  }

  async #put(principal: Principal, { settings, times, input }: CheckedSchedule): Promise<ScheduleDocument> {
    const { store, payloads, clock } = this.#options
    const known = await store.getByName(principal.tenantId, settings.name)
    const next: ScheduleDocument = {
      ...(known ?? this.#create(principal, settings)),
      ...settings,
      paused: settings.paused ?? known?.paused ?? false,
      input,
    }
    if (!known) return this.#insert(waitAfter(next, times, clock.now()))
    const changed = await store.update(isSameTiming(known, next) ? next : waitAfter(next, times, clock.now()))
    await payloads.delete(known.input)
    return changed
  }

  #create({ tenantId, subject }: Principal, settings: CheckedSchedule['settings']) {
    const now = this.#options.clock.now()
    return {
      ...NEW_SCHEDULE,
      ...settings,
      id: createId('schedule', now),
      tenantId,
      createdAt: now,
      updatedAt: now,
      createdBy: subject,
    }
  }

  /** However many are made at once, no more than allowed stay. */
  async #insert(schedule: ScheduleDocument): Promise<ScheduleDocument> {
    const { store } = this.#options
    const scope = { tenantId: schedule.tenantId }
    const refusal = invalidInput('input.name', `there are ${MAX_SCHEDULES} schedules already; delete one first.`)
    if ((await store.count(scope)) >= MAX_SCHEDULES) throw refusal
    const inserted = await store.insert(schedule)
    if ((await store.count(scope)) <= MAX_SCHEDULES) return inserted
    await store.delete(inserted)
    throw refusal
  }
}

const NEW_SCHEDULE = {
  revision: 0,
  inputBlobId: null,
  lastDueAt: null,
  nextDueAt: null,
  nextFireAt: null,
  lastTaskId: null,
  skipped: [],
} as const

const scopeOf = (principal: Principal) => ({ tenantId: principal.tenantId })

const timesOf = ({ cron, timezone }: ScheduleDocument): CronTimes => parseCron(cron, timezone)

/** Another changed, made or deleted the schedule meanwhile. */
const isLostRace = (error: unknown): boolean =>
  isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')

const isSameTiming = (known: ScheduleDocument, next: ScheduleDocument): boolean =>
  (['cron', 'timezone', 'jitterMs', 'paused'] as const).every((field) => known[field] === next[field])
