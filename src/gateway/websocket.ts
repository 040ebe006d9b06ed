import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Context } from '@opentelemetry/api'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Context as SocketContext } from 'graphql-ws'
import type { ExecutionResult, FormattedExecutionResult } from 'graphql'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import { GraphloomError } from '../kernel/errors.js'
import type { GatewayLimits } from '../domain/limits.js'
import type { Principal } from '../domain/principal.js'
import { refusalOf, type AccessRules } from './access-rules.js'
import type { Connections } from './connections.js'
import { startExpiry } from './expiry.js'
import { OperationRejected, toGraphQLError } from './graphql/documents.js'
import type { Pipeline, PreparedOperation } from './graphql/pipeline.js'
import { parseBearer } from './http/http-server.js'
import { toRawResponse } from './http/raw-response.js'
import { SocketSession } from './socket-session.js'

export interface WebSocketOptions {
  readonly server: Server
  readonly path: string
  readonly pipeline: Pipeline
  readonly rules: AccessRules
  readonly limits: GatewayLimits
  readonly connections: Connections
  readonly authenticate: (token: string | null) => Promise<Principal>
  readonly toTrace: (traceparent: string | undefined) => Context
  readonly logger: Logger
}

type MessageHandler = (text: string) => Promise<void>
type GraphQLContext = SocketContext<Record<string, unknown>, SocketSession>

const CLIENT_MESSAGES = new Set<string>(['connection_init', 'ping', 'pong', 'subscribe', 'complete'])
const CLOSED_GOING_AWAY = 1001
const CLOSED_TRY_AGAIN_LATER = 1013
const CLOSE_LIMIT_MS = 1_000
/** A close frame has room for 123 bytes. */
const MAX_REASON_CHARACTERS = 40

/** GraphQL over WebSocket by the graphql-transport-ws protocol. */
export class WebSocketGateway implements AsyncDisposable {
  readonly #options: WebSocketOptions
  readonly #wss: WebSocketServer
  readonly #graphql: ReturnType<typeof makeServer<Record<string, unknown>, SocketSession>>
  readonly #sessions = new Set<SocketSession>()
  #draining = false

  constructor(options: WebSocketOptions) {
    this.#options = options
    this.#wss = new WebSocketServer({
      noServer: true,
      maxPayload: options.limits.messageBytes,
      perMessageDeflate: false,
      handleProtocols: (protocols) =>
        protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
    })
    this.#graphql = this.#makeServer()
    options.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  get openSockets(): number {
    return this.#sessions.size
  }

  /** Queries and mutations that run: what a stopping server waits for. */
  get runningRequests(): number {
    let running = 0
    for (const { operations } of this.#sessions)
      for (const { isSubscription } of operations.values()) if (!isSubscription) running++
    return running
  }

  /** New operations are refused; running ones go on. */
  drain(): void {
    this.#draining = true
  }

  /** Closes every socket with 1001, so that clients come again elsewhere. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true
    const closed = [...this.#sessions].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    )
    for (const { socket } of this.#sessions) {
      socket.close(CLOSED_GOING_AWAY, 'Going away')
      const timer = setTimeout(() => socket.terminate(), CLOSE_LIMIT_MS)
      socket.once('close', () => clearTimeout(timer))
    }
    await Promise.all(closed)
    this.#wss.close()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { path, rules, pipeline } = this.#options
    socket.on('error', () => socket.destroy())
    const refuse = (error: GraphloomError): void =>
      void socket.end(toRawResponse(error.httpStatus, pipeline.formatError(error)))
    const refusal = refusalOf(request.headers, rules)
    if (refusal !== null) return refuse(new GraphloomError('FORBIDDEN', refusal))
    if (request.url?.split('?')[0] !== path)
      return refuse(new GraphloomError('NOT_FOUND', `Sockets are opened at ${path}.`))
    if (this.#draining)
      return refuse(new GraphloomError('UNAVAILABLE', 'The server is stopping; try again elsewhere or later.'))
    this.#wss.handleUpgrade(request, socket, head, (websocket) => this.#open(websocket, request))
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    const { limits, toTrace, logger } = this.#options
    const { traceparent } = request.headers
    const trace = toTrace(typeof traceparent === 'string' ? traceparent : undefined)
    const session = new SocketSession({ socket, request, trace, limits })
    this.#sessions.add(session)
    let handle: MessageHandler = () => Promise.resolve()
    const closed = this.#graphql.opened(
      {
        protocol: socket.protocol,
        send: (data) => session.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (listener) => (handle = listener),
      },
      session,
    )
    const ping = setInterval(() => {
      if (session.isAlive()) socket.ping()
      else socket.terminate()
    }, limits.pingIntervalMs)
    socket.on('pong', () => session.noteLife())
    socket.on('error', (error) => {
      logger.debug({ err: error }, 'socket error')
      // Frames that break the protocol or a limit: ws has told the client by a close code.
      if (socket.readyState === socket.OPEN) socket.close(CloseCode.BadRequest, 'Bad request')
    })
    socket.on('message', (data) => {
      session.noteLife()
      // Who reads nothing while asking for more is not waited for.
      if (socket.bufferedAmount > 2 * limits.sendBufferBytes) socket.terminate()
      else this.#receive(session, (data as Buffer).toString(), handle)
    })
    socket.once('close', (code, reason) => {
      clearInterval(ping)
      this.#sessions.delete(session)
      session.close()
      void Promise.resolve(closed(code, reason.toString())).catch((error: unknown) =>
        logger.debug({ err: error }, 'socket closed badly'),
      )
    })
  }

  /** Hands a message on, those about an id that has just been completed in their turn. */
  #receive(session: SocketSession, text: string, handle: MessageHandler): void {
    const { type, id } = parseMessage(text)
    if (typeof type === 'string' && !CLIENT_MESSAGES.has(type))
      return session.socket.close(CloseCode.BadRequest, 'Not a message of a client')
    const take = (): Promise<void> | null => {
      const ended = type === 'complete' && typeof id === 'string' ? session.complete(id) : null
      void this.#handle(session, text, handle)
      return ended
    }
    if (typeof id !== 'string') void take()
    else if (!session.inTurn(id, take)) session.socket.close(CLOSED_TRY_AGAIN_LATER, 'Too many messages wait')
  }

  async #handle(session: SocketSession, text: string, handle: MessageHandler): Promise<void> {
    if (session.socket.readyState !== session.socket.OPEN) return
    try {
      const handled = handle(text)
      if (session.started) session.started.ended = handled.catch(() => undefined)
      session.started = null
      await handled
    } catch (error) {
      const { message } = this.#options.pipeline.formatError(error)
      session.socket.close(CloseCode.InternalServerError, message.slice(0, MAX_REASON_CHARACTERS))
    }
  }

  #makeServer(): ReturnType<typeof makeServer<Record<string, unknown>, SocketSession>> {
    const { pipeline, limits } = this.#options
    return makeServer<Record<string, unknown>, SocketSession>({
      schema: pipeline.schema,
      connectionInitWaitTimeout: limits.connectionInitTimeoutMs,
      onConnect: (ctx) => this.#connect(ctx),
      onSubscribe: (ctx, id, payload) => {
        try {
          const operation = this.#prepare(ctx, id, payload)
          const { document, operationName, variables } = operation
          return {
            schema: pipeline.schema,
            document,
            operationName: operationName ?? null,
            variableValues: variables,
            contextValue: operation,
          }
        } catch (error) {
          ctx.extra.finish(id)
          return error instanceof OperationRejected ? error.errors : [toGraphQLError(error)]
        }
      },
      execute: (args) => pipeline.execute(args.contextValue as PreparedOperation) as Promise<ExecutionResult>,
      subscribe: (args) => pipeline.subscribe(args.contextValue as PreparedOperation) as Promise<ExecutionResult>,
      onNext: (ctx, _id, _payload, _args, result) => ctx.extra.mark(result as FormattedExecutionResult),
      onError: (_ctx, _id, _payload, errors) => errors.map((error) => pipeline.formatError(error)),
      onComplete: (ctx, id) => ctx.extra.finish(id),
    })
  }

  /** Who it is; a socket without valid credentials is closed with 4403. */
  async #connect({ extra: session, connectionParams }: GraphQLContext): Promise<boolean> {
    const { authenticate, connections, toTrace } = this.#options
    const { socket, request } = session
    const given =
      connectionParams?.['authorization'] ?? connectionParams?.['Authorization'] ?? request.headers.authorization
    const traceparent = connectionParams?.['traceparent']
    if (typeof traceparent === 'string') session.trace = toTrace(traceparent)
    try {
      if (given !== undefined && typeof given !== 'string') return false
      const principal = await authenticate(parseBearer(given))
      if (socket.readyState !== socket.OPEN) return false
      session.principal = principal
      const revoke = (): void => socket.close(CloseCode.Forbidden, 'Forbidden')
      const registered = connections.add({ principal, kind: 'websocket', revoke })
      const expiry = startExpiry(principal, revoke)
      socket.once('close', () => {
        registered[Symbol.dispose]()
        expiry[Symbol.dispose]()
      })
      return true
    } catch (error) {
      if (error instanceof GraphloomError && error.code === 'UNAUTHENTICATED') return false
      throw error
    }
  }

  #prepare({ extra: session, subscriptions }: GraphQLContext, id: string, payload: object): PreparedOperation {
    const { pipeline, limits } = this.#options
    if (!session.principal) throw new GraphloomError('UNAUTHENTICATED', 'The socket has no principal.')
    if (this.#draining) throw new GraphloomError('UNAVAILABLE', 'The server is stopping; try again elsewhere or later.')
    const value = limits.subscriptionsPerConnection
    const open = Object.keys(subscriptions).length
    if (open > value)
      throw new GraphloomError('LIMIT_EXCEEDED', `${value} operations may run on one socket at most.`, {
        details: { limit: { name: 'GRAPHLOOM_LIMIT_SUBSCRIPTIONS_PER_CONNECTION', value, actual: open } },
      })
    const running = session.start(id)
    const { trace, principal } = session
    const operation = pipeline.prepare(payload, { principal, signal: running.controller.signal, trace })
    running.isSubscription = operation.operation.operation === 'subscription'
    return operation
  }
}

/** Nothing for what is not a message, which graphql-ws answers. */
function parseMessage(text: string): { readonly type?: unknown; readonly id?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}
