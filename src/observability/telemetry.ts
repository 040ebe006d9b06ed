import { context, propagation, trace } from '@opentelemetry/api'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOffSampler, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { DiscreetSpanProcessor } from './discreet-span-processor.js'

export interface TelemetryOptions {
  /** Where spans are sent by OTLP over HTTP; null keeps trace ids but sends nothing. */
  readonly tracesUrl: string | null
  readonly serviceName: string
}

/**
 * Starts tracing for this process. It must run before `graphql` is imported, whose functions it wraps when traces are
 * sent.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<AsyncDisposable> {
  const processor = await openExport(options.tracesUrl)
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': options.serviceName })),
    spanProcessors: processor ? [processor] : [],
    // Spans that nobody takes have an id and nothing else, which costs little.
    ...(!processor && { sampler: new AlwaysOffSampler() }),
  })
  provider.register()
  const unregister = processor ? await instrumentGraphQL(provider) : () => undefined
  return {
    [Symbol.asyncDispose]: async () => {
      unregister()
      await provider.shutdown()
      trace.disable()
      context.disable()
      propagation.disable()
    },
  }
}

/** What sends spans is imported only where they are sent. */
async function openExport(tracesUrl: string | null): Promise<SpanProcessor | null> {
  if (tracesUrl === null) return null
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  return new DiscreetSpanProcessor(new OTLPTraceExporter({ url: tracesUrl }))
}

async function instrumentGraphQL(tracerProvider: NodeTracerProvider): Promise<() => void> {
  const [{ registerInstrumentations }, { GraphQLInstrumentation }] = await Promise.all([
    import('@opentelemetry/instrumentation'),
    import('@opentelemetry/instrumentation-graphql'),
  ])
  const instrumentation = new GraphQLInstrumentation({
    ignoreResolveSpans: true,
    ignoreTrivialResolveSpans: true,
    mergeItems: true,
    allowValues: false,
  })
  return registerInstrumentations({ tracerProvider, instrumentations: [instrumentation] })
}
