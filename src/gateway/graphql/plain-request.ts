import type { IncomingHttpHeaders } from 'node:http'
import { OperationTypeNode } from 'graphql'
import { toPayloadJson } from '../payload-json.js'
import { OperationRejected } from './documents.js'
import type { Caller, OperationRequest, Pipeline, PreparedOperation } from './pipeline.js'

/** What `Accept` says when plain JSON is the answer without any negotiation. */
const ACCEPTS_JSON = new Set([undefined, '*/*', 'application/json'])

/**
 * Answers the request that most clients send, one valid query or mutation as JSON, as Apollo Server would, without
 * what Apollo does for other kinds of requests.
 * @returns the body of a response with status 200 and Apollo's headers; null for a request that Apollo has to answer,
 * of which nothing has been executed.
 */
export async function answerPlainRequest(
  pipeline: Pipeline,
  { headers, body }: { readonly headers: IncomingHttpHeaders; readonly body: unknown },
  caller: Caller,
): Promise<string | null> {
  if (!ACCEPTS_JSON.has(headers.accept) || body === null || typeof body !== 'object' || Array.isArray(body)) return null
  const operation = prepare(pipeline, body, caller)
  return operation ? `${toPayloadJson(await pipeline.execute(operation))}\n` : null
}

function prepare(pipeline: Pipeline, request: OperationRequest, caller: Caller): PreparedOperation | null {
  // Extensions can ask for features of Apollo.
  if (request.extensions !== undefined && request.extensions !== null) return null
  try {
    const prepared = pipeline.prepare(request, caller)
    return prepared.operation.operation === OperationTypeNode.SUBSCRIPTION ? null : prepared
  } catch (error) {
    if (error instanceof OperationRejected) return null
    throw error
  }
}
