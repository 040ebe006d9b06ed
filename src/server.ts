import { join } from 'node:path'
import type { Logger } from 'pino'
import { buildGraphSchema, createContextFactory } from '../resolvers/index.js'
import { createModelFolders } from './adapters/filesystem/model-folders.js'
import { LanceVectorIndex } from './adapters/lancedb/lance-vector-index.js'
import { createDocumentParser } from './adapters/parsing/process-document-parser.js'
import { SqliteTextIndex } from './adapters/sqlite-text/sqlite-text-index.js'
import { createHuggingFaceHub } from './adapters/huggingface/hugging-face-hub.js'
import { createOnnxModelRuntime } from './adapters/onnxruntime/onnx-model-runtime.js'
import { createUploadRoute } from './gateway/http/upload-route.js'
import { createHttpWebClient } from './adapters/http/http-web-client.js'
import { createTextCodec } from './adapters/transformers/text-codec.js'
import { startApp, type App } from './app.js'
import type { Configuration, JwtConfiguration } from './config/configuration.js'
import { createGateway, type Gateway } from './gateway/gateway.js'
import { applyRateLimits } from './gateway/rate-limits.js'
import type { StatusPage } from './gateway/status-page.js'
import { systemClock } from './kernel/clock.js'
import type { LifecyclePhase } from './kernel/lifecycle.js'
import { instrumentDocumentStore } from './observability/instrumented-document-store.js'
import { createMetrics, type Metrics } from './observability/metrics.js'
import { addModelSeries } from './observability/model-series.js'
import { contextOf, currentTrace, withSpan } from './observability/tracing.js'
import { localAuthenticator, type Authenticator } from './services/access/authenticator.js'
import { ServerService } from './services/server/server.service.js'
import { createTenantSigner } from './services/tasks/tenant-signer.js'
import { EXAMPLES } from './examples.js'
import { openState, type State } from './state.js'
import { readVersion } from './version.js'

export interface ServerOptions {
  readonly configuration: Configuration
  readonly logger: Logger
  readonly phase: () => LifecyclePhase
  /** Called when the server cannot go on. */
  readonly onFailure: (error: unknown) => void
}

/** A server that answers. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string
  readonly metrics: Metrics
  /** Takes no new work and waits for what runs, until the signal aborts; what is left goes on at the next start. */
  drain(signal: AbortSignal): Promise<void>
}

/** Opens everything, in the order of need. What had been opened is closed again when a part cannot be. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { configuration, logger, phase, onFailure } = options
  await using stack = new AsyncDisposableStack()
  const startedAt = Date.now()
  const { dataDirectory } = configuration.server
  const metrics = createMetrics()
  const state = stack.use(await openState({ dataDirectory, mongodbUri: configuration.state.mongodbUri, logger }))
  void state.failed.then(onFailure)
  const app = stack.use(await startServices(stack, { configuration, logger, metrics, state }))
  const version = readVersion()
  const info = () => ({ version, startedAt, phase: phase(), stateStore: state.kind })
  const server = new ServerService({ access: app.access, info, checks: checksOf(configuration, state) })
  const schema = buildGraphSchema()
  applyRateLimits(schema, configuration.access.rateLimits)
  const { jwt } = configuration.access
  const authenticator = jwt ? await openJwtAuthenticator(jwt) : localAuthenticator
  let url = ''
  const gateway = stack.use(
    await createGateway({
      schema,
      limits: configuration.limits,
      rules: configuration.server,
      authenticator,
      routes: [createUploadRoute(app.uploads)],
      createContext: createContextFactory({
        models: app.models,
        residency: app.residency,
        modelMetrics: app.modelMetrics,
        predictions: app.predictions,
        predictionBatches: app.predictionBatches,
        tasks: app.tasks,
        taskQueues: app.taskQueues,
        taskClaims: app.taskClaims,
        workers: app.workers,
        schedules: app.schedules,
        uploads: app.uploads,
        taskGraphs: app.taskGraphs,
        signingSecrets: app.signingSecrets,
        ...app.knowledge,
        server,
      }),
      health: async () => {
        const checks = await server.runChecks()
        return { ready: phase() === 'READY' && checks.every((check) => check.ok), checks }
      },
      metrics: async () => ({ contentType: metrics.registry.contentType, body: await metrics.registry.metrics() }),
      statusPage: async (): Promise<StatusPage> => ({
        ...{ version, phase: phase(), url, dataDirectory: state.dataDirectory, stateStore: state.kind },
        models: await app.models.describeAll(),
        signIn: authenticator.description,
        switchedOff: switchedOff(configuration),
        examples: EXAMPLES,
      }),
      toTrace: contextOf,
      onOperation: (type, outcome) => metrics.operations.inc({ type, outcome }),
      logger,
    }),
  )
  addGauges(metrics, gateway, app)
  ;({ url } = await gateway.listen(configuration.server))
  logger.info(
    {
      ...{ version, address: url, dataDirectory: state.dataDirectory, stateStore: state.kind },
      models: (await app.models.describeAll()).map(({ name, version: modelVersion }) => `${name}:${modelVersion}`),
      signIn: authenticator.description,
      switchedOff: switchedOff(configuration),
      ms: Date.now() - startedAt,
    },
    'ready',
  )
  const owned = stack.move()
  return {
    url,
    metrics,
    drain: async (signal) => {
      logger.info('stopping: running work is finished or saved')
      const answered = new AbortController()
      const requests = gateway.drain(answered.signal)
      await app.drain(signal)
      // What was interrupted still has to be told to its clients.
      const timer = setTimeout(() => answered.abort(), ANSWER_LIMIT_MS)
      await requests
      clearTimeout(timer)
    },
    [Symbol.asyncDispose]: async () => {
      await owned.disposeAsync()
      logger.info('stopped')
    },
  }
}

/** The library of tokens is imported only where they are used. */
async function openJwtAuthenticator(jwt: JwtConfiguration): Promise<Authenticator> {
  const { createJwtAuthenticator } = await import('./services/access/authentication.js')
  return createJwtAuthenticator(jwt)
}

interface ServiceParts {
  readonly configuration: Configuration
  readonly logger: Logger
  readonly metrics: Metrics
  readonly state: State
}

function startServices(
  stack: AsyncDisposableStack,
  { configuration, logger, metrics, state }: ServiceParts,
): Promise<App> {
  const { models, work, retention, responseCache, server } = configuration
  return startApp({
    state: { ...state, documents: instrumentDocumentStore(state.documents, metrics) },
    runtime: stack.use(
      createOnnxModelRuntime({
        logger,
        generation: {
          maxRows: models.concurrentGenerations,
          runningBytes: models.runningTextBytes,
          keptBytes: models.keptTextBytes,
        },
      }),
    ),
    codec: stack.use(createTextCodec({ logger })),
    modelsDirectory: server.modelsDirectory,
    modelFolders: createModelFolders({ allowed: models.folders, own: state.modelsPath }),
    hub: {
      adapter: createHuggingFaceHub({ url: models.hub.url, token: models.hub.token, clock: systemClock }),
      maxModelBytes: models.hub.maxModelBytes,
    },
    models,
    tasks: {
      window: work.admissionWindow,
      leaseMs: work.taskLeaseMs,
      parallel: work.parallelTasks,
      queueLength: work.taskQueueLength,
      typesFile: work.taskTypesFile,
    },
    knowledge: {
      vectorIndex: stack.use(
        new LanceVectorIndex({ uri: join(state.indexesPath, 'vectors'), cacheBytes: work.indexCacheBytes }),
      ),
      textIndex: stack.use(new SqliteTextIndex(join(state.indexesPath, 'words'))),
      parser: stack.use(createDocumentParser({ logger, limits: { maxBytes: configuration.fetching.maxBytes } })),
      fetching: configuration.fetching,
      eraseAfterMs: configuration.retention.eraseAfterMs,
    },
    web: {
      webClient: stack.use(createHttpWebClient(configuration.web)),
      signer: createTenantSigner(configuration.web.signingSecrets),
    },
    streams: { backlogEvents: work.streamBacklogEvents, joinBytes: work.streamJoinBytes },
    retention,
    uploads: configuration.uploads,
    responseCache,
    maxPayloadBytes: work.maxPayloadBytes,
    currentTrace,
    inSpan: (name, traceparent, run) => withSpan(name, { parent: contextOf(traceparent) }, run),
    clock: systemClock,
    logger,
  })
}

function checksOf({ server }: Configuration, state: State) {
  return [
    {
      name: 'state store',
      run: async () => {
        await state.documents.check({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })
        return state.kind
      },
    },
    {
      name: 'event log',
      run: async () => {
        await state.events.head('check')
        return null
      },
    },
    { name: 'models', run: () => Promise.resolve(server.modelsDirectory === '' ? null : 'bundled') },
  ]
}

const CHECK_TIMEOUT_MS = 3_000
const ANSWER_LIMIT_MS = 2_000

function switchedOff({ access, limits, models, telemetry }: Configuration): string[] {
  return [
    ...(access.jwt ? [] : ['authentication (reachable from this machine only; set GRAPHLOOM_JWT_SECRET, …)']),
    ...(limits.introspection ? [] : ['introspection']),
    ...(models.folders.length > 0 ? [] : ['models from folders (set GRAPHLOOM_MODEL_FOLDERS)']),
    ...(models.hub.url === null ? ['models from a hub (set GRAPHLOOM_HUB_URL)'] : []),
    ...(telemetry.tracesUrl === null ? ['traces (set OTEL_EXPORTER_OTLP_ENDPOINT)'] : []),
  ]
}

function addGauges(metrics: Metrics, gateway: Gateway, app: App): void {
  metrics.gauge('graphloom_connections', 'Open connections.', () => gateway.figures.connections)
  metrics.gauge('graphloom_sockets', 'Open WebSockets.', () => gateway.figures.sockets)
  metrics.gauge('graphloom_event_streams', 'Open streams of server-sent events.', () => gateway.figures.eventStreams)
  metrics.gauge('graphloom_stream_topics', 'Objects that somebody follows.', () => app.streams.openTopics)
  addModelSeries(metrics.registry, () => app.modelMetrics.totals())
  metrics.gauge('graphloom_response_cache_answers', 'Answers that are kept.', () => app.answers.size)
  metrics.gauge('graphloom_response_cache_bytes', 'Memory that kept answers take.', () => app.answers.bytes)
  metrics.gauge('graphloom_models_resident', 'Model versions in memory.', () => app.residency.size)
}
