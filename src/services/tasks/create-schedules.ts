import type { DocumentStore } from '../../ports/document-store.js'
import { Scheduler } from './scheduler.js'
import { ScheduleFiring, type ScheduleFiringOptions } from './schedule-firing.js'
import { ScheduleStore } from './schedule-store.js'
import { SchedulesService, type SchedulesServiceOptions } from './schedules.service.js'

type SchedulesOptions = ScheduleFiringOptions &
  Pick<SchedulesServiceOptions, 'access' | 'acceptance' | 'types'> & { readonly documents: DocumentStore }

/** Schedules, with what fires them in this process. */
export interface Schedules extends AsyncDisposable {
  readonly service: SchedulesService
  readonly store: ScheduleStore
  /** Begins to fire those that are due. */
  start(): void
}

/** Wires what schedules need. */
export function createSchedules(options: SchedulesOptions): Schedules {
  const store = new ScheduleStore(options.documents, (atMs) => scheduler.note(atMs))
  const firing = new ScheduleFiring(options)
  const scheduler: Scheduler = new Scheduler({ ...options, store, firing })
  return {
    service: new SchedulesService({ ...options, store, firing }),
    store,
    start: () => scheduler.start(),
    [Symbol.asyncDispose]: () => scheduler[Symbol.asyncDispose](),
  }
}
