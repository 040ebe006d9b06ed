import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  DeleteDocumentDocument,
  IngestionEventsDocument,
  KnowledgeBaseIngestionDocument,
  type IngestionEventsSubscription,
  type IngestionEventsSubscriptionVariables,
} from '../generated/graphql.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

type Item = IngestionEventsSubscription['ingestionEvents']

let server: TestServer
let environment: Record<string, string>
let token: string
let client: KnowledgeClient
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('events-models')).path
  const data = stack.use(await createTemporaryFolder('events-data')).path
  await writeEmbeddingModel(join(models, 'all-MiniLM-L6-v2'))
  await writeCatalogue(models)
  environment = { GRAPHLOOM_JWT_SECRET: JWT_SECRET, GRAPHLOOM_MODELS_DIR: models, GRAPHLOOM_DATA_DIR: data }
  server = await TestServer.start(environment)
  token = await signToken('acme')
  client = new KnowledgeClient(server, token)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await stack.disposeAsync()
})

const LONG = 'cat dog bird fish red blue good bad '.repeat(300)

/** Items until one of them is what is waited for. */
async function follow(
  variables: IngestionEventsSubscriptionVariables,
  isLast: (item: Item, all: readonly Item[]) => boolean,
  more: { readonly transport?: 'websocket' | 'sse'; readonly token?: string; readonly onFirst?: () => unknown } = {},
): Promise<Item[]> {
  const items: Item[] = []
  for await (const { ingestionEvents: item } of server.subscribe(IngestionEventsDocument, variables, {
    token,
    ...more,
  })) {
    items.push(item)
    if (items.length === 1) more.onFirst?.()
    if (isLast(item, items)) break
  }
  return items
}

/** What the items say of each document, in order. */
function storiesOf(items: readonly Item[]) {
  const told = items.flatMap((item) => (item.__typename === 'IngestionChanged' ? item.documents : []))
  return Map.groupBy(told, ({ document }) => document?.key ?? '')
}

function expectNoHoles(items: readonly Item[]): void {
  for (const [i, item] of items.entries()) {
    if (i > 0) expect(item.fromSequence).toBe(items[i - 1]!.sequence + 1)
    expect(item.sequence).toBeGreaterThanOrEqual(item.fromSequence - 1)
  }
}

const PHASES = ['WAITING', 'FETCHING', 'PARSING', 'CHUNKING', 'EMBEDDING', 'INDEXING', 'READY']

test('the documents of a base are followed from waiting to ready or failed, with their own errors', async () => {
  await client.create({ name: 'told', chunking: { maxTokens: 8 } })
  const documents = [
    { key: 'long', text: LONG },
    { key: 'short', text: 'cat' },
    { key: 'wrong', text: '{"a": 1}\n{"b": ', mediaType: 'application/jsonl' },
  ]
  const isOver = (_item: Item, all: readonly Item[]): boolean =>
    [...storiesOf(all).values()].filter((story) => ['READY', 'FAILED'].includes(story.at(-1)!.phase)).length === 3
  const items = await follow({ knowledgeBase: 'told' }, isOver, {
    onFirst: () => client.startAdding('told', documents),
  })
  expectNoHoles(items)
  expect(items[0]).toMatchObject({
    __typename: 'IngestionSnapshot',
    knowledgeBase: { ingestion: { total: 0, waiting: 0, ready: 0, failed: 0, percent: 0, active: [] } },
    document: null,
  })
  const stories = storiesOf(items)
  for (const story of stories.values()) {
    const places = story.map(({ phase }) => PHASES.indexOf(phase)).filter((place) => place >= 0)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  }
  const ready = stories.get('long')!.at(-1)!
  expect(ready).toMatchObject({ phase: 'READY', versionNumber: 1, percent: 100, error: null })
  expect(ready.total).toBeGreaterThan(100)
  const embedding = stories.get('long')!.filter(({ phase }) => phase === 'EMBEDDING')
  expect(embedding.map(({ done }) => done)).toEqual(embedding.map(({ done }) => done).toSorted((a, b) => a - b))
  for (const { done, total, percent } of embedding) expect(percent).toBeCloseTo((100 * done) / total, 6)
  expect(stories.get('wrong')!.at(-1)).toMatchObject({
    phase: 'FAILED',
    error: { code: 'DOCUMENT_UNREADABLE', message: expect.stringContaining('Line 2') as string },
  })
  const { knowledgeBase } = await server.request(KnowledgeBaseIngestionDocument, { name: 'told' }, token)
  expect(knowledgeBase!.ingestion).toEqual({ total: 3, waiting: 0, ready: 2, failed: 1, percent: 100, active: [] })
})

test('a document is followed over several versions and a restart, and nothing is told twice', async () => {
  await client.create({ name: 'kept', chunking: { maxTokens: 8 } })
  const [added] = await client.add('kept', [{ key: 'a', text: 'cat' }])
  const document = added!.id
  const isReady =
    (version: number) =>
    (item: Item): boolean =>
      item.__typename === 'IngestionChanged' &&
      item.documents.some(({ versionNumber, phase }) => versionNumber === version && phase === 'READY')
  const first = await follow({ document }, isReady(2), {
    transport: 'sse',
    onFirst: () => client.startAdding('kept', [{ key: 'a', text: LONG }]),
  })
  expect(first[0]).toMatchObject({ document: { progress: { phase: 'READY', versionNumber: 1 } }, knowledgeBase: null })
  expectNoHoles(first)
  await server.kill()
  server = await TestServer.start(environment)
  client = new KnowledgeClient(server, token)
  const after = first.at(-1)!.cursor
  const following = follow({ document, after }, isReady(3))
  await client.startAdding('kept', [{ key: 'a', text: `${LONG} good` }])
  const second = await following
  expectNoHoles([first.at(-1)!, ...second])
  expect(second.map(({ __typename }) => __typename)).not.toContain('IngestionSnapshot')
})

test('what is not for somebody is not told them, and not counted', async () => {
  await client.create({ name: 'mixed' })
  const bob = await signToken('acme', ['MEMBER'], { subject: 'bob' })
  const eve = await signToken('evil')
  const isDone = (item: Item): boolean => storiesOf([item]).get('all')?.at(-1)?.phase === 'READY'
  const items = await follow({ knowledgeBase: 'mixed' }, isDone, {
    token: bob,
    onFirst: async () => {
      const [hidden] = await client.add('mixed', [{ key: 'own', text: 'cat', access: { users: [] } }])
      await server.request(DeleteDocumentDocument, { input: { id: hidden!.id } }, token)
      await client.add('mixed', [{ key: 'again', text: 'dog', access: { users: [] } }])
      await client.add('mixed', [{ key: 'all', text: 'bird' }])
    },
  })
  expectNoHoles(items)
  expect([...storiesOf(items).keys()]).toEqual(['all'])
  const { knowledgeBase } = await server.request(KnowledgeBaseIngestionDocument, { name: 'mixed' }, bob)
  expect(knowledgeBase!.ingestion).toMatchObject({ total: 1, ready: 1 })
  const none = (): boolean => true
  const [own] = (await client.search('mixed', 'dog', { mode: 'TEXT' })).map(({ document }) => document.id)
  await expect(follow({ document: own! }, none, { token: bob })).rejects.toThrow('NOT_FOUND')
  await expect(follow({ knowledgeBase: 'mixed' }, none, { token: eve })).rejects.toThrow('NOT_FOUND')
  await expect(follow({}, none)).rejects.toThrow('INVALID_INPUT')
  await expect(follow({ knowledgeBase: 'mixed', document: own! }, none)).rejects.toThrow('INVALID_INPUT')
})
