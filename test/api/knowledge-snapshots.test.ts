import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DeleteDocumentDocument,
  DeleteGenerationDocument,
  DeleteSnapshotDocument,
  DocumentVersionsDocument,
  KnowledgeBaseSnapshotsDocument,
  RestoreSnapshotDocument,
  SearchDocument,
  SnapshotKnowledgeBaseDocument,
  UpdateDocumentDocument,
  UpdateKnowledgeBaseDocument,
} from '../generated/graphql.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { createRandom } from '../support/random.js'
import { testSeed } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const WORDS = ['cat', 'dog', 'bird', 'fish', 'red', 'blue', 'good', 'bad']
const random = createRandom(testSeed())
const words = (count: number): string =>
  Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]!).join(' ')

describe.each(STORES_BRIEFLY)('snapshots of a base that is kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let token: string
  let client: KnowledgeClient

  beforeAll(async () => {
    const models = stack.use(await createTemporaryFolder('snapshot-models')).path
    await writeEmbeddingModel(join(models, 'embedder'))
    await writeCatalogue(models)
    const more = { GRAPHLOOM_MODELS_DIR: models, GRAPHLOOM_JWT_SECRET: JWT_SECRET }
    server = stack.use(await TestServer.start({ ...(await openStore(stack, store)), ...more }))
    token = await signToken('acme')
    client = new KnowledgeClient(server, token)
  })
  afterAll(() => stack.disposeAsync())

  const makeBase = async (name: string) => {
    await client.create({
      name,
      embeddingModel: 'embedder',
      language: 'MIXED',
      chunking: { maxTokens: 12, overlapTokens: 0 },
      metadataFields: [{ name: 'sent', kind: 'DATE' }],
    })
    return client.add(
      name,
      Array.from({ length: 8 }, (_, i) => ({ key: `k${i}`, text: words(20), metadata: { sent: `2020-01-0${i + 1}` } })),
    )
  }

  const ask = async (name: string, mode: 'VECTOR' | 'TEXT' | 'HYBRID', asOf?: string, credentials = token) => {
    const input = { knowledgeBases: [name], query: 'red cat', mode, first: 100, ...(asOf && { asOf }) }
    return (await server.request(SearchDocument, { input }, credentials)).search
  }

  /** All that is found, once the indexes are whole. */
  const readAll = async (name: string, asOf?: string) => {
    await waitFor('whole indexes', async () => !(await ask(name, 'HYBRID', asOf)).degraded)
    const found = await Promise.all((['VECTOR', 'TEXT', 'HYBRID'] as const).map((mode) => ask(name, mode, asOf)))
    return found.map(({ hits }) =>
      hits.map(({ score, document, chunk }) => ({ score, key: document.key, id: chunk.id, text: chunk.text })),
    )
  }

  const snapshot = async (knowledgeBase: string, name: string, credentials = token) =>
    (await server.request(SnapshotKnowledgeBaseDocument, { input: { knowledgeBase, name } }, credentials))
      .snapshotKnowledgeBase

  const list = async (name: string) =>
    (await server.request(KnowledgeBaseSnapshotsDocument, { name }, token)).knowledgeBase!.snapshots

  const restore = async (knowledgeBase: string, name: string) => {
    const { restoreSnapshot } = await server.request(RestoreSnapshotDocument, { input: { knowledgeBase, name } }, token)
    if (restoreSnapshot.__typename !== 'RestoringSnapshot') throw new Error(JSON.stringify(restoreSnapshot))
    return (await readToEnd(server, restoreSnapshot.task.id, { token })).task
  }

  const remove = async (knowledgeBase: string, name: string) =>
    (await server.request(DeleteSnapshotDocument, { input: { knowledgeBase, name } }, token)).deleteSnapshot

  test('what was served is found again with the same scores, whatever came after', async () => {
    await makeBase('asked')
    const then = await readAll('asked')
    expect(await snapshot('asked', 'first')).toMatchObject({
      name: 'first',
      generation: { number: 1 },
      documentCount: 8,
      chunkCount: then[0]!.length,
    })
    await client.add('asked', [
      { key: 'k0', text: 'red cat red cat' },
      { key: 'k1', text: words(30) },
      { key: 'later', text: 'red cat' },
    ])
    await client.reindex({ knowledgeBase: 'asked', chunking: { maxTokens: 8 } })
    expect(await readAll('asked', 'first')).toEqual(then)
    expect(await ask('asked', 'VECTOR', 'first')).toMatchObject({ generations: [{ number: 1 }] })
    expect((await readAll('asked'))[0]![0]!.key).not.toBe(undefined)
    const input = { knowledgeBase: 'asked', number: 1 }
    const { deleteGeneration } = await server.request(DeleteGenerationDocument, { input }, token)
    expect(deleteGeneration).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('"first"') as string,
    })
  })

  test('a document that is deleted goes from snapshots too; readers are those of then and of now', async () => {
    const [first, second] = await makeBase('gone')
    await snapshot('gone', 'all')
    const then = await readAll('gone', 'all')
    await server.request(DeleteDocumentDocument, { input: { id: first!.id } }, token)
    const left = await readAll('gone', 'all')
    expect(left[0]).toEqual(then[0]!.filter(({ key }) => key !== 'k0'))
    expect(left[1]!.some(({ key }) => key === 'k0')).toBe(false)
    expect((await list('gone'))[0]).toMatchObject({ documentCount: 7 })

    const access = { users: ['ada'], groups: [] }
    await server.request(UpdateDocumentDocument, { input: { id: second!.id, access } }, token)
    const bob = await signToken('acme', ['MEMBER'], { subject: 'bob' })
    const { hits } = await ask('gone', 'VECTOR', 'all', bob)
    expect(hits.some(({ document }) => document.key === 'k1')).toBe(false)
    expect(hits.length).toBeGreaterThan(0)
  })

  test('documents go back to what they were, as new versions', async () => {
    const added = await makeBase('restored')
    await snapshot('restored', 'good')
    const then = await readAll('restored')
    await client.add('restored', [
      { key: 'k0', text: words(20), metadata: { sent: '2024-05-05' } },
      { key: 'k1', text: words(20) },
      { key: 'later', text: 'bird bird' },
    ])
    await client.add('restored', [{ key: 'k0', text: words(20) }])
    await client.reindex({ knowledgeBase: 'restored', chunking: { maxTokens: 8 }, activate: false })
    expect(await restore('restored', 'good')).toMatchObject({
      state: 'SUCCEEDED',
      output: { restored: 2, failed: 0, deleted: 0 },
    })
    const now = await readAll('restored')
    const told = (hits: (typeof now)[number]) => hits.map(({ key, text, score }) => `${key} ${text} ${score}`).sort()
    expect(told(now[0]!.filter(({ key }) => key !== 'later'))).toEqual(told(then[0]!))
    expect(now[0]!.filter(({ key }) => key === 'later')).toHaveLength(1)
    const { document } = await server.request(DocumentVersionsDocument, { id: added[0]!.id, first: 10 }, token)
    const [latest, ...others] = document!.versions.nodes
    expect(latest).toMatchObject({
      number: 4,
      superseded: false,
      metadata: { sent: '2020-01-01T00:00:00.000Z' },
      diff: { embedded: 0 },
    })
    expect(others.map(({ superseded }) => superseded)).toEqual([true, true, true])
    expect(await restore('restored', 'good')).toMatchObject({ state: 'SUCCEEDED' })
    await client.activate('restored', 2)
    expect(new Set((await readAll('restored'))[0]!.map(({ key }) => key)).size).toBe(9)
  })

  test('so many stay as are wanted, names are unique, and mistakes are told', async () => {
    await makeBase('few')
    const update = async (keep: number) =>
      (
        await server.request(
          UpdateKnowledgeBaseDocument,
          { input: { name: 'few', snapshotRetention: { keep } } },
          token,
        )
      ).updateKnowledgeBase
    expect(await update(0)).toMatchObject({ path: 'input.snapshotRetention.keep' })
    expect(await update(2)).toMatchObject({ snapshotRetention: { keep: 2, maxAgeDays: null } })
    for (const name of ['one', 'two', 'three']) await snapshot('few', name)
    expect((await list('few')).map(({ name }) => name)).toEqual(['three', 'two'])
    expect(await snapshot('few', 'two')).toMatchObject({ __typename: 'Conflict' })
    expect(await snapshot('few', 'a b')).toMatchObject({ path: 'input.name' })
    expect(await snapshot('nothing', 'one')).toMatchObject({ __typename: 'NotFound' })
    expect(await snapshot('few', 'one', await signToken('evil'))).toMatchObject({ __typename: 'NotFound' })
    expect(await remove('few', 'one')).toMatchObject({ __typename: 'NotFound' })
    expect(await remove('few', 'two')).toMatchObject({ __typename: 'DeletedSnapshot' })
    expect((await list('few')).map(({ name }) => name)).toEqual(['three'])
    const asked = { knowledgeBases: ['few'], query: 'cat', asOf: 'two' }
    const { errors } = await server.send(SearchDocument, { input: asked }, token)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
    const input = { knowledgeBase: 'few', name: 'two' }
    const { restoreSnapshot } = await server.request(RestoreSnapshotDocument, { input }, token)
    expect(restoreSnapshot).toMatchObject({ __typename: 'NotFound' })
    for (const document of [SnapshotKnowledgeBaseDocument, RestoreSnapshotDocument, DeleteSnapshotDocument]) {
      const sent = await server.send(document as typeof DeleteSnapshotDocument, { input })
      expect(sent.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    }
  })
})
