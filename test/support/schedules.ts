import { SCHEDULES, ScheduleStore } from '../../src/services/tasks/schedule-store.js'
import { FilesystemBlobStore } from '../../src/adapters/filesystem/filesystem-blob-store.js'
import type { Principal } from '../../src/domain/principal.js'
import type { ScheduleDocument } from '../../src/domain/schedule.js'
import type { TaskDocument } from '../../src/domain/task.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import type { EventLog } from '../../src/ports/event-log.js'
import { createAccess } from '../../src/services/access/access.js'
import { Payloads } from '../../src/services/payloads.js'
import { ScheduleFiring } from '../../src/services/tasks/schedule-firing.js'
import { Scheduler } from '../../src/services/tasks/scheduler.js'
import type { ScheduleSettings } from '../../src/services/tasks/schedule-input.js'
import { SchedulesService } from '../../src/services/tasks/schedules.service.js'
import { TaskAcceptance } from '../../src/services/tasks/task-acceptance.js'
import { TaskQueues } from '../../src/services/tasks/task-queues.js'
import { TASK_QUEUES, TaskQueueStore } from '../../src/services/tasks/task-queue-store.js'
import { endTask } from '../../src/services/tasks/task-rules.js'
import { JOINED_KEYS } from '../../src/services/tasks/joined-requests.js'
import { TASKS, TaskStore } from '../../src/services/tasks/task-store.js'
import { DEFAULT_QUEUE, DEFAULTS, type TaskType } from '../../src/services/tasks/task-type.js'
import { TaskTypes } from '../../src/services/tasks/task-types.js'
import { SLEEP } from '../../src/services/tasks/types/sleep.js'
import type { ManualClock } from './manual-clock.js'
import { silentLogger as logger } from './state.js'
import { waitFor } from './wait.js'

export const SCHEDULING_COLLECTIONS = [TASKS, JOINED_KEYS, TASK_QUEUES, SCHEDULES]

export const ADA: Principal = { subject: 'ada', tenantId: 'acme', roles: ['MEMBER'], expiresAtMs: null, method: 'JWT' }

/** Takes an input of any size. */
const NOTE: TaskType = {
  name: 'note',
  description: 'Does nothing.',
  queue: DEFAULT_QUEUE,
  inputSchema: { type: 'object' },
  outputSchema: {},
  defaults: DEFAULTS,
  run: null,
}

export interface SchedulingOptions {
  readonly documents: DocumentStore
  readonly events: EventLog
  readonly blobsPath: string
  readonly clock: ManualClock
  readonly schedulers: number
  /** Puts something between a scheduler and the firing. */
  readonly wrapFire?: (fire: ScheduleFiring['fire']) => ScheduleFiring['fire']
}

/** Schedules with some schedulers on one store; nobody works on their tasks. */
export async function openScheduling(options: SchedulingOptions) {
  const { documents, events, clock, wrapFire = (fire) => fire } = options
  const payloads = new Payloads(await FilesystemBlobStore.open(options.blobsPath), 1_000_000)
  const tasks = new TaskStore(documents, events, {
    beforeEnd: () => Promise.resolve(),
    onDue: () => undefined,
    onEnded: () => undefined,
  })
  const waiting = { length: 0 }
  const queues = new TaskQueues({
    store: new TaskQueueStore(documents),
    queue: { figures: () => Promise.resolve([]), length: () => Promise.resolve(waiting.length) },
    maxLength: 1_000,
    onQueue: () => undefined,
    clock,
  })
  await queues.start([DEFAULT_QUEUE])
  const currentTrace = () => ({ traceId: '0'.repeat(32), traceparent: null })
  const types = new TaskTypes([SLEEP, NOTE])
  const acceptance = new TaskAcceptance({ store: tasks, types, queues, payloads, currentTrace, clock })
  const stopped: string[] = []
  const worker = { stopTask: (id: string) => void stopped.push(id) }
  // Each process has its own: only the store keeps them apart.
  const makeFiring = () => new ScheduleFiring({ tasks, acceptance, payloads, worker, clock, logger })
  const makeWrapped = (): Pick<ScheduleFiring, 'find' | 'fire' | 'take'> => {
    const firing = makeFiring()
    return {
      find: (schedule, dueAt) => firing.find(schedule, dueAt),
      fire: wrapFire((schedule, dueAt) => firing.fire(schedule, dueAt)),
      take: (schedule) => firing.take(schedule),
    }
  }
  const store = new ScheduleStore(documents, (atMs) => schedulers[0]?.note(atMs))
  const schedulers = Array.from(
    { length: options.schedulers },
    () => new Scheduler({ store, firing: makeWrapped(), clock, logger }),
  )
  const access = createAccess({ onSettled: () => undefined })
  const service = new SchedulesService({ access, store, firing: makeFiring(), acceptance, types, payloads, clock })
  const isIdle = (): boolean => clock.sleeping === options.schedulers
  for (const scheduler of schedulers) scheduler.start()
  return {
    service,
    store,
    tasks,
    queues,
    /** Ids of tasks whose work was told to stop. */
    stopped,
    /** What the queue says of the tasks that wait in it. */
    waiting,
    clock,
    payloads,
    /** Until every scheduler sleeps. */
    idle: () => waitFor('the schedulers to sleep', isIdle),
    /** Until nothing is due, too. */
    settle: () =>
      waitFor(
        'the schedulers to have done everything',
        async () => isIdle() && (await store.listDue(clock.now(), 1)).length === 0 && isIdle(),
      ),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(schedulers.map((scheduler) => scheduler[Symbol.asyncDispose]()))
    },
  }
}

export type Scheduling = Awaited<ReturnType<typeof openScheduling>>

export const scheduleSettings = (changes: Partial<ScheduleSettings> = {}): ScheduleSettings => ({
  name: 'nightly',
  cron: '0 * * * *',
  timezone: 'UTC',
  jitterMs: 0,
  overlap: 'QUEUE',
  catchUp: 'LATEST',
  catchUpWindowMs: 86_400_000,
  template: { type: 'sleep' },
  input: { durationMs: 1 },
  ...changes,
})

/** Moves the clock and waits until what became due is dealt with. */
export async function advance(scheduling: Scheduling, ms: number): Promise<void> {
  scheduling.clock.advance(ms)
  await scheduling.settle()
}

/** The tasks of a schedule, in the order in which they were made. */
export async function tasksOf({ tasks }: Pick<Scheduling, 'tasks'>, scheduleId: string): Promise<TaskDocument[]> {
  const page = await tasks.list(
    { tenantId: ADA.tenantId },
    {
      filter: { scheduleId: { eq: scheduleId } },
      orderBy: [{ field: 'createdAt', direction: 'asc' }],
      page: { limit: 1_000, cursor: null, backward: false },
    },
  )
  return page.items.map(({ node }) => node)
}

export async function endTaskOf({ tasks, clock }: Scheduling, id: string): Promise<void> {
  await tasks.change({ tenantId: ADA.tenantId }, id, (task) => endTask(task, 'SUCCEEDED', clock.now()))
}

/** A schedule as it is stored, due every minute, except for what is given. */
export const makeSchedule = (changes: Partial<ScheduleDocument> = {}): ScheduleDocument => ({
  id: 'sched_00000000000000000000000001',
  tenantId: 'acme',
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
  name: 'nightly',
  cron: '* * * * *',
  timezone: 'UTC',
  jitterMs: 0,
  paused: false,
  overlap: 'SKIP',
  catchUp: 'LATEST',
  catchUpWindowMs: 86_400_000,
  template: { type: 'sleep' },
  input: { inline: { durationMs: 1 } },
  inputBlobId: null,
  lastDueAt: null,
  nextDueAt: 60_000,
  nextFireAt: 60_000,
  lastTaskId: null,
  skipped: [],
  createdBy: 'ada',
  ...changes,
})
