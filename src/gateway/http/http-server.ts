import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { context, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api'
import type { Logger } from 'pino'
import { ERROR_CATALOGUE, type ErrorCode } from '../../kernel/error-catalogue.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { GatewayLimits } from '../../domain/limits.js'
import type { Principal } from '../../domain/principal.js'
import type { ErrorFormatter } from '../graphql/format-error.js'
import { refusalOf, type AccessRules } from '../access-rules.js'
import { toRawResponse } from './raw-response.js'
import { send, type Route } from './routes.js'

export interface HttpServerOptions {
  readonly routes: readonly Route[]
  readonly rules: AccessRules
  readonly limits: GatewayLimits
  readonly authenticate: (token: string | null) => Promise<Principal>
  readonly formatError: ErrorFormatter
  readonly toTrace: (traceparent: string | undefined) => Context
  readonly logger: Logger
}

/** All that one path answers. */
interface Place {
  readonly routes: readonly Route[]
  readonly methods: readonly string[]
}

const MAX_HEADER_BYTES = 32_768
/** Paths that are compared as they stand. */
const PLAIN_PATH = /^\/[A-Za-z]*(?:[/.][A-Za-z]+)*$/
const CORS_MAX_AGE_SECONDS = 600
const CONNECTION_RETRY_MS = 1_000

/** The HTTP side of the gateway: connections, who may call, and the table of routes. */
export class HttpServer {
  readonly #options: HttpServerOptions
  readonly server: Server
  readonly #places = new Map<string, Place>()
  readonly #perAddress = new Map<string, number>()
  #draining = false
  #requests = 0

  constructor(options: HttpServerOptions) {
    this.#options = options
    const { limits, routes } = options
    for (const [path, here] of Map.groupBy(routes, (route) => route.path))
      this.#places.set(path, { routes: here, methods: [...new Set(here.flatMap((route) => route.methods))] })
    this.server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      connectionsCheckingInterval: Math.max(100, Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs) / 4),
    })
    this.server.on('connection', (socket) => this.#admit(socket))
    this.server.on('request', (request, response) => void this.#serve(request, response))
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#refuseBytes(error, socket))
  }

  get openConnections(): number {
    let open = 0
    for (const count of this.#perAddress.values()) open += count
    return open
  }

  get runningRequests(): number {
    return this.#requests
  }

  /** What is not answered while draining is refused, and connections end with the answer to their request. */
  drain(): void {
    this.#draining = true
    this.server.closeIdleConnections()
  }

  /** Takes no more connections. */
  close(): void {
    this.#draining = true
    this.server.close()
  }

  #admit(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    const open = (this.#perAddress.get(address) ?? 0) + 1
    const { connectionsPerAddress } = this.#options.limits
    if (open > connectionsPerAddress) {
      const error = new GraphloomError('RATE_LIMITED', `${connectionsPerAddress} connections may be open at most.`, {
        details: {
          retryAfterMs: CONNECTION_RETRY_MS,
          limit: { name: 'GRAPHLOOM_LIMIT_CONNECTIONS_PER_ADDRESS', value: connectionsPerAddress, actual: open },
        },
      })
      socket.on('error', () => socket.destroy())
      socket.end(toRawResponse(error.httpStatus, this.#options.formatError(error)))
      socket.destroySoon()
      return
    }
    this.#perAddress.set(address, open)
    socket.once('close', () => {
      const left = (this.#perAddress.get(address) ?? 1) - 1
      if (left > 0) this.#perAddress.set(address, left)
      else this.#perAddress.delete(address)
    })
  }

  /** Answers bytes that are no request, or not in time. */
  #refuseBytes({ code }: NodeJS.ErrnoException, socket: Duplex): void {
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const { limits, formatError } = this.#options
    const error =
      code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new GraphloomError('TIMEOUT', 'The request did not arrive in time.', {
            details: { limit: { name: 'GRAPHLOOM_LIMIT_REQUEST_TIMEOUT_MS', value: limits.requestTimeoutMs } },
          })
        : code === 'HPE_HEADER_OVERFLOW'
          ? new GraphloomError('PAYLOAD_TOO_LARGE', `The headers have more than ${MAX_HEADER_BYTES} bytes.`)
          : new GraphloomError('BAD_REQUEST', 'This is not an HTTP request.')
    socket.end(toRawResponse(error.httpStatus, formatError(error)))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { toTrace, logger } = this.#options
    const leaving = new AbortController()
    response.on('close', () => {
      if (!response.writableFinished) leaving.abort(new GraphloomError('CANCELLED', 'The client has gone.'))
    })
    this.#requests++
    const parent = toTrace(firstOf(request.headers['traceparent']))
    const path = request.url?.split('?')[0] ?? '/'
    const span = trace
      .getTracer('graphloom')
      .startSpan(`${request.method} ${path.slice(0, 100)}`, { kind: SpanKind.SERVER }, parent)
    const active = trace.setSpan(parent, span)
    try {
      if (this.#draining) response.setHeader('connection', 'close')
      await context.with(active, () => this.#route(request, response, { signal: leaving.signal, trace: active }))
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      context.with(active, () => this.#refuse(request, response, error))
    } finally {
      span.setAttribute('http.response.status_code', response.statusCode)
      span.end()
      this.#requests--
    }
    context.with(active, () => logger.debug({ method: request.method, path, status: response.statusCode }, 'request'))
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    call: { signal: AbortSignal; trace: Context },
  ): Promise<void> {
    const { rules, authenticate } = this.#options
    const refusal = refusalOf(request.headers, rules)
    if (refusal !== null) throw new GraphloomError('FORBIDDEN', refusal)
    const { path, search } = addressOf(request)
    setSecurityHeaders(request, response)
    const place = this.#places.get(path)
    if (!place) throw new GraphloomError('NOT_FOUND', `There is nothing at ${path.slice(0, 200)}.`)
    const { methods } = place
    if (request.method === 'OPTIONS') return answerPreflight(response, methods)
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
    const route = place.routes.find((candidate) => candidate.methods.includes(method))
    if (!route) {
      response.setHeader('allow', methods.join(', '))
      throw new GraphloomError(
        'METHOD_NOT_ALLOWED',
        `${request.method} is not supported here; ${methods.join(', ')} are.`,
      )
    }
    if (this.#draining && !route.whileDraining)
      throw new GraphloomError('UNAVAILABLE', 'The server is stopping; try again elsewhere or later.')
    const principal = route.authenticates ? await authenticate(bearerOf(request)) : null
    await route.handle({ request, response, search, principal, ...call })
  }

  /** Answers with an error in GraphQL's form, whatever was asked. */
  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const formatted = this.#options.formatError(error)
    if (response.headersSent || response.destroyed) {
      response.destroy()
      return
    }
    const code = formatted.extensions?.['code'] as ErrorCode
    const status = ERROR_CATALOGUE[code].httpStatus
    if (status === 401) response.setHeader('www-authenticate', 'Bearer')
    const retryAfterMs = formatted.extensions?.['retryAfterMs']
    if (typeof retryAfterMs === 'number') response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000))
    // What is left of the body is not read: the connection cannot serve another request.
    if (!request.complete) response.setHeader('connection', 'close')
    send(response, status, 'application/json; charset=utf-8', `${JSON.stringify({ errors: [formatted] })}\n`)
  }
}

function setSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  const { origin } = request.headers
  response.setHeader('vary', 'origin')
  // Origins that reach this point may call: they were checked.
  if (origin === undefined) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-credentials', 'true')
}

function answerPreflight(response: ServerResponse, methods: readonly string[]): void {
  response.setHeader('access-control-allow-methods', methods.join(', '))
  response.setHeader(
    'access-control-allow-headers',
    'authorization, content-type, content-range, accept, apollo-require-preflight, traceparent, x-apollo-operation-name',
  )
  response.setHeader('access-control-max-age', CORS_MAX_AGE_SECONDS)
  response.writeHead(204)
  response.end()
}

/** @throws GraphloomError `BAD_REQUEST`. */
function addressOf({ url = '/' }: IncomingMessage): { readonly path: string; readonly search: string } {
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  if (PLAIN_PATH.test(path)) return { path, search: at < 0 ? '' : url.slice(at) }
  const parsed = URL.parse(url, 'http://server')
  if (!parsed) throw new GraphloomError('BAD_REQUEST', 'The address of the request is not valid.')
  return { path: parsed.pathname, search: parsed.search }
}

/** @throws GraphloomError `UNAUTHENTICATED` for anything but one bearer token or none. */
export function bearerOf({ headers, rawHeaders }: IncomingMessage): string | null {
  let given = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'authorization') given++
  if (given > 1) throw new GraphloomError('UNAUTHENTICATED', 'There is more than one Authorization header.')
  return parseBearer(headers.authorization)
}

export function parseBearer(value: string | undefined): string | null {
  if (value === undefined) return null
  const match = /^bearer +([^\s]+)$/i.exec(value)
  if (!match) throw new GraphloomError('UNAUTHENTICATED', 'The authorization must be "Bearer <token>".')
  return match[1] ?? null
}

const firstOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
