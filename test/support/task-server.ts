import { buildGraphSchema, createContextFactory } from '../../resolvers/index.js'
import { parseConfiguration } from '../../src/config/configuration.js'
import { systemClock } from '../../src/kernel/clock.js'
import { createAccess } from '../../src/services/access/access.js'
import { Payloads } from '../../src/services/payloads.js'
import { Streams } from '../../src/services/streams/streams.js'
import { startTasks, type Tasks } from '../../src/services/tasks/start-tasks.js'
import type { TaskType } from '../../src/services/tasks/task-type.js'
import { openState } from '../../src/state.js'
import { startGateway } from './gateway.js'
import { GraphClient } from './graph-client.js'
import { silentLogger } from './state.js'
import { createTemporaryFolder } from './temporary.js'

/** A server in this process that has tasks alone, of the types that a test gives it. */
export class TaskServer extends GraphClient implements AsyncDisposable {
  private constructor(
    readonly work: Tasks,
    readonly owned: AsyncDisposable,
  ) {
    super()
  }

  static async start(types: readonly TaskType[], settings: { readonly window?: number } = {}): Promise<TaskServer> {
    await using stack = new AsyncDisposableStack()
    const folder = stack.use(await createTemporaryFolder('tasks'))
    const logger = silentLogger
    const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger }))
    const access = createAccess({ onSettled: () => undefined })
    const work = stack.use(
      await startTasks({
        ...state,
        payloads: new Payloads(state.blobs, 1 << 20),
        access,
        streams: new Streams({ log: state.events, maxBacklogEvents: 1_000 }),
        types,
        settings: { window: 50, leaseMs: 30_000, queueLength: 1_000, joinBytes: 10_000, ...settings },
        currentTrace: () => ({ traceId: '0'.repeat(32), traceparent: null }),
        inSpan: (_name, _traceparent, run) => run(),
        clock: systemClock,
        logger,
      }),
    )
    const { tasks, taskQueues, workers, taskGraphs, schedules } = work
    const services = { tasks, taskQueues, workers, taskGraphs, schedules }
    const gateway = stack.use(
      await startGateway({
        schema: buildGraphSchema(),
        createContext: createContextFactory(services as Parameters<typeof createContextFactory>[0]),
        limits: parseConfiguration({}).limits,
      }),
    )
    const server = new TaskServer(work, stack.move())
    server.url = gateway.url
    return server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.work.drain(AbortSignal.timeout(0))
    await this.owned[Symbol.asyncDispose]()
  }
}
