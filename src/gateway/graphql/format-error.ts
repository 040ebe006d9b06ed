import { isSpanContextValid, trace } from '@opentelemetry/api'
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql'
import type { Logger } from 'pino'
import { ERROR_CATALOGUE, type ErrorCode } from '../../kernel/error-catalogue.js'
import { GraphloomError } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'

export type ErrorFormatter = (error: unknown) => GraphQLFormattedError

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code)

/**
 * The form in which every error leaves, on every transport. What is not of the catalogue becomes INTERNAL with an id
 * that leads to its cause in the log, and tells nothing else.
 */
export function createErrorFormatter(logger: Logger): ErrorFormatter {
  return (error) => {
    const outer = error instanceof GraphQLError ? error : null
    const cause = rootCause(error)
    const place = {
      ...(outer?.locations && { locations: outer.locations }),
      ...(outer?.path && { path: outer.path }),
    }
    if (cause instanceof GraphloomError && cause.code !== 'INTERNAL') {
      const { path, ...details } = cause.details
      return {
        message: cause.message,
        ...place,
        extensions: extensionsOf(cause.code, { ...(path !== undefined && { inputPath: path }), ...details }),
      }
    }
    const code = outer ? codeOf(outer, cause) : null
    if (outer && code) {
      const inputPath = code === 'BAD_USER_INPUT' ? inputPathOf(outer.message) : null
      return {
        message: outer.message,
        ...place,
        extensions: extensionsOf(code, inputPath === null ? {} : { inputPath }),
      }
    }
    const errorId = createId('error')
    const traceId = currentTraceId()
    logger.error({ err: cause, errorId, ...(traceId !== null && { traceId }) }, 'request failed unexpectedly')
    return { message: 'Something unexpected failed.', ...place, extensions: extensionsOf('INTERNAL', { errorId }) }
  }
}

function rootCause(error: unknown): unknown {
  let cause = error
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError
  return cause
}

/**
 * The code of an error that graphql's own code or Apollo made, whose message tells of the request only; null for what
 * came out of the server's code.
 */
function codeOf(error: GraphQLError, cause: unknown): ErrorCode | null {
  const { code } = error.extensions
  if (error.path === undefined) {
    // Scalars say in errors of their own why a value does not fit.
    if (error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION) return 'BAD_USER_INPUT'
    if (code === 'GRAPHQL_VALIDATION_FAILED' || code === 'GRAPHQL_PARSE_FAILED') return code
    if (!(cause instanceof GraphQLError)) return null
    if (isCode(code)) return code === 'INTERNAL' ? null : code
    return code === undefined || code === 'INTERNAL_SERVER_ERROR' ? 'BAD_USER_INPUT' : 'BAD_REQUEST'
  }
  if (!(cause instanceof GraphQLError)) return null
  if (isCode(cause.extensions['code'])) return cause.extensions['code']
  // Arguments that do not fit have a place in the document; results that do not have none.
  return cause.nodes ? 'BAD_USER_INPUT' : null
}

/** Where in a variable the value is that does not fit: graphql's own code says it in the message only. */
function inputPathOf(message: string): string | null {
  const [, path] = /^Variable "\$\w+" got invalid value .*? at "([\w.[\]]+)"; /s.exec(message) ?? []
  return path === undefined ? null : path.replace(/\[(\d+)\]/g, '.$1')
}

function extensionsOf(code: ErrorCode, details: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const traceId = currentTraceId()
  return { code, retryable: ERROR_CATALOGUE[code].retryable, ...details, ...(traceId !== null && { traceId }) }
}

function currentTraceId(): string | null {
  const span = trace.getActiveSpan()?.spanContext()
  return span && isSpanContextValid(span) ? span.traceId : null
}
