import type { FormattedExecutionResult } from 'graphql'
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWsClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { TypedDocumentString } from '../generated/graphql.js'

/** Asks a server by generated documents. */
export class GraphClient {
  /** Address of the server, without a path. */
  url = ''

  get graphqlUrl(): string {
    return `${this.url}/graphql`
  }

  /** Sends an operation and gives the whole result. */
  async send<TResult, TVariables>(
    document: TypedDocumentString<TResult, TVariables>,
    variables: TVariables,
    token?: string,
    signal?: AbortSignal,
  ): Promise<FormattedExecutionResult<TResult>> {
    const response = await fetch(this.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...(signal && { signal }),
    })
    return (await response.json()) as FormattedExecutionResult<TResult>
  }

  /** Sends an operation that must succeed. */
  async request<TResult, TVariables>(
    document: TypedDocumentString<TResult, TVariables>,
    variables: TVariables,
    token?: string,
  ): Promise<TResult> {
    const { data, errors } = await this.send(document, variables, token)
    if (errors || !data) throw new Error(`The operation failed: ${JSON.stringify(errors)}`)
    return data
  }

  /** Follows a subscription over a socket or over server-sent events; leaving the loop closes it. */
  async *subscribe<TResult, TVariables>(
    document: TypedDocumentString<TResult, TVariables>,
    variables: TVariables,
    options: { readonly transport?: 'websocket' | 'sse'; readonly token?: string } = {},
  ): AsyncGenerator<TResult, void, void> {
    const request = { query: document.toString(), variables: variables as Record<string, unknown> }
    const authorization = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
    const client =
      options.transport === 'sse'
        ? createSseClient({ url: `${this.graphqlUrl}/stream`, headers: authorization, retryAttempts: 0 })
        : createWsClient({
            url: this.graphqlUrl.replace(/^http/, 'ws'),
            webSocketImpl: WebSocket,
            connectionParams: authorization,
            retryAttempts: 0,
          })
    try {
      for await (const result of client.iterate<TResult>(request)) {
        const { data, errors } = result as FormattedExecutionResult<TResult>
        if (errors || !data) throw new Error(`The subscription failed: ${JSON.stringify(errors)}`)
        yield data
      }
    } finally {
      await client.dispose()
    }
  }
}
