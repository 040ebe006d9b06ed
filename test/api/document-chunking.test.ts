import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  AddDocumentsDocument,
  DocumentChunksDocument,
  DocumentVersionsDocument,
  PreviewChunksDocument,
  UpdateDocumentDocument,
  type ChunkingInput,
} from '../generated/graphql.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const PARAGRAPHS = 'red cat\n\nblue dog\n\ngood bird'

const stack = new AsyncDisposableStack()
let server: TestServer
let client: KnowledgeClient
beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('chunking-models')).path
  await writeEmbeddingModel(join(models, 'embedder'))
  await writeCatalogue(models)
  server = stack.use(await TestServer.start({ GRAPHLOOM_MODELS_DIR: models }))
  client = new KnowledgeClient(server)
  await client.create({ name: 'base', embeddingModel: 'embedder', chunking: { maxTokens: 16 } })
})
afterAll(() => stack.disposeAsync())

async function chunksOf(id: string): Promise<string[]> {
  const { document } = await server.request(DocumentChunksDocument, { id })
  return document!.version!.chunks.nodes.map(({ text }) => text)
}

async function update(id: string, chunking: ChunkingInput | null): Promise<void> {
  const { updateDocument } = await server.request(UpdateDocumentDocument, { input: { id, chunking } })
  if (updateDocument.__typename !== 'UpdatedDocument') throw new Error(JSON.stringify(updateDocument))
  await readToEnd(server, updateDocument.task.id)
}

test('a document has a chunking of its own, also in later versions and generations, until it is given up', async () => {
  const documents = [
    { key: 'as-all', text: PARAGRAPHS },
    { key: 'own', text: PARAGRAPHS, chunking: { method: 'ROW' } as const },
  ]
  const [asAll, own] = (await client.add('base', documents)).map(({ id }) => id)
  const rows = PARAGRAPHS.split('\n\n')
  expect(await chunksOf(asAll!)).toEqual([PARAGRAPHS])
  expect(await chunksOf(own!)).toEqual(rows)
  await client.add('base', [{ key: 'own', text: `${PARAGRAPHS}\n\nbad fish` }])
  expect(await chunksOf(own!)).toEqual([...rows, 'bad fish'])

  await client.reindex({ knowledgeBase: 'base', chunking: { maxTokens: 12 } })
  expect(await chunksOf(own!)).toEqual([...rows, 'bad fish'])
  const hits = await client.search('base', 'fish', { mode: 'TEXT' })
  expect(hits.map(({ chunk }) => chunk.text)).toEqual(['bad fish'])

  await update(own!, null)
  expect((await chunksOf(own!)).length).toBeLessThan(4)
  const { document } = await server.request(DocumentVersionsDocument, { id: own!, first: 10 })
  const row = { method: 'ROW', maxTokens: null, overlapTokens: null, withHeadings: null }
  const chunkings = new Map(document!.versions.nodes.map(({ number, chunking }) => [number, chunking]))
  expect(chunkings).toEqual(
    new Map([
      [1, row],
      [2, row],
      [3, null],
    ]),
  )
  await update(own!, { maxTokens: 8, withHeadings: false })
  expect((await chunksOf(own!)).length).toBeGreaterThan(1)
}, 60_000)

test('what the model cannot take is refused by its path; shorter chunks overlap less by themselves', async () => {
  const refused = async (chunking: ChunkingInput) => {
    const input = { knowledgeBase: 'base', documents: [{ text: 'a' }, { text: PARAGRAPHS, chunking }] }
    return (await server.request(AddDocumentsDocument, { input })).addDocuments
  }
  expect(await refused({ maxTokens: 1_000_000 })).toMatchObject({
    __typename: 'InvalidInput',
    path: 'input.documents.1.chunking.maxTokens',
  })
  expect(await refused({ maxTokens: 10, overlapTokens: 5 })).toMatchObject({
    __typename: 'InvalidInput',
    path: 'input.documents.1.chunking.overlapTokens',
  })
  await client.create({
    name: 'overlapping',
    embeddingModel: 'embedder',
    chunking: { maxTokens: 32, overlapTokens: 15 },
  })
  const text = `${PARAGRAPHS}\n\nbad red fish`
  const asked = { knowledgeBase: 'overlapping', document: { text } }
  const preview = async (chunking: ChunkingInput | null, own: ChunkingInput | null) => {
    const input = { ...asked, document: { ...asked.document, chunking: own }, chunking }
    return (await server.request(PreviewChunksDocument, { input })).previewChunks.chunks.map(({ text }) => text)
  }
  expect(await preview({ maxTokens: 8 }, null)).toEqual(await preview(null, { maxTokens: 8 }))
  expect((await preview({ maxTokens: 8 }, null)).length).toBeGreaterThan(1)
  expect(await preview(null, { method: 'ROW' })).toEqual(text.split('\n\n'))
})
