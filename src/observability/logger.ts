import { isSpanContextValid, trace } from '@opentelemetry/api'
import { pino, type DestinationStream, type Logger } from 'pino'

const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi
const SECRET_KEYS = ['authorization', 'cookie', 'password', 'secret', 'token', 'uri', 'url', 'apiKey']
const REDACTED = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`])

/** Text without the credentials of addresses in it. */
export const withoutCredentials = (text: string): string => text.replace(CREDENTIALS, '$1(not shown)@')

interface LoggedError {
  readonly type: string
  readonly code?: unknown
  readonly message: string
  readonly stack?: string
  readonly cause?: LoggedError
}

function toLoggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutCredentials(String(error)) }
  return {
    type: error.name,
    ...('code' in error && { code: error.code }),
    message: withoutCredentials(error.message),
    ...(error.stack !== undefined && { stack: withoutCredentials(error.stack) }),
    ...(error.cause !== undefined && depth < 4 && { cause: toLoggedError(error.cause, depth + 1) }),
  }
}

/** Lines of JSON with the trace that they belong to; nothing that looks like a secret. */
export function createLogger(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => toLoggedError(error) },
      redact: { paths: REDACTED, censor: '(not shown)' },
      mixin: () => {
        const context = trace.getActiveSpan()?.spanContext()
        return context && isSpanContextValid(context) ? { traceId: context.traceId, spanId: context.spanId } : {}
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: false }),
  )
}
