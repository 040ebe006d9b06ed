import { trace, context } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { createLogger } from '../../src/observability/logger.js'
import { startTelemetry } from '../../src/observability/telemetry.js'
import { currentTrace, withSpan } from '../../src/observability/tracing.js'

const SECRET = 'never-to-be-seen'

type Line = Readonly<Record<string, unknown>> & { readonly err?: { readonly [key: string]: unknown } }

function createLog(level = 'debug') {
  const lines: Line[] = []
  const logger = createLogger({ level, destination: { write: (line) => void lines.push(JSON.parse(line) as Line) } })
  return { lines, logger }
}

test.each([
  { authorization: `Bearer ${SECRET}` },
  { headers: { authorization: `Bearer ${SECRET}`, cookie: `session=${SECRET}` } },
  { request: { headers: { authorization: `Bearer ${SECRET}` } } },
  { request: { headers: { cookie: SECRET } } },
  { configuration: { secret: SECRET, apiKey: SECRET } },
  { connection: { uri: `mongodb://ada:${SECRET}@localhost`, password: SECRET } },
  { token: SECRET },
])('a secret is not logged: %j', (fields) => {
  const { lines, logger } = createLog()
  logger.info(fields, 'something happened')
  expect(lines).toHaveLength(1)
  expect(JSON.stringify(lines)).not.toContain(SECRET)
  expect(JSON.stringify(lines)).toContain('(not shown)')
})

test('credentials in the addresses of errors and their causes are not logged; the rest is', () => {
  const { lines, logger } = createLog()
  const cause = new Error(`connect mongodb+srv://ada:${SECRET}@db.example/graphloom refused`)
  logger.error({ err: new TypeError(`No state from redis://:${SECRET}@cache.example.`, { cause }) }, 'failed')
  expect(JSON.stringify(lines)).not.toContain(SECRET)
  expect(lines[0]?.err).toMatchObject({
    type: 'TypeError',
    message: 'No state from redis://(not shown)@cache.example.',
    stack: expect.stringContaining('logger.test') as string,
    cause: { message: 'connect mongodb+srv://(not shown)@db.example/graphloom refused' },
  })
})

test('a chain of causes that has no end is cut', () => {
  const { lines, logger } = createLog()
  const error = new Error('round')
  error.cause = error
  logger.error({ err: error }, 'failed')
  expect(JSON.stringify(lines).split('"round"').length - 1).toBe(5)
})

test('lines have a level in letters and a time; those below the level are left out', () => {
  const { lines, logger } = createLog('warn')
  logger.info('quiet')
  logger.warn({ ms: 3 }, 'loud')
  expect(lines).toEqual([{ level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/) as string, ms: 3, msg: 'loud' }])
})

test('lines inside of a span name their trace, also when no spans are sent', async () => {
  const { lines, logger } = createLog()
  await using _telemetry = await startTelemetry({ tracesUrl: null, serviceName: 'test' })
  const outer = await withSpan('outer', {}, async () => {
    const before = currentTrace()
    await withSpan('inner', {}, async (span) => {
      logger.info('inside')
      expect(span.isRecording()).toBe(false)
    })
    return before
  })
  logger.info('outside')
  expect(outer.traceparent).toMatch(new RegExp(`^00-${outer.traceId}-[0-9a-f]{16}-00$`))
  expect(lines[0]).toMatchObject({ traceId: outer.traceId, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string })
  // Nobody would see that the inner one is another span.
  expect(outer.traceparent).toContain(lines[0]?.['spanId'])
  expect(lines[1]).not.toHaveProperty('traceId')
})

test('a failure inside of a span is passed on and closes the span', async () => {
  await using _telemetry = await startTelemetry({ tracesUrl: null, serviceName: 'test' })
  await expect(withSpan('failing', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(trace.getSpan(context.active())).toBeUndefined()
})

test('without telemetry every piece of work has a trace id of its own', () => {
  const [first, second] = [currentTrace(), currentTrace()]
  expect(first.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(first.traceId).not.toBe(second.traceId)
  expect(first.traceparent).toBeNull()
})
