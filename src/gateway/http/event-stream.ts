import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { FormattedExecutionResult } from 'graphql'
import { GraphloomError } from '../../kernel/errors.js'
import type { GatewayLimits } from '../../domain/limits.js'
import type { Connections } from '../connections.js'
import { startExpiry } from '../expiry.js'
import { OperationRejected } from '../graphql/documents.js'
import type { OperationRequest, Pipeline, PreparedOperation } from '../graphql/pipeline.js'
import { toPayloadJson } from '../payload-json.js'
import { parseJsonBody, readBody } from './body.js'
import { send, type Route, type RouteRequest } from './routes.js'

export interface EventStreamOptions {
  readonly path: string
  readonly pipeline: Pipeline
  readonly limits: GatewayLimits
  readonly connections: Connections
  /** Aborts when the server stops: streams end without a word, so that clients come again. */
  readonly stopping: AbortSignal
}

const WRITES_IN_A_TURN = 32

/**
 * GraphQL over server-sent events by the protocol of graphql-sse, one operation per request ("distinct connections").
 * The next item is taken only when the one before has gone to the network.
 */
export function createEventStreamRoute(options: EventStreamOptions): Route {
  return {
    path: options.path,
    methods: ['GET', 'POST'],
    authenticates: true,
    whileDraining: false,
    handle: (call) => serve(call, options),
  }
}

async function serve(call: RouteRequest, options: EventStreamOptions): Promise<void> {
  const { request, response, principal } = call
  const { pipeline, limits, connections } = options
  if (!principal) throw new GraphloomError('UNAUTHENTICATED', 'A token is needed.')
  if (!/\btext\/event-stream\b/.test(request.headers.accept ?? ''))
    throw new GraphloomError('BAD_REQUEST', 'Send "Accept: text/event-stream".')
  const asked = request.method === 'POST' ? await readOperation(call, limits) : operationOf(call.search)
  const ending = new AbortController()
  const signal = AbortSignal.any([call.signal, ending.signal, options.stopping])
  using _expiry = startExpiry(principal, () => ending.abort())
  try {
    const operation = pipeline.prepare(asked, { principal, signal, trace: call.trace })
    requireMethod(operation, request.method)
    const isSubscription = operation.operation.operation === 'subscription'
    if (isSubscription) requireRoom(connections.countOf(principal, 'event-stream'), limits)
    using _registered = isSubscription
      ? connections.add({ principal, kind: 'event-stream', revoke: () => ending.abort() })
      : null
    await stream(operation, { response, pipeline, signal, pingIntervalMs: limits.pingIntervalMs })
  } catch (error) {
    if (!(error instanceof OperationRejected)) throw error
    const body = JSON.stringify({ errors: error.errors.map((one) => pipeline.formatError(one)) })
    send(response, 400, 'application/json; charset=utf-8', body)
  }
}

function requireRoom(open: number, { subscriptionsPerConnection: value }: GatewayLimits): void {
  if (open < value) return
  throw new GraphloomError('LIMIT_EXCEEDED', `${value} streams may be open at most.`, {
    details: { limit: { name: 'GRAPHLOOM_LIMIT_SUBSCRIPTIONS_PER_CONNECTION', value, actual: open + 1 } },
  })
}

interface Streaming {
  readonly response: ServerResponse
  readonly pipeline: Pipeline
  readonly signal: AbortSignal
  readonly pingIntervalMs: number
}

async function stream(
  operation: PreparedOperation,
  { response, pipeline, signal, pingIntervalMs }: Streaming,
): Promise<void> {
  const results =
    operation.operation.operation === 'subscription'
      ? await pipeline.subscribe(operation)
      : await pipeline.execute(operation)
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    connection: 'keep-alive',
  })
  response.write(':\n\n')
  const ping = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n')
  }, pingIntervalMs)
  try {
    let sent = 0
    for await (const result of isStream(results) ? results : [results]) {
      // A source that always has an item ready must not keep everyone else from their turn.
      if (++sent % WRITES_IN_A_TURN === 0) await setImmediate()
      if (signal.aborted) break
      await write(response, `event: next\ndata: ${toPayloadJson(result)}\n\n`, signal)
    }
    if (!signal.aborted) response.end('event: complete\ndata: \n\n')
  } finally {
    clearInterval(ping)
    // A stream that was cut short shows its client that it is not complete.
    if (!response.writableEnded) response.destroy()
  }
}

const isStream = (
  results: AsyncGenerator<FormattedExecutionResult, void, void> | FormattedExecutionResult,
): results is AsyncGenerator<FormattedExecutionResult, void, void> => Symbol.asyncIterator in results

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text)) return
  try {
    await once(response, 'drain', { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function readOperation({ request }: RouteRequest, limits: GatewayLimits): Promise<OperationRequest> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\b/i.test(type))
    throw new GraphloomError('UNSUPPORTED_MEDIA_TYPE', 'Send "Content-Type: application/json".')
  const body = parseJsonBody(await readBody(request, limits.bodyBytes))
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new GraphloomError('BAD_REQUEST', 'The body must be an object.')
  return body
}

function operationOf(search: string): OperationRequest {
  const searchParams = new URLSearchParams(search)
  const variables = searchParams.get('variables')
  const extensions = searchParams.get('extensions')
  return {
    query: searchParams.get('query'),
    operationName: searchParams.get('operationName'),
    variables: variables === null ? null : parseJsonBody(Buffer.from(variables)),
    extensions: extensions === null ? null : parseJsonBody(Buffer.from(extensions)),
  }
}

function requireMethod({ operation }: PreparedOperation, method: string | undefined): void {
  if (method === 'GET' && operation.operation === 'mutation')
    throw new GraphloomError('METHOD_NOT_ALLOWED', 'Mutations are sent with POST.')
}
