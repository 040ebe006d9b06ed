import { createClient as createEventStreamClient } from 'graphql-sse'
import { createClient as createSocketClient, type Client as SocketClient } from 'graphql-ws'
import type { FormattedExecutionResult } from 'graphql'
import { WebSocket } from 'ws'
import type { TestGateway } from './gateway.js'

export const TRANSPORTS = ['http', 'websocket', 'event-stream'] as const
export type Transport = (typeof TRANSPORTS)[number]

export interface Asked {
  readonly query: string
  readonly operationName?: string
  readonly variables?: Record<string, unknown>
  readonly extensions?: Record<string, unknown>
}

export interface Sender {
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a client got: results, or the way in which it was refused as a whole. */
export interface Answer {
  readonly results: readonly FormattedExecutionResult[]
  /** Of HTTP; null over a socket. */
  readonly status: number | null
  /** Of a socket that the server closed. */
  readonly closeCode: number | null
}

/** Sends an operation by a transport's official client and gives all that it answers. */
export function ask(gateway: TestGateway, transport: Transport, asked: Asked, sender: Sender = {}): Promise<Answer> {
  switch (transport) {
    case 'http':
      return askHttp(gateway, asked, sender)
    case 'websocket':
      return askSocket(gateway, asked, sender)
    case 'event-stream':
      return askEventStream(gateway, asked, sender)
  }
}

/** The codes of the errors of an answer, in order. */
export const codesOf = ({ results }: Answer): unknown[] =>
  results.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions?.['code']) ?? [])

const toHeaders = ({ token, headers }: Sender): Record<string, string> => ({
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
  ...headers,
})

async function askHttp(gateway: TestGateway, asked: Asked, sender: Sender): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...toHeaders(sender) }
  const response = await fetch(gateway.graphqlUrl, { method: 'POST', headers, body: JSON.stringify(asked) })
  return { results: [(await response.json()) as FormattedExecutionResult], status: response.status, closeCode: null }
}

/** A client of graphql-ws that does not try again; headers go with the upgrade. */
export function openSocketClient(gateway: TestGateway, { token, headers }: Sender = {}): SocketClient {
  class SocketWithHeaders extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, headers ? { headers } : {})
    }
  }
  return createSocketClient({
    url: gateway.socketUrl,
    webSocketImpl: SocketWithHeaders,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
  })
}

async function askSocket(gateway: TestGateway, asked: Asked, sender: Sender): Promise<Answer> {
  const client = openSocketClient(gateway, sender)
  const results: FormattedExecutionResult[] = []
  try {
    return await new Promise<Answer>((resolve, reject) => {
      client.subscribe(asked, {
        next: (result) => results.push(result as FormattedExecutionResult),
        complete: () => resolve({ results, status: null, closeCode: null }),
        error: (error) => {
          if (Array.isArray(error)) resolve({ results: [...results, { errors: error }], status: null, closeCode: null })
          else if (isClosing(error)) resolve({ results, status: null, closeCode: error.code })
          else reject(error instanceof Error ? error : new Error(String(error)))
        },
      })
    })
  } finally {
    await client.dispose()
  }
}

const isClosing = (event: unknown): event is { readonly code: number } =>
  typeof (event as { code?: unknown } | null)?.code === 'number'

async function askEventStream(gateway: TestGateway, asked: Asked, sender: Sender): Promise<Answer> {
  const client = createEventStreamClient({
    url: gateway.streamUrl,
    singleConnection: false,
    retryAttempts: 0,
    headers: toHeaders(sender),
  })
  const results: FormattedExecutionResult[] = []
  try {
    return await new Promise<Answer>((resolve, reject) => {
      client.subscribe(asked, {
        next: (result) => results.push(result as FormattedExecutionResult),
        complete: () => resolve({ results, status: 200, closeCode: null }),
        error: (error) => {
          const { response } = error as { response?: Response }
          if (!response) reject(error instanceof Error ? error : new Error(String(error)))
          else
            response.json().then(
              (body) =>
                resolve({
                  results: [...results, body as FormattedExecutionResult],
                  status: response.status,
                  closeCode: null,
                }),
              reject,
            )
        },
      })
    })
  } finally {
    client.dispose()
  }
}
