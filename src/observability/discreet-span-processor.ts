import { BatchSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-node'

const KEPT = 'exception.type'

/**
 * Sends spans in batches, without the messages of exceptions: the GraphQL library quotes in them what a client sent,
 * which can be a prompt. The catalogue's code and the trace id lead to the line of the log.
 */
export class DiscreetSpanProcessor extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    for (const event of span.events)
      if (event.attributes && KEPT in event.attributes) event.attributes = { [KEPT]: event.attributes[KEPT] }
    super.onEnd(span)
  }
}
