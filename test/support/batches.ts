import {
  PredictBatchDocument,
  PredictionBatchDocument,
  type PredictBatchMutation,
  type PredictBatchMutationVariables,
  type PredictionBatchQuery,
} from '../generated/graphql.js'
import type { TestServer } from './server.js'

type BatchTask = NonNullable<PredictionBatchQuery['task']>
export type BatchNode = NonNullable<BatchTask['batch']>['results']['edges'][number]['node']

export const askBatch = async (
  server: TestServer,
  variables: PredictBatchMutationVariables,
  token?: string,
): Promise<PredictBatchMutation['predictBatch']> =>
  (await server.request(PredictBatchDocument, variables, token)).predictBatch

/** The id of the task of a batch that must be accepted. */
export async function startBatch(
  server: TestServer,
  variables: PredictBatchMutationVariables,
  token?: string,
): Promise<string> {
  const result = await askBatch(server, variables, token)
  if (result.__typename !== 'Task') throw new Error(`Not accepted: ${JSON.stringify(result)}`)
  return result.id
}

export async function readBatch(server: TestServer, id: string, token?: string, first = 1): Promise<BatchTask> {
  const { task } = await server.request(PredictionBatchDocument, { id, first }, token)
  if (!task) throw new Error(`There is no task ${id}.`)
  return task
}

/** All results that there are by now, page by page, with the cursor to go on from. */
export async function readResults(
  server: TestServer,
  id: string,
  { token, after: from = null }: { readonly token?: string; readonly after?: string | null } = {},
): Promise<{ readonly nodes: BatchNode[]; readonly after: string | null }> {
  const nodes: BatchNode[] = []
  for (let after = from; ;) {
    const { task } = await server.request(PredictionBatchDocument, { id, first: 100, after }, token)
    const { edges, pageInfo } = task!.batch!.results
    nodes.push(...edges.map(({ node }) => node))
    after = pageInfo.endCursor ?? after
    if (!pageInfo.hasNextPage) return { nodes, after }
  }
}
