/** What the gateway lets in. Every value is at least 1 unless it says otherwise; all come from configuration. */
export interface GatewayLimits {
  /** Bytes of a document's text. */
  readonly documentBytes: number
  /** Lexical tokens of a document. */
  readonly documentTokens: number
  /** Nested selections of an operation, fragments followed. */
  readonly operationDepth: number
  /** Aliased fields of an operation, fragments followed. */
  readonly operationAliases: number
  /** Root fields of an operation, fragments followed. */
  readonly operationRootFields: number
  /** Directives on one place of a document. */
  readonly directivesPerNode: number
  /** Computed cost of an operation: every field costs 1, times the page sizes of the lists around it. */
  readonly operationCost: number
  /** The most items that `first`, `last` or a list argument may ask for or hold. */
  readonly listItems: number
  /** Bytes of the variables as JSON. */
  readonly variablesBytes: number
  /** Operations of one HTTP batch; 1 switches batching off. */
  readonly batchOperations: number
  /** Bytes of an HTTP request's body. */
  readonly bodyBytes: number
  /** Bytes of one message on a WebSocket. */
  readonly messageBytes: number
  /** Time for the headers of a request to arrive, milliseconds. */
  readonly headersTimeoutMs: number
  /** Time for a whole request to arrive, milliseconds. */
  readonly requestTimeoutMs: number
  /** Time that an idle keep-alive connection stays open, milliseconds. */
  readonly idleTimeoutMs: number
  /** Time for `connection_init` to arrive on a socket, milliseconds. */
  readonly connectionInitTimeoutMs: number
  /** Time between pings of a socket; one that does not answer until the next is closed, milliseconds. */
  readonly pingIntervalMs: number
  /** Connections (HTTP and sockets together) of one client address. */
  readonly connectionsPerAddress: number
  /** Subscriptions open at once on one socket, or, over SSE, of one principal. */
  readonly subscriptionsPerConnection: number
  /** Operations that one socket may start in a second. */
  readonly operationsPerSocketPerSecond: number
  /** Bytes waiting to be sent on one socket or SSE response before its reader is held to be slow. */
  readonly sendBufferBytes: number
  /** Whether the schema may be asked for by introspection. */
  readonly introspection: boolean
}

export interface RateLimits {
  /** Calls of all mutations with a bare `@rateLimit`, by one caller in one minute. */
  readonly perMinute: number
  /** Likewise of queries. */
  readonly queriesPerMinute: number
}
