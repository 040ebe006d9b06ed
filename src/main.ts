import { parseConfiguration, type Configuration } from './config/configuration.js'
import { Lifecycle } from './kernel/lifecycle.js'
import { createLogger } from './observability/logger.js'
import { startTelemetry } from './observability/telemetry.js'
import type { RunningServer } from './server.js'
import { lineOf } from './start-failure.js'

const CLOSE_LIMIT_MS = 10_000

/**
 * Gives back what only starting needed, so that an idle server is small and a busy one still has room for many young
 * objects. Without `--expose-gc` it does nothing.
 */
function releaseWhatStartingTook(): void {
  void globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

let configuration: Configuration | null = null
let server: RunningServer | null = null

const lifecycle = new Lifecycle({
  start: async (stack) => {
    configuration = parseConfiguration(process.env)
    const logger = createLogger({ level: configuration.server.logLevel })
    stack.use(await startTelemetry(configuration.telemetry))
    // After telemetry, which wraps what this imports.
    const { startServer } = await import('./server.js')
    server = stack.use(
      await startServer({
        configuration,
        logger,
        phase: () => lifecycle.phase,
        onFailure: (error) => lifecycle.fail(error),
      }),
    )
    releaseWhatStartingTook()
  },
  drain: (signal) => server?.drain(signal) ?? Promise.resolve(),
  drainLimitMs: () => configuration?.server.shutdownTimeoutMs ?? 0,
  closeLimitMs: CLOSE_LIMIT_MS,
  onFailure: (error) => process.stderr.write(`graphloom: ${lineOf(error)}\n`),
  process: {
    on: (signal, listener) => void process.on(signal, listener),
    exit: (code) => process.exit(code),
  },
})

await lifecycle.run()
