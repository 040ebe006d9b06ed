import { GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import { GraphloomError } from '../../kernel/errors.js'
import type { GatewayLimits } from '../../domain/limits.js'
import { checkDocument, requireWithin } from './operation-limits.js'

/** Errors of a document or its variables, ready to be sent. */
export class OperationRejected extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors[0]?.message ?? 'The operation was refused.')
    this.name = 'OperationRejected'
  }
}

const KEPT_DOCUMENTS = 2_000
const KEPT_BYTES = 64 * 1_048_576
/** Memory of a parsed document for each character of its text, about. */
const BYTES_PER_CHARACTER = 64
/** A client's mistake is looked at more than once for one answer, and often comes again. */
const KEPT_REFUSALS = 100
const KEPT_REFUSALS_BYTES = 8 * 1_048_576
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more tha[nt] \d+ tokens/

/** Documents by their texts: each is parsed and validated once, whatever transports it comes by. */
export class Documents {
  readonly #schema: GraphQLSchema
  readonly #limits: GatewayLimits
  readonly #known = new LRUCache<string, DocumentNode>({
    max: KEPT_DOCUMENTS,
    maxSize: KEPT_BYTES,
    sizeCalculation: sizeOf,
  })
  readonly #refused = new LRUCache<string, OperationRejected>({
    max: KEPT_REFUSALS,
    maxSize: KEPT_REFUSALS_BYTES,
    sizeCalculation: sizeOf,
  })

  constructor(options: { readonly schema: GraphQLSchema; readonly limits: GatewayLimits }) {
    this.#schema = options.schema
    this.#limits = options.limits
  }

  /** @throws OperationRejected when it does not parse or validate, GraphloomError `LIMIT_EXCEEDED` when it is too large. */
  require(text: string): DocumentNode {
    const known = this.#known.get(text)
    if (known) return known
    const refusal = this.#refused.get(text)
    if (refusal) throw refusal
    try {
      const document = this.#check(text)
      this.#known.set(text, document)
      return document
    } catch (error) {
      if (error instanceof OperationRejected) this.#refused.set(text, error)
      throw error
    }
  }

  #check(text: string): DocumentNode {
    requireWithin('documentBytes', 'GRAPHLOOM_LIMIT_DOCUMENT_BYTES', Buffer.byteLength(text), this.#limits)
    const document = this.#parse(text)
    checkDocument(document, this.#limits)
    const errors = validate(this.#schema, document)
    if (errors.length > 0)
      throw new OperationRejected(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')))
    return document
  }

  #parse(text: string): DocumentNode {
    const maxTokens = this.#limits.documentTokens
    try {
      return parse(text, { maxTokens })
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      if (TOO_MANY_TOKENS.test(error.message))
        throw new GraphloomError('LIMIT_EXCEEDED', `The tokens of the document may be ${maxTokens} at most.`, {
          details: { limit: { name: 'GRAPHLOOM_LIMIT_DOCUMENT_TOKENS', value: maxTokens } },
        })
      throw new OperationRejected([withCode(error, 'GRAPHQL_PARSE_FAILED')])
    }
  }
}

const sizeOf = (_kept: unknown, text: string): number => text.length * BYTES_PER_CHARACTER

function withCode(error: GraphQLError, code: string): GraphQLError {
  error.extensions['code'] ??= code
  return error
}

/** The form in which graphql's own code and Apollo pass errors on. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  const originalError = error instanceof Error ? error : new Error(String(error))
  const extensions = error instanceof GraphloomError ? { http: { status: error.httpStatus } } : {}
  return new GraphQLError(originalError.message, { originalError, extensions })
}

export const noSuchOperation = (): GraphloomError =>
  new GraphloomError(
    'OPERATION_RESOLUTION_FAILURE',
    'The document has no operation of this name, or several and none was named.',
  )
