import {
  EvaluateRetrievalDocument,
  EvaluationDocument,
  EvaluationQueriesDocument,
  type EvaluateRetrievalInput,
  type EvaluationPartsFragment,
  type EvaluationQueriesQuery,
} from '../generated/graphql.js'
import { readToEnd } from './enqueued-tasks.js'
import type { GraphClient } from './graph-client.js'

type QueryEvaluation = NonNullable<EvaluationQueriesQuery['evaluation']>['perQuery']['nodes'][number]

export async function startEvaluation(
  server: GraphClient,
  input: EvaluateRetrievalInput,
  token?: string,
): Promise<EvaluationPartsFragment> {
  const { evaluateRetrieval } = await server.request(EvaluateRetrievalDocument, { input }, token)
  if (evaluateRetrieval.__typename !== 'Evaluation') throw new Error(JSON.stringify(evaluateRetrieval))
  return evaluateRetrieval
}

/** Evaluates, and waits for the end. */
export async function evaluate(
  server: GraphClient,
  input: EvaluateRetrievalInput,
  token?: string,
): Promise<EvaluationPartsFragment> {
  const { id, task } = await startEvaluation(server, input, token)
  await readToEnd(server, task!.id, { token })
  const { evaluation } = await server.request(EvaluationDocument, { id }, token)
  if (!evaluation?.metrics) throw new Error(JSON.stringify(evaluation))
  return evaluation
}

/** All that was found, page by page. */
export async function readQueries(server: GraphClient, id: string, token?: string): Promise<QueryEvaluation[]> {
  const found: QueryEvaluation[] = []
  for (let after: string | null = null; ;) {
    const asked = { id, first: 50, after }
    const page: EvaluationQueriesQuery = await server.request(EvaluationQueriesDocument, asked, token)
    const { perQuery } = page.evaluation!
    found.push(...perQuery.nodes)
    if (!perQuery.pageInfo.hasNextPage) return found
    after = perQuery.pageInfo.endCursor ?? null
  }
}
