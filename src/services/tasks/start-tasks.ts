import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { TaskDocument } from '../../domain/task.js'
import { createId } from '../../kernel/ids.js'
import type { DocumentStore } from '../../ports/document-store.js'
import type { EventLog } from '../../ports/event-log.js'
import type { ClaimedTask, TaskQueue } from '../../ports/task-queue.js'
import type { Access } from '../access/access.js'
import type { Payloads } from '../payloads.js'
import type { Streams } from '../streams/streams.js'
import { createSchedules } from './create-schedules.js'
import type { ScheduleStore } from './schedule-store.js'
import { openGraphs } from './open-graphs.js'
import type { SchedulesService } from './schedules.service.js'
import { TaskAcceptance, type TaskAcceptanceOptions } from './task-acceptance.js'
import { TaskClaims } from './task-claims.js'
import { TaskClock } from './task-clock.js'
import type { TaskRunOptions } from './task-run.js'
import type { TaskGraphsService } from './task-graphs.service.js'
import { TaskLeases } from './task-leases.js'
import { TaskQueues } from './task-queues.js'
import { TaskQueuesService } from './task-queues.service.js'
import { TaskQueueStore } from './task-queue-store.js'
import { TaskSettling } from './task-settling.js'
import { TaskStore, type TaskStoreListener } from './task-store.js'
import { TaskThroughput } from './task-throughput.js'
import { DEFAULT_QUEUE, type TaskType } from './task-type.js'
import { TaskTypes } from './task-types.js'
import { TaskWorker } from './task-worker.js'
import { WebhookSender } from './webhook-sender.js'
import { WorkerPresence } from './worker-presence.js'
import { WorkerStore } from './worker-store.js'
import { WorkersService } from './workers.service.js'
import { TasksService } from './tasks.service.js'

export interface TasksOptions {
  readonly documents: DocumentStore
  readonly events: EventLog
  readonly queue: TaskQueue
  readonly payloads: Payloads
  readonly access: Access
  readonly streams: Streams
  readonly types: readonly TaskType[]
  /** Queues that another claims from, who gives each claim to `handle`. */
  readonly claimedElsewhere?: readonly string[]
  readonly settings: {
    /** The most tasks of a queue that this process works on at once. */
    readonly window: number
    readonly leaseMs: number
    /** The most tasks that wait in a queue whose settings do not say it. */
    readonly queueLength: number
    readonly joinBytes: number
  }
  readonly currentTrace: TaskAcceptanceOptions['currentTrace']
  readonly inSpan: TaskRunOptions['inSpan']
  readonly onEnded?: TaskStoreListener['onEnded']
  readonly clock: Clock
  readonly logger: Logger
}

/** Tasks, with what works on them in this process. */
export interface Tasks extends AsyncDisposable {
  readonly tasks: TasksService
  readonly taskQueues: TaskQueuesService
  /** Their settings, for the server itself. */
  readonly queues: Pick<TaskQueues, 'get'>
  readonly taskClaims: TaskClaims
  readonly workers: WorkersService
  readonly schedules: SchedulesService
  readonly acceptance: TaskAcceptance
  readonly taskGraphs: TaskGraphsService
  readonly store: TaskStore
  /** Name of this process among those that claim. */
  readonly owner: string
  isBlobReferenced(blobId: string): Promise<boolean>
  /** Begins to work on what waits. */
  start(): void
  /** Does a task of a queue that is claimed elsewhere. */
  handle(claim: ClaimedTask, signal: AbortSignal, onEnding: () => void): Promise<void>
  /** Begins nothing more, and waits for what runs until the signal aborts; the rest goes on at the next start. */
  drain(signal: AbortSignal): Promise<void>
}

/** Wires what tasks need. */
export async function createTasks(options: TasksOptions): Promise<Tasks> {
  const { documents, events, queue, settings, clock, logger } = options
  await using stack = new AsyncDisposableStack()
  const throughput = new TaskThroughput(clock)
  const onEnded = (task: TaskDocument): void => {
    throughput.note(task)
    options.onEnded?.(task)
  }
  const beforeEnd = async (task: TaskDocument): Promise<void> => types.get(task.type)?.companion?.end(task)
  const store = new TaskStore(documents, events, { beforeEnd, onDue: (atMs) => taskClock.note(atMs), onEnded })
  const types = new TaskTypes(options.types)
  const workers = new WorkerStore(documents)
  const { leaseMs } = settings
  const present = { workers, types: types.runnable, leaseMs, clock, logger }
  const owner = createId('server')
  const { workerId } = stack.use(await WorkerPresence.start(present))
  const worker = new TaskWorker({ ...options, ...settings, store, types, owner, workerId })
  const onPassed = ({ id, attempt }: TaskDocument): void =>
    worker.stopTask(id, new GraphloomError('CONFLICT', 'The task went on without this attempt.'), attempt)
  const passGraph = (task: TaskDocument, nowMs: number): Promise<boolean> => graphs.teller.passDue(task, nowMs)
  const passWebhook = (task: TaskDocument): Promise<TaskDocument> => webhooks.passDue(task)
  const isOver = ({ id, attempt }: TaskDocument): boolean => worker.isOver(id, attempt)
  const due = { passGraph, passWebhook, isOver, onPassed }
  const taskClock: TaskClock = stack.use(new TaskClock({ store, ...due, clock, logger }))
  const leases = stack.use(new TaskLeases({ ...options, leaseMs, store, worker, owner }))
  const queues = new TaskQueues({
    store: new TaskQueueStore(documents),
    queue,
    maxLength: settings.queueLength,
    onQueue: (name) => worker.addQueue(name),
    clock,
  })
  await queues.start([DEFAULT_QUEUE, ...options.types.map((type) => type.queue)])
  stack.defer(() => worker.stop())
  const parts = { ...options, store, types, queues, throughput, worker, workers }
  const acceptance = new TaskAcceptance(parts)
  const webhooks = new WebhookSender({ store, acceptance, clock })
  const onCancelled = ({ id }: TaskDocument): void => worker.stopTask(id, cancelled())
  const graphs = openGraphs({ ...parts, acceptance, onCancelled })
  const settling = new TaskSettling(parts)
  const schedules = stack.use(createSchedules({ ...parts, acceptance, tasks: store }))
  const tasks = new TasksService({
    ...parts,
    acceptance,
    settling,
    graphs: graphs.graphs,
    rerun: graphs.rerun,
    maxJoinedBytes: settings.joinBytes,
  })
  const owned = stack.move()
  return {
    tasks,
    taskQueues: new TaskQueuesService(parts),
    queues,
    taskClaims: new TaskClaims(parts),
    workers: new WorkersService(parts),
    schedules: schedules.service,
    acceptance,
    taskGraphs: graphs.service,
    store,
    owner,
    isBlobReferenced: (blobId) => isReferenced(blobId, [store, schedules.store]),
    start: () => {
      worker.start()
      taskClock.start()
      leases.start()
      schedules.start()
    },
    handle: (claim, signal, onEnding) => worker.handle(claim, signal, onEnding),
    drain: async (signal) => {
      // Nobody elsewhere can extend a lease from now on.
      await leases[Symbol.asyncDispose]()
      await worker.drain(signal)
      await worker.stop()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Wires what tasks need, and works on those that wait. */
export async function startTasks(options: TasksOptions): Promise<Tasks> {
  const tasks = await createTasks(options)
  tasks.start()
  return tasks
}

async function isReferenced(blobId: string, stores: readonly (TaskStore | ScheduleStore)[]): Promise<boolean> {
  return (await Promise.all(stores.map((store) => store.isBlobReferenced(blobId)))).some(Boolean)
}

const cancelled = (): GraphloomError => new GraphloomError('CANCELLED', 'The task was cancelled.')
