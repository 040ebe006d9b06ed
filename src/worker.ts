import { hostname } from 'node:os'
import { createGraphqlTaskSource } from './adapters/graphloom/graphql-task-source.js'
import { createHttpWebClient } from './adapters/http/http-web-client.js'
import { parseConfiguration, type Configuration } from './config/configuration.js'
import { systemClock } from './kernel/clock.js'
import { Lifecycle } from './kernel/lifecycle.js'
import { createLogger } from './observability/logger.js'
import { RemoteWorker } from './services/tasks/remote-worker.js'
import { createSignerOfOneTenant, createTenantSigner } from './services/tasks/tenant-signer.js'
import { createHttpRequestType } from './services/tasks/types/http-request.js'
import { SLEEP } from './services/tasks/types/sleep.js'
import { createWebhookType } from './services/tasks/types/webhook.js'
import { lineOf } from './start-failure.js'

/** A process that does tasks of a server elsewhere, without being one: all built-in types but predictions. */
const CLOSE_LIMIT_MS = 10_000

let configuration: Configuration | null = null
let worker: RemoteWorker | null = null

const lifecycle = new Lifecycle({
  start: async (stack) => {
    configuration = parseConfiguration(process.env)
    const { server, work, web } = configuration
    const { url, token, name, allTenants, signingSecrets } = work.remote
    const signer =
      signingSecrets.length > 0 ? createSignerOfOneTenant(signingSecrets) : createTenantSigner(web.signingSecrets)
    const calling = { webClient: stack.use(createHttpWebClient(web)), signer, clock: systemClock }
    const logger = createLogger({ level: server.logLevel })
    const workerName = name ?? `worker ${process.pid} on ${hostname()}`
    worker = stack.use(
      new RemoteWorker({
        source: createGraphqlTaskSource({ url, token, workerName, allTenants }),
        types: [SLEEP, createHttpRequestType(calling), createWebhookType(calling)],
        parallel: Math.max(1, work.parallelTasks),
        leaseMs: work.taskLeaseMs,
        onRefused: (error) => lifecycle.fail(error),
        clock: systemClock,
        logger,
      }),
    )
    worker.start()
    logger.info({ server: new URL(url).origin, worker: workerName }, 'working')
    await Promise.resolve()
  },
  drain: (signal) => worker?.drain(signal) ?? Promise.resolve(),
  drainLimitMs: () => configuration?.server.shutdownTimeoutMs ?? 0,
  closeLimitMs: CLOSE_LIMIT_MS,
  onFailure: (error) => process.stderr.write(`graphloom worker: ${lineOf(error)}\n`),
  process: {
    on: (signal, listener) => void process.on(signal, listener),
    exit: (code) => process.exit(code),
  },
})

await lifecycle.run()
