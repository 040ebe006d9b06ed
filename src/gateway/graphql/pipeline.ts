import { context, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api'
import {
  createSourceEventStream,
  getOperationAST,
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import { canonicalJson } from '../../kernel/json.js'
import type { GatewayLimits } from '../../domain/limits.js'
import type { Principal } from '../../domain/principal.js'
import { Documents, noSuchOperation, OperationRejected, toGraphQLError } from './documents.js'
import { createErrorFormatter, type ErrorFormatter } from './format-error.js'
import { checkOperation, requireWithin } from './operation-limits.js'
import { PlannedExecutor } from './planned-execution.js'
import { SubscriptionResults } from './subscription-results.js'

/** An operation as a client sends it; nothing of it has been checked. */
export interface OperationRequest {
  readonly query?: unknown
  readonly operationName?: unknown
  readonly variables?: unknown
  readonly extensions?: unknown
}

/** Who sends an operation, and until when an answer is wanted. */
export interface Caller {
  readonly principal: Principal
  readonly signal: AbortSignal
  /** The trace that the operation belongs to. */
  readonly trace: Context
}

/** An operation that has passed all checks. */
export interface PreparedOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly caller: Caller
}

export interface PipelineOptions {
  readonly schema: GraphQLSchema
  readonly limits: GatewayLimits
  /** What resolvers get, made afresh for each operation and each item of a subscription. */
  readonly createContext: (request: { readonly principal: Principal; readonly signal: AbortSignal }) => object
  readonly onOperation: (type: string, outcome: 'success' | 'error') => void
  /** The trace that a W3C `traceparent` names. */
  readonly toTrace: (traceparent: string | undefined) => Context
  readonly logger: Logger
}

const TRACER = 'graphloom'

/** What happens to an operation, whatever it came by: checks, execution, errors, trace. */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #documents: Documents
  readonly #executor: PlannedExecutor
  /** Executions that are shared belong to no client. */
  readonly #forever = new AbortController().signal
  /** Executions of one item by operation and rights: subscribers who ask the same share them. */
  readonly #shared = new WeakMap<object, Map<string, Promise<FormattedExecutionResult>>>()
  readonly #operationKeys = new WeakMap<DocumentNode, string>()
  #nextDocument = 0
  readonly formatError: ErrorFormatter

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#documents = new Documents(options)
    this.#executor = new PlannedExecutor(options.schema)
    this.formatError = createErrorFormatter(options.logger)
  }

  get schema(): GraphQLSchema {
    return this.#options.schema
  }

  /** Checks everything that can be checked before execution. @throws OperationRejected */
  prepare(request: OperationRequest, caller: Caller): PreparedOperation {
    try {
      return this.#prepare(request, caller)
    } catch (error) {
      if (error instanceof OperationRejected) throw error
      throw new OperationRejected([toGraphQLError(error)])
    }
  }

  /** The checks that come after a document is known to be valid. @throws GraphloomError `LIMIT_EXCEEDED`. */
  checkVariables(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): void {
    const { schema, limits } = this.#options
    requireWithin('variablesBytes', 'GRAPHLOOM_LIMIT_VARIABLES_BYTES', bytesOf(variables), limits)
    checkOperation({ schema, document, operation, variables, limits })
  }

  /** The document of a text. @throws OperationRejected, GraphloomError `LIMIT_EXCEEDED`. */
  requireDocument(text: string): DocumentNode {
    return this.#documents.require(text)
  }

  /** Runs a query or mutation. */
  async execute(operation: PreparedOperation): Promise<FormattedExecutionResult> {
    return this.#traced(operation, async () => {
      const result = await this.executeRaw(operation)
      this.#options.onOperation(operation.operation.operation, result.errors ? 'error' : 'success')
      return this.format(result)
    })
  }

  /** As `execute`, for an adapter that formats errors itself. */
  executeForApollo(operation: PreparedOperation): Promise<ExecutionResult> {
    return this.#traced(operation, async () => {
      const result = await this.executeRaw(operation)
      this.#options.onOperation(operation.operation.operation, result.errors ? 'error' : 'success')
      return result
    })
  }

  /** Execution alone, with errors as they are. */
  async executeRaw(
    { document, operationName, variables, caller }: PreparedOperation,
    rootValue?: unknown,
  ): Promise<ExecutionResult> {
    const { createContext } = this.#options
    const context = createContext({ principal: caller.principal, signal: caller.signal })
    return this.#executor.execute({ document, operationName, variables, rootValue, context })
  }

  /** Opens a subscription: its items, or the result that says why there are none. */
  async subscribe(operation: PreparedOperation): Promise<SubscriptionResults | FormattedExecutionResult> {
    const { document, operationName, variables, caller } = operation
    const { schema, createContext } = this.#options
    const source = await this.#traced(operation, () =>
      createSourceEventStream({
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: createContext({ principal: caller.principal, signal: caller.signal }),
      }),
    )
    const opened = Symbol.asyncIterator in source
    this.#options.onOperation('subscription', opened ? 'success' : 'error')
    return opened ? this.#toResults(operation, source) : this.format(source)
  }

  format({ errors, ...result }: ExecutionResult): FormattedExecutionResult {
    return errors ? { errors: errors.map((error) => this.formatError(error)), ...result } : result
  }

  #toResults(operation: PreparedOperation, source: AsyncIterable<unknown>): SubscriptionResults {
    const key = this.#keyOf(operation)
    return new SubscriptionResults({
      source: source[Symbol.asyncIterator](),
      execute: (item) => this.#executeItem(operation, key, item),
      toErrorResult: (error) => ({ errors: [this.formatError(error)], data: null }),
      signal: operation.caller.signal,
    })
  }

  #executeItem(operation: PreparedOperation, key: string, item: unknown): Promise<FormattedExecutionResult> {
    if (item === null || typeof item !== 'object') return this.#runItem(operation, item)
    let results = this.#shared.get(item)
    if (!results) this.#shared.set(item, (results = new Map<string, Promise<FormattedExecutionResult>>()))
    let result = results.get(key)
    if (!result) results.set(key, (result = this.#runItem(operation, item)))
    return result
  }

  #runItem(operation: PreparedOperation, item: unknown): Promise<FormattedExecutionResult> {
    const caller = { ...operation.caller, signal: this.#forever }
    return context.with(caller.trace, async () => this.format(await this.executeRaw({ ...operation, caller }, item)))
  }

  /** Equal for operations that give the same for an item: text, variables but `after`, and the caller's rights. */
  #keyOf({ document, operationName, variables, caller }: PreparedOperation): string {
    let text = this.#operationKeys.get(document)
    if (text === undefined) this.#operationKeys.set(document, (text = String(this.#nextDocument++)))
    const { after: _after, ...asked } = variables
    const { tenantId, subject, roles } = caller.principal
    return canonicalJson([text, operationName ?? null, asked, tenantId, subject, [...roles].sort()])
  }

  /** The caller in the trace that `extensions.traceparent` names, where it names one. */
  inTraceOf(extensions: unknown, caller: Caller): Caller {
    if (extensions === null || typeof extensions !== 'object' || !('traceparent' in extensions)) return caller
    const { traceparent } = extensions
    return typeof traceparent === 'string' ? { ...caller, trace: this.#options.toTrace(traceparent) } : caller
  }

  #prepare({ query, operationName, variables, extensions }: OperationRequest, caller: Caller): PreparedOperation {
    if (typeof query !== 'string' || query === '')
      throw new GraphloomError('BAD_REQUEST', 'The request must have a "query" that is a text.')
    if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
      throw new GraphloomError('BAD_REQUEST', '"operationName" must be a text.')
    if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
      throw new GraphloomError('BAD_REQUEST', '"variables" must be an object.')
    const document = this.requireDocument(query)
    const operation = getOperationAST(document, operationName)
    if (!operation) throw noSuchOperation()
    const given = (variables ?? {}) as Record<string, unknown>
    this.checkVariables(document, operation, given)
    return {
      document,
      operation,
      operationName: operationName ?? undefined,
      variables: given,
      caller: this.inTraceOf(extensions, caller),
    }
  }

  /** The span of an execution, by OpenTelemetry's semantic conventions; graphql's own `execute` may not be part of it. */
  async #traced<T>({ operation, caller }: PreparedOperation, work: () => Promise<T>): Promise<T> {
    const attributes = {
      'graphql.operation.type': operation.operation,
      ...(operation.name && { 'graphql.operation.name': operation.name.value }),
    }
    const span = trace
      .getTracer(TRACER)
      .startSpan(`graphql ${operation.operation}`, { kind: SpanKind.SERVER, attributes }, caller.trace)
    try {
      return await context.with(trace.setSpan(caller.trace, span), work)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  }
}

/** @throws GraphloomError `BAD_REQUEST` for what is nested too deeply to be written. */
function bytesOf(variables: Readonly<Record<string, unknown>>): number {
  try {
    return Buffer.byteLength(JSON.stringify(variables))
  } catch (error) {
    throw new GraphloomError('BAD_REQUEST', 'The variables are nested too deeply.', { cause: error })
  }
}
