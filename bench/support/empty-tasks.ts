import { join } from 'node:path'
import { pino } from 'pino'
import type { Principal } from '../../src/domain/principal.js'
import { systemClock } from '../../src/kernel/clock.js'
import { createAccess } from '../../src/services/access/access.js'
import { Payloads } from '../../src/services/payloads.js'
import { Streams } from '../../src/services/streams/streams.js'
import { startTasks, type Tasks } from '../../src/services/tasks/start-tasks.js'
import { DEFAULTS, type TaskType } from '../../src/services/tasks/task-type.js'
import { openState } from '../../src/state.js'
import { inTurns } from './in-turns.js'

export const CLIENT: Principal = {
  subject: 'bench',
  tenantId: 'bench',
  roles: ['ADMIN'],
  expiresAtMs: null,
  method: 'LOCAL',
}

export interface EmptyTasks extends AsyncDisposable, Pick<Tasks, 'tasks' | 'taskQueues'> {
  /** Called when a task begins. */
  onStart: () => void
  /** Resolves when so many more tasks have ended. */
  ended(count: number): Promise<void>
}

const SCHEMA = { type: 'object' }

/** Tasks that do nothing, over SQLite in a folder of their own, worked on 50 at once. */
export async function startEmptyTasks(folder: string): Promise<EmptyTasks> {
  const logger = pino({ level: 'silent' })
  await using stack = new AsyncDisposableStack()
  const state = stack.use(await openState({ dataDirectory: join(folder, 'graphloom'), mongodbUri: null, logger }))
  let left = Infinity
  let tellEnd = (): void => undefined
  const empty: TaskType = {
    name: 'empty',
    description: 'Nothing.',
    queue: 'bench',
    inputSchema: SCHEMA,
    outputSchema: SCHEMA,
    defaults: DEFAULTS,
    run: () => {
      peer.onStart()
      return Promise.resolve({})
    },
  }
  const work = stack.use(
    await startTasks({
      ...state,
      queue: state.queue,
      payloads: new Payloads(state.blobs, 1 << 20),
      access: createAccess({ onSettled: () => undefined }),
      streams: new Streams({ log: state.events, maxBacklogEvents: 1_000 }),
      types: [empty],
      settings: { window: 50, leaseMs: 30_000, queueLength: 10_000_000, joinBytes: 65_536 },
      currentTrace: () => ({ traceId: '0'.repeat(32), traceparent: null }),
      inSpan: (_name, _traceparent, run) => run(),
      onEnded: () => --left === 0 && tellEnd(),
      clock: systemClock,
      logger,
    }),
  )
  const owned = stack.move()
  const peer: EmptyTasks = {
    tasks: work.tasks,
    taskQueues: work.taskQueues,
    onStart: () => undefined,
    ended: (count) => {
      left = count
      return new Promise((resolve) => (tellEnd = resolve))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
  return peer
}

const CLIENTS = 100

/** Enqueues empty tasks by 100 clients, each one after the other. */
export const enqueueEmptyTasks = (tasks: EmptyTasks['tasks'], count: number): Promise<void> =>
  inTurns({ count, clients: CLIENTS }, () => tasks.enqueue(CLIENT, { type: 'empty', input: {} }))
