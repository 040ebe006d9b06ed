import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from '@opentelemetry/api'
import type { Principal } from '../../domain/principal.js'

/** A request on its way to a route. */
export interface RouteRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The query part of the address, with its `?`; empty when there is none. */
  readonly search: string
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  /** The trace that the request belongs to. */
  readonly trace: Context
  /** Set where the route authenticates. */
  readonly principal: Principal | null
}

/** One row of the table of everything that is answered over HTTP. */
export interface Route {
  readonly path: string
  readonly methods: readonly string[]
  /** Whether a caller must be known before `handle` is called. */
  readonly authenticates: boolean
  /** Whether it is answered while the server finishes its work. */
  readonly whileDraining: boolean
  readonly handle: (request: RouteRequest) => Promise<void>
}

/** Sends a whole response. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}
