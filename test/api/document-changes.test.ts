import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  CancelIngestionDocument,
  DocumentDocument,
  KnowledgeBaseIngestionDocument,
  RetryDocumentsDocument,
  TaskDocument,
  UpdateDocumentDocument,
  type UpdateDocumentInput,
} from '../generated/graphql.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'
import { ALLOWED_ADDRESS, WebServer } from '../support/web-server.js'

let server: TestServer
let ada: string
let bob: string
let client: KnowledgeClient
let bobs: KnowledgeClient
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('changes-models')).path
  await writeEmbeddingModel(join(models, 'all-MiniLM-L6-v2'))
  await writeCatalogue(models)
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_JWT_SECRET: JWT_SECRET,
      GRAPHLOOM_MODELS_DIR: models,
      GRAPHLOOM_WEB_ALLOWED_ADDRESSES: ALLOWED_ADDRESS,
    }),
  )
  ada = await signToken('acme')
  bob = await signToken('acme', ['MEMBER'], { subject: 'bob' })
  client = new KnowledgeClient(server, ada)
  bobs = new KnowledgeClient(server, bob)
})
afterAll(() => stack.disposeAsync())

const TEXT = Array.from({ length: 40 }, (_, i) => `cat ${i} dog`).join('\n\n')

async function ask(input: UpdateDocumentInput, token = ada) {
  return (await server.request(UpdateDocumentDocument, { input }, token)).updateDocument
}

async function update(input: UpdateDocumentInput, token = ada) {
  const updated = await ask(input, token)
  if (updated.__typename !== 'UpdatedDocument') throw new Error(JSON.stringify(updated))
  const { task } = await readToEnd(server, updated.task.id, { token })
  expect(task).toMatchObject({ state: 'SUCCEEDED', output: { ready: 1, failed: 0 } })
  return updated
}

const read = async (id: string, token = ada) => (await server.request(DocumentDocument, { id }, token)).document

test('metadata and readers change without anything being embedded; what is left out stays', async () => {
  await client.create({
    name: 'changed',
    chunking: { maxTokens: 8 },
    metadataFields: [{ name: 'year', kind: 'NUMBER' }],
  })
  const [added] = await client.add('changed', [{ title: 'Pets', text: TEXT, metadata: { year: 2024 } }])
  const { id } = added!
  const before = (await read(id))!
  const later = { field: { name: 'year', gte: 2025 } }
  expect(await client.search('changed', 'cat', { mode: 'TEXT', filter: later })).toEqual([])

  await update({ id, metadata: { year: 2026 } })
  expect(await read(id)).toMatchObject({
    title: 'Pets',
    versionNumber: 2,
    metadata: { year: 2026 },
    contentSha256: before.contentSha256,
    chunkCount: before.chunkCount,
    diff: { embedded: 0, removed: 0, unchanged: before.chunkCount },
  })
  expect(await client.search('changed', 'cat', { mode: 'TEXT', filter: later })).not.toEqual([])

  await update({ id, access: { users: [], groups: [] } })
  expect(await read(id)).toMatchObject({ metadata: { year: 2026 }, diff: { embedded: 0 }, access: { users: ['ada'] } })
  expect(await read(id, bob)).toBeNull()
  expect(await bobs.search('changed', 'cat')).toEqual([])

  await update({ id, text: `${TEXT}\n\nbird` })
  expect(await read(id)).toMatchObject({ access: { users: ['ada'] }, metadata: { year: 2026 }, diff: { embedded: 1 } })
  await update({ id, access: null, metadata: null })
  expect(await read(id, bob)).toMatchObject({ access: null, metadata: {} })
  expect((await bobs.search('changed', 'bird', { mode: 'TEXT' })).length).toBeGreaterThan(0)
})

test('readers that are taken away see nothing from the answer on, whatever comes after', async () => {
  await client.create({ name: 'closed', chunking: { maxTokens: 8 } })
  const [added] = await client.add('closed', [{ key: 'a', text: 'cat' }])
  const { id } = added!
  const [slow] = await Promise.all([client.startAdding('closed', [{ key: 'a', text: TEXT, access: null }])])
  const closed = await ask({ id, text: 'dog', access: { users: [], groups: [] } })
  expect(closed.__typename).toBe('UpdatedDocument')
  expect(await read(id, bob)).toBeNull()
  expect(await bobs.search('closed', 'cat')).toEqual([])
  await readToEnd(server, slow.task.id, { token: ada })
  expect(await read(id, bob)).toBeNull()
  await client.add('closed', [{ key: 'a', text: 'fish' }])
  expect(await read(id, bob)).toBeNull()
  expect(await bobs.search('closed', 'fish')).toEqual([])
  expect(await client.search('closed', 'fish', { mode: 'TEXT' })).toHaveLength(1)
})

test('mistakes are told by their path, and nothing of what is not theirs is told to others', async () => {
  await client.create({ name: 'strict', metadataFields: [{ name: 'year', kind: 'NUMBER' }] })
  const [added, hidden] = await client.add('strict', [
    { text: 'cat' },
    { key: 'own', text: 'dog', access: { users: [] } },
  ])
  const { id } = added!
  expect(await ask({ id })).toMatchObject({ __typename: 'InvalidInput', path: 'input' })
  expect(await ask({ id, metadata: { year: 'x' } })).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await ask({ id, metadata: { month: 1 } })).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await ask({ id, text: 'a', url: 'https://example.com/' })).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await ask({ id, url: 'ftp://example.com/' })).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await ask({ id: 'doc_0', text: 'a' })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await ask({ id: hidden!.id, text: 'a' }, bob)).toMatchObject({ code: 'NOT_FOUND' })
  const theirs = { knowledgeBase: 'strict', ids: [hidden!.id] }
  const retried = await server.request(RetryDocumentsDocument, { input: theirs }, bob)
  expect(retried.retryDocuments).toMatchObject({ code: 'NOT_FOUND' })
  const own = await server.request(RetryDocumentsDocument, { input: theirs }, ada)
  expect(own.retryDocuments).toMatchObject({ code: 'CONFLICT' })
  const task = (await read(hidden!.id))!.ingestion!.id
  expect((await server.request(TaskDocument, { id: task }, bob)).task).toMatchObject({ input: null })
  expect(JSON.stringify((await server.request(TaskDocument, { id: task }, ada)).task!.input)).toContain('dog')
})

test('what failed is tried again as it was given, alone or all of a base', async () => {
  let isThere = false
  await using web = await WebServer.start(
    (_request, response) => {
      response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/plain' }).end('red bird')
    },
    { host: ALLOWED_ADDRESS },
  )
  await client.create({ name: 'again' })
  const added = await client.add('again', [
    { key: 'web', url: `${web.origin}/a`, access: { users: ['bob'] } },
    { url: `${web.origin}/b` },
    { key: 'good', text: 'cat' },
  ])
  const [first, second, good] = added
  expect(await read(first!.id)).toMatchObject({ state: 'FAILED' })
  isThere = true
  const ask = async (ids: string[] | null, token = ada) =>
    (await server.request(RetryDocumentsDocument, { input: { knowledgeBase: 'again', ids } }, token)).retryDocuments
  const one = await ask([first!.id], bob)
  if (one.__typename !== 'RetriedDocuments') throw new Error(JSON.stringify(one))
  await readToEnd(server, one.task!.id, { token: ada })
  expect(await read(first!.id)).toMatchObject({ state: 'READY', key: 'web', access: { users: ['bob', 'ada'] } })
  const all = await ask(null)
  if (all.__typename !== 'RetriedDocuments') throw new Error(JSON.stringify(all))
  expect(all.documents.map(({ id }) => id)).toEqual([second!.id])
  await readToEnd(server, all.task!.id, { token: ada })
  expect(await read(second!.id)).toMatchObject({ state: 'READY', versionNumber: 2 })
  expect(await read(good!.id)).toMatchObject({ versionNumber: 1 })
  expect(await ask(null)).toMatchObject({ task: null, documents: [], notKept: [] })
})

test('what a base was given can be ended, and taken up again', async () => {
  await client.create({ name: 'ended', chunking: { maxTokens: 8 } })
  const documents = Array.from({ length: 60 }, (_, i) => ({ key: String(i), text: `${TEXT} ${i}` }))
  const { task } = await client.startAdding('ended', documents)
  const figures = async () =>
    (await server.request(KnowledgeBaseIngestionDocument, { name: 'ended' }, ada)).knowledgeBase!.ingestion
  await waitFor('the first documents', async () => (await figures()).ready > 0)
  const { cancelIngestion } = await server.request(CancelIngestionDocument, { input: { knowledgeBase: 'ended' } }, ada)
  expect(cancelIngestion).toEqual({ __typename: 'CancelledIngestion', taskCount: 1 })
  expect((await readToEnd(server, task.id, { token: ada })).task).toMatchObject({ state: 'CANCELLED' })
  const { ready, failed, waiting, total } = await figures()
  expect({ waiting, total, sum: ready + failed }).toEqual({ waiting: 0, total: 60, sum: 60 })
  expect(failed).toBeGreaterThan(0)
  const { retryDocuments } = await server.request(RetryDocumentsDocument, { input: { knowledgeBase: 'ended' } }, ada)
  if (retryDocuments.__typename !== 'RetriedDocuments') throw new Error(JSON.stringify(retryDocuments))
  expect(retryDocuments.documents).toHaveLength(failed)
  await readToEnd(server, retryDocuments.task!.id, { token: ada })
  expect(await figures()).toMatchObject({ ready: 60, failed: 0 })
}, 60_000)
