import { randomBytes } from 'node:crypto'
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api'

const TRACER = 'graphloom'

export interface CurrentTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** W3C trace context of the active span; null outside of one. */
  readonly traceparent: string | null
}

/** The trace that runs now, or a fresh id outside of one. */
export function currentTrace(): CurrentTrace {
  const active = trace.getActiveSpan()?.spanContext()
  if (!active || !trace.isSpanContextValid(active))
    return { traceId: randomBytes(16).toString('hex'), traceparent: null }
  const flags = active.traceFlags.toString(16).padStart(2, '0')
  return { traceId: active.traceId, traceparent: `00-${active.traceId}-${active.spanId}-${flags}` }
}

/** The context that a W3C `traceparent` names; the root for anything else. */
export const contextOf = (traceparent: string | null | undefined): Context =>
  traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT

const isSampled = (span: Span): boolean => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0

/** Runs the work in a span below the active one, or below `parent`; a failure is recorded on it and thrown on. */
export async function withSpan<T>(
  name: string,
  options: { readonly attributes?: Attributes; readonly parent?: Context },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const parent = options.parent ?? context.active()
  const above = options.parent ? undefined : trace.getSpan(parent)
  // Below a span that nobody takes nobody takes one either.
  if (above && !isSampled(above)) return work(above)
  const span = trace
    .getTracer(TRACER)
    .startSpan(name, options.attributes ? { attributes: options.attributes } : {}, parent)
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span))
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'failed' })
    throw error
  } finally {
    span.end()
  }
}
