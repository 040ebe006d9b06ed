import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseConfiguration } from '../../src/config/configuration.js'
import { createLogger } from '../../src/observability/logger.js'
import { startTelemetry } from '../../src/observability/telemetry.js'

/**
 * A server whose event loop can be watched, which takes time from it: `reset` begins, `read` ends and tells the delay
 * between, in milliseconds.
 */
const configuration = parseConfiguration(process.env)
await startTelemetry(configuration.telemetry)
const { startServer } = await import('../../src/server.js')
const server = await startServer({
  configuration,
  logger: createLogger({ level: 'warn' }),
  phase: () => 'READY',
  onFailure: (error) => {
    throw error
  },
})
const delay = monitorEventLoopDelay({ resolution: 1 })
process.on('message', (message) => {
  if (message === 'reset') {
    delay.reset()
    delay.enable()
  }
  if (message === 'read') {
    delay.disable()
    process.send?.({ p50Ms: delay.percentile(50) / 1e6, p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 })
  }
  if (message === 'stop') void server[Symbol.asyncDispose]().then(() => process.exit(0))
})
process.send?.({ url: server.url })
