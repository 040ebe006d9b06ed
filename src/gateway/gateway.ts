import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '@opentelemetry/api'
import { printSchema, type GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { GraphloomError } from '../kernel/errors.js'
import type { GatewayLimits } from '../domain/limits.js'
import type { Principal } from '../domain/principal.js'
import type { Authenticator } from '../services/access/authenticator.js'
import type { AccessRules } from './access-rules.js'
import { Connections } from './connections.js'
import { createApolloAdapter, type ApolloAdapter } from './graphql/apollo.js'
import { Pipeline } from './graphql/pipeline.js'
import { answerPlainRequest } from './graphql/plain-request.js'
import { parseJsonBody, readBody } from './http/body.js'
import { createEventStreamRoute } from './http/event-stream.js'
import { HttpServer } from './http/http-server.js'
import { send, type Route, type RouteRequest } from './http/routes.js'
import { renderStatusPage, SANDBOX_SOURCES, type StatusPage } from './status-page.js'
import { WebSocketGateway } from './websocket.js'

export interface GatewayOptions {
  readonly schema: GraphQLSchema
  readonly limits: GatewayLimits
  readonly rules: AccessRules
  readonly authenticator: Authenticator
  /** Answered beside GraphQL and what operators ask for. */
  readonly routes?: readonly Route[]
  /** What resolvers get. */
  readonly createContext: (request: { readonly principal: Principal; readonly signal: AbortSignal }) => object
  readonly health: () => Promise<{ readonly ready: boolean; readonly checks: readonly object[] }>
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>
  readonly statusPage: () => Promise<StatusPage>
  /** The trace that a W3C `traceparent` names. */
  readonly toTrace: (traceparent: string | undefined) => Context
  readonly onOperation: (type: string, outcome: 'success' | 'error') => void
  readonly logger: Logger
}

export interface GatewayFigures {
  readonly connections: number
  readonly sockets: number
  readonly eventStreams: number
}

/** Everything that clients reach. */
export interface Gateway extends AsyncDisposable {
  /** Resolves with the address when connections are taken. */
  listen(address: {
    readonly host: string
    readonly port: number
  }): Promise<{ readonly url: string; readonly port: number }>
  /** Takes no new work; resolves when no request runs any more, or the signal aborts. Subscriptions stay open. */
  drain(signal: AbortSignal): Promise<void>
  readonly figures: GatewayFigures
  /** Ends what the principals that `matches` says have open. */
  revoke(matches: (principal: Principal) => boolean): number
}

const GRAPHQL_PATH = '/graphql'
const DRAIN_POLL_MS = 20
/** Answers are a caller's own, also those that a GET asks for. */
const NOT_STORED: Record<string, string> = { 'cache-control': 'no-store' }
const JSON_TYPE = 'application/json; charset=utf-8'

export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { schema, limits, rules, authenticator, logger, toTrace } = options
  const pipeline = new Pipeline({
    schema,
    limits,
    createContext: options.createContext,
    onOperation: options.onOperation,
    toTrace,
    logger,
  })
  const apollo = createApolloAdapter({ pipeline, limits, logger })
  await apollo.start()
  const connections = new Connections()
  const stopping = new AbortController()
  const authenticate = (token: string | null): Promise<Principal> => authenticator.authenticate(token)
  const routes = [
    createGraphQLRoute(pipeline, apollo, limits),
    createEventStreamRoute({
      path: `${GRAPHQL_PATH}/stream`,
      pipeline,
      limits,
      connections,
      stopping: stopping.signal,
    }),
    ...(options.routes ?? []),
    ...createOperatorRoutes(options),
  ]
  const http = new HttpServer({
    routes,
    rules,
    limits,
    authenticate,
    formatError: pipeline.formatError,
    toTrace,
    logger,
  })
  const { server } = http
  const sockets = new WebSocketGateway({
    server,
    path: GRAPHQL_PATH,
    pipeline,
    rules,
    limits,
    connections,
    authenticate,
    toTrace,
    logger,
  })
  let closed: Promise<void> | null = null
  const close = async (): Promise<void> => {
    http.close()
    stopping.abort()
    await sockets[Symbol.asyncDispose]()
    server.closeAllConnections()
    await apollo[Symbol.asyncDispose]()
  }
  return {
    listen: async ({ host, port }) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error) => reject(cannotListen(error, host, port)))
        server.listen(port, host, resolve)
      })
      const address = server.address() as AddressInfo
      const name = host.includes(':') ? `[${host}]` : host
      return { url: `http://${name}:${address.port}`, port: address.port }
    },
    drain: async (signal) => {
      http.drain()
      sockets.drain()
      const busy = (): boolean =>
        http.runningRequests - connections.count('event-stream') > 0 || sockets.runningRequests > 0
      while (busy() && !signal.aborted) await delay(DRAIN_POLL_MS)
      server.closeIdleConnections()
    },
    get figures() {
      return {
        connections: http.openConnections,
        sockets: sockets.openSockets,
        eventStreams: connections.count('event-stream'),
      }
    },
    revoke: (matches) => connections.revoke(matches),
    [Symbol.asyncDispose]: () => (closed ??= close()),
  }
}

function cannotListen(error: Error, host: string, port: number): GraphloomError {
  const code = 'code' in error ? String(error.code) : ''
  const reason =
    code === 'EADDRINUSE' ? 'another program listens there' : code === 'EACCES' ? 'it is not allowed' : error.message
  return new GraphloomError('UNAVAILABLE', `Cannot listen on ${host} port ${port}: ${reason}.`, { cause: error })
}

function createGraphQLRoute(pipeline: Pipeline, apollo: ApolloAdapter, limits: GatewayLimits): Route {
  return {
    path: GRAPHQL_PATH,
    methods: ['GET', 'POST'],
    authenticates: true,
    whileDraining: false,
    handle: async (call) => {
      const { request, response, search, principal, signal, trace } = call
      if (!principal) throw new GraphloomError('UNAUTHENTICATED', 'A token is needed.')
      const body = request.method === 'POST' ? await readGraphQLBody(call, limits) : undefined
      const { method = 'GET', headers } = request
      const caller = { principal, signal, trace }
      if (method === 'POST' && search === '') {
        const plain = await answerPlainRequest(pipeline, { headers, body }, caller)
        if (plain !== null) return send(response, 200, JSON_TYPE, plain, NOT_STORED)
      }
      const answer = await apollo.answer({ method, headers, search, body }, caller)
      if (answer.body.kind !== 'complete') throw new Error('Incremental delivery is not supported.')
      const answerHeaders = { ...NOT_STORED, ...Object.fromEntries(answer.headers) }
      const type = answerHeaders['content-type'] ?? JSON_TYPE
      send(response, answer.status ?? 200, type, answer.body.string, answerHeaders)
    },
  }
}

async function readGraphQLBody({ request }: RouteRequest, limits: GatewayLimits): Promise<unknown> {
  const type = request.headers['content-type']
  if (type === undefined || !/^application\/json\s*(;|$)/i.test(type))
    throw new GraphloomError('UNSUPPORTED_MEDIA_TYPE', 'Send "Content-Type: application/json".')
  if (/charset\s*=/i.test(type) && !/charset\s*=\s*"?utf-?8/i.test(type))
    throw new GraphloomError('UNSUPPORTED_MEDIA_TYPE', 'Only UTF-8 is supported.')
  const body = parseJsonBody(await readBody(request, limits.bodyBytes))
  if (Array.isArray(body) && body.length > limits.batchOperations)
    throw new GraphloomError(
      'LIMIT_EXCEEDED',
      `The batch has ${body.length} operations; at most ${limits.batchOperations} are allowed.`,
      {
        details: {
          limit: { name: 'GRAPHLOOM_LIMIT_BATCH_OPERATIONS', value: limits.batchOperations, actual: body.length },
        },
      },
    )
  return body
}

/** Status page, schema, health and metrics: nothing of a tenant is in them, so that they need no token. */
function createOperatorRoutes({ schema, limits, health, metrics, statusPage }: GatewayOptions): Route[] {
  const get = (path: string, handle: Route['handle'], whileDraining = true): Route => ({
    path,
    methods: ['GET'],
    authenticates: false,
    whileDraining,
    handle,
  })
  return [
    get('/health/live', ({ response }) => Promise.resolve(send(response, 200, JSON_TYPE, '{"status":"live"}\n'))),
    get('/health/ready', async ({ response }) => {
      const report = await health()
      send(response, report.ready ? 200 : 503, JSON_TYPE, `${JSON.stringify(report, null, 2)}\n`)
    }),
    get('/metrics', async ({ response }) => {
      const { contentType, body } = await metrics()
      send(response, 200, contentType, body)
    }),
    get('/schema.graphql', ({ response }) => {
      if (!limits.introspection) throw new GraphloomError('NOT_FOUND', 'Introspection is switched off on this server.')
      return Promise.resolve(send(response, 200, 'text/plain; charset=utf-8', `${printSchema(schema)}\n`))
    }),
    get('/', async ({ response }) => {
      const nonce = randomBytes(16).toString('base64')
      send(response, 200, 'text/html; charset=utf-8', renderStatusPage(await statusPage(), nonce), {
        'content-security-policy': policyOf(nonce),
      })
    }),
  ]
}

const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${SANDBOX_SOURCES.script}`,
    `style-src-elem 'nonce-${nonce}'`,
    // Apollo Sandbox sizes its frame by an attribute.
    "style-src-attr 'unsafe-inline'",
    `frame-src ${SANDBOX_SOURCES.frame}`,
    `connect-src 'self'`,
    "img-src 'self' data: https:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
