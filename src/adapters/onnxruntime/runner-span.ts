import {
  context,
  isSpanContextValid,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
} from '@opentelemetry/api'

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** Runs a call of a runner process as a span below the one that `traceparent` names, or else the active one. */
export async function inRunnerSpan<T>(
  name: string,
  pid: number,
  traceparent: string | undefined,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const parent = contextOf(traceparent)
  const above = trace.getSpan(parent)
  // Below a span that nobody takes nobody takes one either.
  if (above && (above.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return work(above)
  const options = { kind: SpanKind.CLIENT, attributes: { 'process.pid': pid } }
  const span = trace.getTracer('graphloom').startSpan(name, options, parent)
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span))
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'failed' })
    throw error
  } finally {
    span.end()
  }
}

function contextOf(traceparent: string | undefined): Context {
  const active = context.active()
  const [, traceId = '', spanId = '', flags = '0'] = TRACEPARENT.exec(traceparent ?? '') ?? []
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  const isWithin = trace.getSpanContext(active)?.traceId === traceId
  return isSpanContextValid(remote) && !isWithin ? trace.setSpanContext(active, remote) : active
}
