import { createHash } from 'node:crypto'
import { ApolloServer, HeaderMap, type ApolloServerOptionsWithGateway, type HTTPGraphQLResponse } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from 'graphql'
import type { Logger } from 'pino'
import type { GatewayLimits } from '../../domain/limits.js'
import { GraphloomError } from '../../kernel/errors.js'
import { noSuchOperation, OperationRejected, toGraphQLError } from './documents.js'
import type { Caller, Pipeline } from './pipeline.js'

interface ApolloContext {
  readonly caller: Caller
}

/** A request whose body has been read and parsed as JSON. */
export interface HttpOperation {
  readonly method: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The query part of the address, with its `?`. */
  readonly search: string
  readonly body: unknown
}

/** GraphQL over HTTP by Apollo Server; documents, limits, execution and errors are the pipeline's. */
export interface ApolloAdapter extends AsyncDisposable {
  start(): Promise<void>
  answer(operation: HttpOperation, caller: Caller): Promise<HTTPGraphQLResponse>
}

export interface ApolloAdapterOptions {
  readonly pipeline: Pipeline
  readonly limits: GatewayLimits
  readonly logger: Logger
}

const DOCUMENT_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]

/** What Apollo looks at, for the form of the answer and against forged requests. */
const HEADERS = ['content-type', 'accept', 'apollo-require-preflight', 'x-apollo-operation-name']

export function createApolloAdapter({ pipeline, limits, logger }: ApolloAdapterOptions): ApolloAdapter {
  const documents = new DocumentsByHash(pipeline)
  const apollo = new ApolloServer<ApolloContext>({
    gateway: toGateway(pipeline),
    documentStore: documents,
    csrfPrevention: true,
    persistedQueries: false,
    allowBatchedHttpRequests: limits.batchOperations > 1,
    introspection: limits.introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message) => logger.warn({ apollo: String(message) }),
      error: (message) => logger.error({ apollo: String(message) }),
    },
    formatError: (_formatted, error) => pipeline.formatError(error),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      {
        requestDidStart: () =>
          Promise.resolve({
            didResolveOperation: ({ document, operation, request }) => {
              try {
                pipeline.checkVariables(document, requireRequest(operation), request.variables ?? {})
                return Promise.resolve()
              } catch (error) {
                return Promise.reject(toGraphQLError(error))
              }
            },
          }),
      },
    ],
  })
  let stopped: Promise<void> | null = null
  return {
    start: () => apollo.start(),
    answer: async ({ method, headers, search, body }, caller) => {
      using _documents = documents.prepare(queriesOf(body, search))
      const map = new HeaderMap()
      for (const name of HEADERS) {
        const value = headers[name]
        if (value !== undefined) map.set(name, typeof value === 'string' ? value : value.join(', '))
      }
      const response = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: map, search, body },
        context: () => Promise.resolve({ caller }),
      })
      return withStatusOfMediaType(response)
    },
    // Two stops at once would wait for one another.
    [Symbol.asyncDispose]: () => (stopped ??= apollo.stop()),
  }
}

/** @throws GraphloomError for a document without the operation, or with one that has more than one answer. */
function requireRequest(operation: OperationDefinitionNode | null | undefined): OperationDefinitionNode {
  if (!operation) throw noSuchOperation()
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw new GraphloomError('BAD_REQUEST', 'Subscriptions are served over WebSocket and server-sent events.')
  return operation
}

type GatewayInterface = ApolloServerOptionsWithGateway<ApolloContext>['gateway']

function toGateway(pipeline: Pipeline): GatewayInterface {
  return {
    load: () =>
      Promise.resolve({
        executor: async ({ document, operation, operationName, request, context }) =>
          pipeline.executeForApollo({
            document,
            operation,
            operationName: operationName ?? undefined,
            variables: request.variables ?? {},
            caller: pipeline.inTraceOf(request.extensions, (context as ApolloContext).caller),
          }),
      }),
    onSchemaLoadOrUpdate: (listener) => {
      listener({ apiSchema: pipeline.schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    stop: () => Promise.resolve(),
  }
}

function queriesOf(body: unknown, search: string): string[] {
  const requests = Array.isArray(body) ? body : [body]
  const queries = requests.map((request) =>
    request !== null && typeof request === 'object' ? (request as { query?: unknown }).query : null,
  )
  if (search !== '') queries.push(new URLSearchParams(search).get('query'))
  return queries.filter((query) => typeof query === 'string' && query !== '') as string[]
}

/** By the GraphQL-over-HTTP specification, `application/json` answers a well-formed request with 200, whatever comes of it. */
function withStatusOfMediaType(response: HTTPGraphQLResponse): HTTPGraphQLResponse {
  if (response.status !== 400 || response.body.kind !== 'complete') return response
  if (!response.headers.get('content-type')?.startsWith('application/json')) return response
  const { errors } = JSON.parse(response.body.string) as { errors?: { extensions?: { code?: string } }[] }
  const fits = errors?.every((error) => DOCUMENT_CODES.includes(error.extensions?.code ?? ''))
  return fits ? { ...response, status: 200 } : response
}

/** Gives Apollo the pipeline's documents, so that each text is parsed and validated once for all transports. */
class DocumentsByHash {
  readonly #pipeline: Pipeline
  /** Documents of requests that are being answered, with the number of those. */
  readonly #prepared = new Map<string, { readonly document: DocumentNode; uses: number }>()
  readonly #hashes = new WeakMap<DocumentNode, string>()

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline
  }

  /**
   * Has the documents at hand until the result is disposed. Apollo itself refuses those that do not parse or validate.
   * @throws GraphloomError `LIMIT_EXCEEDED`.
   */
  prepare(queries: readonly string[]): Disposable {
    const held: string[] = []
    const release = (): void => {
      for (const hash of held) {
        const prepared = this.#prepared.get(hash)
        if (prepared && --prepared.uses === 0) this.#prepared.delete(hash)
      }
    }
    try {
      for (const query of queries) {
        const hash = this.#hold(query)
        if (hash !== null) held.push(hash)
      }
    } catch (error) {
      release()
      throw error
    }
    return { [Symbol.dispose]: release }
  }

  get(key: string): Promise<DocumentNode | undefined> {
    return Promise.resolve(this.#prepared.get(key.slice(key.lastIndexOf(':') + 1))?.document)
  }

  set(): Promise<void> {
    return Promise.resolve()
  }

  delete(): Promise<boolean> {
    return Promise.resolve(false)
  }

  #hold(query: string): string | null {
    try {
      const document = this.#pipeline.requireDocument(query)
      let hash = this.#hashes.get(document)
      if (hash === undefined) this.#hashes.set(document, (hash = createHash('sha256').update(query).digest('hex')))
      const prepared = this.#prepared.get(hash)
      if (prepared) prepared.uses++
      else this.#prepared.set(hash, { document, uses: 1 })
      return hash
    } catch (error) {
      if (error instanceof OperationRejected) return null
      throw error
    }
  }
}
