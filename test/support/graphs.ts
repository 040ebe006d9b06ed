import { systemClock } from '../../src/kernel/clock.js'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import type { Principal } from '../../src/domain/principal.js'
import type { TaskGraphDocument } from '../../src/domain/task-graph.js'
import { isTaskEnded, type TaskDocument } from '../../src/domain/task.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import { createAccess } from '../../src/services/access/access.js'
import { Payloads } from '../../src/services/payloads.js'
import { Streams } from '../../src/services/streams/streams.js'
import type { GraphTaskRequest } from '../../src/services/tasks/graph-request.js'
import { startTasks, type Tasks } from '../../src/services/tasks/start-tasks.js'
import { DEFAULT_QUEUE, DEFAULTS, type TaskContext, type TaskType } from '../../src/services/tasks/task-type.js'
import { openState, type State } from '../../src/state.js'
import { silentLogger } from './state.js'
import { waitFor } from './wait.js'

export const ADA: Principal = { subject: 'ada', tenantId: 'acme', roles: ['MEMBER'], expiresAtMs: null, method: 'JWT' }
export const EVE: Principal = { ...ADA, subject: 'eve', tenantId: 'other' }

type Work = (input: Json, context: TaskContext) => Promise<Json> | Json

/** Takes any object, and gives what the test says. */
export const stepType = (run: Work): TaskType => ({
  name: 'step',
  description: 'A step of a graph.',
  queue: DEFAULT_QUEUE,
  inputSchema: {
    type: 'object',
    properties: { count: { type: 'number' } },
  },
  outputSchema: {},
  defaults: { ...DEFAULTS, attemptLimit: 1 },
  run: async (input, context) => run(input, context),
})

/** A step that waits until it is told to go on, or to stop. */
export const untilAborted = ({ signal }: TaskContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })

export const failure = (): never => {
  throw new GraphloomError('INVALID_INPUT', 'It fails.')
}

export const step = (
  name: string,
  after: GraphTaskRequest['after'] = [],
  more: Partial<GraphTaskRequest> = {},
): GraphTaskRequest => ({
  name,
  type: 'step',
  input: { name },
  after,
  ...more,
})

export const afterAll = (names: readonly string[], onFailure: 'FAIL' | 'SKIP' | 'CONTINUE' = 'FAIL') =>
  names.map((name) => ({ name, onFailure }))

/** Tasks on a data directory, worked on in this process. */
export class GraphBench implements AsyncDisposable {
  private constructor(
    readonly state: State,
    readonly work: Tasks,
    readonly owned: AsyncDisposable,
  ) {}

  static async open(
    dataDirectory: string,
    run: Work,
    window = 64,
    leaseMs = 30_000,
    wrap = (documents: DocumentStore): DocumentStore => documents,
  ): Promise<GraphBench> {
    await using stack = new AsyncDisposableStack()
    const logger = silentLogger
    const state = stack.use(await openState({ dataDirectory, mongodbUri: null, logger }))
    const work = stack.use(
      await startTasks({
        ...state,
        documents: wrap(state.documents),
        payloads: new Payloads(state.blobs, 1 << 20),
        access: createAccess({ onSettled: () => undefined }),
        streams: new Streams({ log: state.events, maxBacklogEvents: 1_000 }),
        types: [stepType(run)],
        settings: { window, leaseMs, queueLength: 20_000, joinBytes: 10_000 },
        currentTrace: () => ({ traceId: '0'.repeat(32), traceparent: null }),
        inSpan: (_name, _traceparent, inner) => inner(),
        clock: systemClock,
        logger,
      }),
    )
    return new GraphBench(state, work, stack.move())
  }

  enqueue(tasks: readonly GraphTaskRequest[], idempotencyKey?: string, principal = ADA): Promise<TaskGraphDocument> {
    return this.work.taskGraphs.enqueue(principal, { tasks, idempotencyKey })
  }

  /** By name. */
  async tasks({ id, tenantId }: TaskGraphDocument): Promise<Map<string, TaskDocument>> {
    const found = new Map<string, TaskDocument>()
    for await (const tasks of this.work.store.tasksOfGraph({ tenantId }, id))
      for (const task of tasks) found.set(task.graph!.name, task)
    return found
  }

  async states(graph: TaskGraphDocument): Promise<Record<string, string>> {
    return Object.fromEntries([...(await this.tasks(graph))].map(([name, { state }]) => [name, state]))
  }

  /** Until all have ended and all know of it. */
  async ended(graph: TaskGraphDocument, limitMs?: number): Promise<Map<string, TaskDocument>> {
    return waitFor(
      `the end of ${graph.id}`,
      async () => {
        const counts = await this.work.store.countStates({ tenantId: graph.tenantId }, graph.id)
        if ([...counts.keys()].some((state) => !isTaskEnded(state))) return null
        const tasks = await this.tasks(graph)
        return [...tasks.values()].every(({ dueAt }) => dueAt === null) ? tasks : null
      },
      limitMs,
    )
  }

  /** Waits for one task of a graph to be in a state. */
  reaches(graph: TaskGraphDocument, name: string, state: TaskDocument['state']): Promise<TaskDocument> {
    return waitFor(`"${name}" to be ${state}`, async () => {
      const task = (await this.tasks(graph)).get(name)
      return task?.state === state ? task : null
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.work.drain(AbortSignal.timeout(0))
    await this.owned[Symbol.asyncDispose]()
  }
}
