import type { FormattedExecutionResult } from 'graphql'
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWsClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { TestGateway } from './gateway.js'

export const TRANSPORTS = ['http', 'websocket', 'sse'] as const
export type Transport = (typeof TRANSPORTS)[number]

export interface Ask {
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly operationName?: string
  readonly extensions?: Record<string, unknown>
  /** Whole value of the authorization. */
  readonly authorization?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly results: readonly FormattedExecutionResult[]
  /** HTTP's status, or the code by which the socket was closed before it answered; 200 for an answer over a socket. */
  readonly status: number
}

interface Refusal {
  readonly code?: number
  readonly response?: Response
}

/** Asks by the official client of a transport, and tells alike what came of it. */
export async function ask(transport: Transport, gateway: TestGateway, request: Ask): Promise<Answer> {
  if (transport === 'http') return askHttp(gateway, request)
  const { authorization, headers = {}, ...operation } = request
  const client =
    transport === 'sse'
      ? createSseClient({ url: gateway.streamUrl, headers: headersOf(request), retryAttempts: 0 })
      : createWsClient({
          url: gateway.socketUrl,
          webSocketImpl: socketWith(headers),
          retryAttempts: 0,
          ...(authorization !== undefined && { connectionParams: { authorization } }),
        })
  const results: FormattedExecutionResult[] = []
  try {
    for await (const result of client.iterate(operation)) results.push(result as FormattedExecutionResult)
    return { results, status: 200 }
  } catch (error) {
    return await toAnswer(error, results)
  } finally {
    await client.dispose()
  }
}

/** The codes of the errors of an answer's first result. */
export const codesOf = ({ results }: Answer): unknown[] =>
  (results[0]?.errors ?? []).map(({ extensions }) => extensions?.['code'])

async function askHttp(gateway: TestGateway, request: Ask): Promise<Answer> {
  const { authorization: _authorization, headers: _headers, ...body } = request
  const response = await fetch(gateway.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headersOf(request) },
    body: JSON.stringify(body),
  })
  return { results: [(await response.json()) as FormattedExecutionResult], status: response.status }
}

const headersOf = ({ authorization, headers }: Ask): Record<string, string> => ({
  ...headers,
  ...(typeof authorization === 'string' && { authorization }),
})

const socketWith = (headers: Readonly<Record<string, string>>) =>
  class extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers })
    }
  }

async function toAnswer(error: unknown, results: readonly FormattedExecutionResult[]): Promise<Answer> {
  // graphql-ws gives the errors of an operation as a list.
  if (Array.isArray(error))
    return { results: [{ errors: error as FormattedExecutionResult['errors'] & [] }], status: 200 }
  const { code, response } = error as Refusal
  if (code !== undefined) return { results, status: code }
  if (!response) throw error
  const text = await response.text()
  return { results: [JSON.parse(text) as FormattedExecutionResult], status: response.status }
}
