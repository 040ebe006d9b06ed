import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AddDocumentsDocument,
  CancelTaskDocument,
  CreateKnowledgeBaseDocument,
  DeleteDocumentDocument,
  DeleteKnowledgeBaseDocument,
  DocumentChunksDocument,
  DocumentDocument,
  DocumentVersionsDocument,
  KnowledgeBaseDocument,
  KnowledgeBaseDocumentsDocument,
  KnowledgeBasesDocument,
  PreviewChunksDocument,
  SearchDocument,
  UpdateKnowledgeBaseDocument,
  type CreateKnowledgeBaseInput,
  type PreviewChunksInput,
  type SearchInput,
} from '../generated/graphql.js'
import { readToEnd, readUntil } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { MISTAKES, OF_WRONG_TYPE, SEARCH_MISTAKES } from '../support/knowledge-mistakes.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'

const GUIDE = `# Beekeeping

## Hives

A Langstroth hive has frames that can be taken out one by one. Worker bees build wax combs on them.

## Honey

Honey is extracted in summer, when the combs are capped. Leave enough for the winter.
`

const LETTER = 'The harvest of apples was poor this year. Frost came in May and killed the blossoms.'

const FIELDS = [
  { name: 'author', kind: 'TEXT' },
  { name: 'year', kind: 'NUMBER' },
  { name: 'tags', kind: 'LIST' },
  { name: 'sent', kind: 'DATE' },
] as const

describe.each(STORES_BRIEFLY)('knowledge bases, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let ada: KnowledgeClient
  let adaToken: string
  let eveToken: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    adaToken = await signToken('acme')
    eveToken = await signToken('evil')
    ada = new KnowledgeClient(server, adaToken)
    await ada.create({ name: 'guides', chunking: { maxTokens: 48 }, metadataFields: [...FIELDS] })
    await ada.add('guides', [
      {
        key: 'bees',
        source: 'bees.md',
        mediaType: 'text/markdown',
        text: GUIDE,
        metadata: { author: 'Ada', year: 2020, tags: ['bees', 'wax'] },
      },
      { key: 'letter', title: 'A letter', text: LETTER, metadata: { author: 'Bob', year: 1999, sent: '1999-10-01' } },
    ])
  })
  afterAll(() => stack.disposeAsync())

  test('a base is made with defaults, found, changed and listed', async () => {
    const made = await ada.create({ name: 'first', description: 'Notes' })
    expect(made).toMatchObject({
      description: 'Notes',
      chunking: { method: 'STRUCTURE', overlapTokens: 32, withHeadings: true },
      language: 'ENGLISH',
      metadataFields: [],
      documentCount: 0,
      createdBy: 'ada',
    })
    const input = {
      name: 'first',
      newName: 'second',
      description: null,
      addMetadataFields: [{ name: 'year', kind: 'NUMBER' as const }],
    }
    const { updateKnowledgeBase } = await server.request(UpdateKnowledgeBaseDocument, { input }, adaToken)
    expect(updateKnowledgeBase).toMatchObject({
      id: made.id,
      name: 'second',
      description: null,
      metadataFields: [{ name: 'year', kind: 'NUMBER' }],
    })
    expect((await server.request(KnowledgeBaseDocument, { name: 'first' }, adaToken)).knowledgeBase).toBeNull()
    const { knowledgeBases } = await server.request(KnowledgeBasesDocument, { first: 10 }, adaToken)
    expect(knowledgeBases.nodes.map(({ name }) => name)).toEqual(['guides', 'second'])
  })

  test.each(MISTAKES)('%s makes no base', async (_title, input, path) => {
    const { createKnowledgeBase } = await server.request(CreateKnowledgeBaseDocument, { input }, adaToken)
    expect(createKnowledgeBase).toMatchObject({ __typename: 'InvalidInput', path })
  })

  test('names are taken once, and unknown models are told', async () => {
    const ask = async (input: CreateKnowledgeBaseInput) =>
      (await server.request(CreateKnowledgeBaseDocument, { input }, adaToken)).createKnowledgeBase
    expect(await ask({ name: 'guides' })).toMatchObject({ __typename: 'Conflict' })
    expect(await ask({ name: 'm', embeddingModel: 'nobody' })).toMatchObject({ __typename: 'NotFound' })
    expect((await new KnowledgeClient(server, eveToken).create({ name: 'guides' })).documentCount).toBe(0)
  })

  test('documents become chunks that are slices of their text', async () => {
    const { knowledgeBase } = await server.request(
      KnowledgeBaseDocumentsDocument,
      { name: 'guides', first: 10 },
      adaToken,
    )
    const nodes = knowledgeBase!.documents.nodes
    const bees = nodes.find(({ key }) => key === 'bees')!
    expect(bees).toMatchObject({
      state: 'READY',
      title: 'Beekeeping',
      mediaType: 'text/markdown',
      versionNumber: 1,
      latestNumber: 1,
      metadata: { author: 'Ada', year: 2020, tags: ['bees', 'wax'] },
      access: null,
      error: null,
    })
    expect(nodes.find(({ key }) => key === 'letter')).toMatchObject({
      title: 'A letter',
      metadata: { sent: '1999-10-01T00:00:00.000Z' },
    })
    const { document } = await server.request(DocumentChunksDocument, { id: bees.id, first: 100 }, adaToken)
    const { text, chunks } = document!.version!
    expect(chunks.nodes.length).toBe(bees.chunkCount)
    for (const chunk of chunks.nodes) expect(text!.slice(chunk.start, chunk.end)).toBe(chunk.text)
    expect(chunks.nodes.map(({ headings }) => headings.at(-1))).toContain('Honey')
    const base = await server.request(KnowledgeBaseDocument, { name: 'guides' }, adaToken)
    expect(base.knowledgeBase).toMatchObject({
      documentCount: 2,
      chunkCount: nodes.reduce((sum, one) => sum + one.chunkCount, 0),
    })
  })

  test('a preview shows what a document would become, and stores nothing', async () => {
    const preview = async (input: PreviewChunksInput) =>
      (await server.request(PreviewChunksDocument, { input }, adaToken)).previewChunks
    const document = { mediaType: 'text/markdown', text: GUIDE }
    const asStored = await preview({ knowledgeBase: 'guides', document })
    expect(asStored).toMatchObject({ title: 'Beekeeping', mediaType: 'text/markdown' })
    expect(asStored.chunks).toHaveLength(asStored.chunkCount)
    for (const { text, start, end, searched } of asStored.chunks) {
      expect(asStored.text.slice(start, end)).toBe(text)
      expect(searched.endsWith(text)).toBe(true)
    }
    const smaller = await preview({
      knowledgeBase: 'guides',
      document,
      chunking: { maxTokens: 16, withHeadings: false },
    })
    expect(smaller.chunkCount).toBeGreaterThan(asStored.chunkCount)
    expect(smaller.chunks.every(({ tokens }) => tokens <= 16)).toBe(true)
    const base = await server.request(KnowledgeBaseDocument, { name: 'guides' }, adaToken)
    expect(base.knowledgeBase!.documentCount).toBe(2)
  })

  test.each(['VECTOR', 'TEXT', 'HYBRID'] as const)('by %s the right chunk is first', async (mode) => {
    const [first] = await ada.search('guides', 'When is honey extracted?', { mode })
    expect(first).toMatchObject({
      rank: 1,
      document: { key: 'bees' },
      chunk: { headings: expect.arrayContaining(['Honey']) as string[] },
    })
    const { vector, text, fused } = first!.scores
    expect(vector === null).toBe(mode === 'TEXT')
    expect(text === null).toBe(mode === 'VECTOR')
    expect(first!.score).toBe(fused)
    const words = first!.highlights.map(({ start, end }) => first!.chunk.text.slice(start, end))
    expect(words).toEqual(expect.arrayContaining(['Honey', 'extracted']))
  })

  test('filters choose before the ranking, of every kind', async () => {
    const keys = async (filter: SearchInput['filter']) => {
      const hits = await ada.search('guides', 'bees and apples', { filter, mode: 'VECTOR', onePerDocument: true })
      return hits.map(({ document }) => document.key).sort()
    }
    expect(await keys(null)).toEqual(['bees', 'letter'])
    expect(await keys({ field: { name: 'author', eq: 'Ada' } })).toEqual(['bees'])
    expect(await keys({ field: { name: 'year', lt: 2000, gte: 1999 } })).toEqual(['letter'])
    expect(await keys({ field: { name: 'tags', contains: 'wax' } })).toEqual(['bees'])
    expect(await keys({ not: { field: { name: 'tags', contains: 'wax' } } })).toEqual(['letter'])
    expect(await keys({ field: { name: 'sent', isMissing: true } })).toEqual(['bees'])
    expect(await keys({ field: { name: 'sent', gt: '1999-09-30', lt: '1999-10-02T00:00:00Z' } })).toEqual(['letter'])
    expect(
      await keys({ or: [{ field: { name: 'author', in: ['Bob', 'Eve'] } }, { field: { name: 'year', eq: 2020 } }] }),
    ).toEqual(['bees', 'letter'])
    expect(
      await keys({ and: [{ field: { name: 'author', ne: 'Ada' } }, { field: { name: 'year', eq: 2020 } }] }),
    ).toEqual([])
  })

  test('scores bound hits, a document has one, neighbours come along', async () => {
    const all = await ada.search('guides', 'honey in winter', { mode: 'VECTOR' })
    const bound = all[1]!.score
    const some = await ada.search('guides', 'honey in winter', { mode: 'VECTOR', minScore: bound, neighbours: 1 })
    expect(some.map(({ chunk }) => chunk.id)).toEqual(
      all.filter(({ score }) => score >= bound).map(({ chunk }) => chunk.id),
    )
    expect(some.some(({ neighbours }) => neighbours.length > 0)).toBe(true)
    for (const { chunk, neighbours } of some)
      for (const { ordinal } of neighbours) expect(Math.abs(ordinal - chunk.ordinal)).toBe(1)
    const single = await ada.search('guides', 'honey in winter', { onePerDocument: true })
    expect(single.map(({ document }) => document.key).sort()).toEqual(['bees', 'letter'])
  })

  test('a question that is longer than the model takes is asked by its beginning', async () => {
    const query = `When is honey extracted? ${'Tell me. '.repeat(500)}`
    const [first] = await ada.search('guides', query, { mode: 'VECTOR' })
    expect(first).toMatchObject({ document: { key: 'bees' } })
  })

  test.each(SEARCH_MISTAKES)('%s is refused by its path', async (_title, input, path) => {
    const asked = { knowledgeBases: ['guides'], query: 'bees', ...input }
    const { errors } = await server.send(SearchDocument, { input: asked }, adaToken)
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', inputPath: path } })
  })

  test.each(OF_WRONG_TYPE)('%s is refused by the schema', async (_title, input) => {
    const asked = { knowledgeBases: ['guides'], query: 'x', ...input } as SearchInput
    const { data, errors } = await server.send(SearchDocument, { input: asked }, adaToken)
    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  test('bases and models that are not there are named', async () => {
    const ask = (input: Partial<SearchInput>) =>
      server.send(SearchDocument, { input: { knowledgeBases: ['guides'], query: 'x', ...input } }, adaToken)
    expect((await ask({ knowledgeBases: ['nothing'] })).errors?.[0]).toMatchObject({
      message: expect.stringContaining('"nothing"') as string,
      extensions: { code: 'NOT_FOUND' },
    })
    expect((await ask({ rerank: { model: 'nothing' } })).errors?.[0]).toMatchObject({
      message: expect.stringContaining('"nothing"') as string,
      extensions: { code: 'NOT_FOUND' },
    })
  })

  test('a new version of a key is served at once and whole; unchanged chunks are not embedded again', async () => {
    await ada.create({ name: 'versions', chunking: { maxTokens: 48 } })
    const [document] = await ada.add('versions', [{ key: 'bees', mediaType: 'text/markdown', text: GUIDE }])
    await ada.add('versions', [
      { key: 'bees', mediaType: 'text/markdown', text: GUIDE.replace('in summer', 'in August') },
    ])
    const { nodes } = (await server.request(DocumentVersionsDocument, { id: document!.id, first: 10 }, adaToken))
      .document!.versions
    expect(nodes.map(({ number, superseded }) => [number, superseded])).toEqual([
      [2, false],
      [1, true],
    ])
    expect(nodes[0]!.diff).toMatchObject({ embedded: 1, removed: 1 })
    expect(nodes[0]!.diff!.unchanged).toBeGreaterThan(0)
    expect(await ada.search('versions', 'summer', { mode: 'TEXT' })).toEqual([])
    expect((await ada.search('versions', 'august', { mode: 'TEXT' }))[0]).toMatchObject({
      document: { versionNumber: 2 },
    })
  })

  test('a deleted document is gone at once, and its key is free', async () => {
    await ada.create({ name: 'deletions' })
    const [one] = await ada.add('deletions', [{ key: 'k', text: LETTER }])
    const deleting = await server.request(DeleteDocumentDocument, { input: { id: one!.id } }, adaToken)
    expect(deleting.deleteDocument).toMatchObject({ deletedId: one!.id })
    expect(await ada.search('deletions', 'apples')).toEqual([])
    expect((await server.request(DocumentDocument, { id: one!.id }, adaToken)).document).toBeNull()
    const again = await server.request(DeleteDocumentDocument, { input: { id: one!.id } }, adaToken)
    expect(again.deleteDocument).toMatchObject({ __typename: 'NotFound' })
    await ada.add('deletions', [{ key: 'k', text: GUIDE }])
    expect((await ada.search('deletions', 'honey'))[0]).toMatchObject({ document: { key: 'k' } })
  })

  test('a document that cannot be read fails by itself', async () => {
    await ada.create({ name: 'failures' })
    const documents = [
      { key: 'empty', text: ' \n ' },
      { key: 'letter', text: LETTER },
    ]
    await ada.add('failures', documents)
    const { knowledgeBase } = await server.request(
      KnowledgeBaseDocumentsDocument,
      { name: 'failures', state: 'FAILED' },
      adaToken,
    )
    expect(knowledgeBase!.documents.nodes).toMatchObject([{ key: 'empty', error: { code: 'DOCUMENT_UNREADABLE' } }])
    expect(await ada.search('failures', 'apples')).toHaveLength(1)
  })

  test('a question does not wait for documents that are being embedded', async () => {
    await ada.create({ name: 'bulk' })
    const documents = Array.from({ length: 150 }, (_, i) => ({ text: `${i}. ${LETTER} `.repeat(12) }))
    const { task } = await ada.startAdding('bulk', documents)
    await readUntil(server, task.id, 'RUNNING', adaToken)
    expect(await ada.search('guides', 'Who builds combs of wax?', { mode: 'VECTOR' })).not.toEqual([])
    const { cancelTask } = await server.request(CancelTaskDocument, { input: { id: task.id } }, adaToken)
    expect(cancelTask).toMatchObject({ __typename: 'Task' })
    const { task: ended } = await readToEnd(server, task.id, { token: adaToken })
    expect(ended).toMatchObject({ state: 'CANCELLED' })
  })

  test('documents are accepted once per idempotency key; mistakes are told by their path', async () => {
    await ada.create({ name: 'accepting', metadataFields: [...FIELDS] })
    const first = await ada.startAdding('accepting', [{ text: LETTER }], 'once')
    const again = await ada.startAdding('accepting', [{ text: LETTER }], 'once')
    expect(again.task.id).toBe(first.task.id)
    expect(again.documents.map(({ id }) => id)).toEqual(first.documents.map(({ id }) => id))
    const refuse = async (documents: Parameters<KnowledgeClient['add']>[1], knowledgeBase = 'accepting') =>
      (await server.request(AddDocumentsDocument, { input: { knowledgeBase, documents } }, adaToken)).addDocuments
    expect(await refuse([])).toMatchObject({ __typename: 'InvalidInput' })
    expect(await refuse([{ text: 'x' }], 'nothing')).toMatchObject({ __typename: 'NotFound' })
    expect(await refuse([{ text: 'x', metadata: { year: 'old' } }])).toMatchObject({
      path: 'input.documents.0.metadata.year',
    })
    expect(await refuse([{ text: 'x', metadata: { other: 1 } }])).toMatchObject({
      path: 'input.documents.0.metadata.other',
    })
    expect(
      await refuse([
        { key: 'k', text: 'x' },
        { key: 'k', text: 'y' },
      ]),
    ).toMatchObject({ path: 'input.documents.1.key' })
  })

  test('nothing of it is there for another tenant, or for nobody', async () => {
    const { knowledgeBase } = await server.request(
      KnowledgeBaseDocumentsDocument,
      { name: 'guides', first: 1 },
      adaToken,
    )
    const { id } = knowledgeBase!.documents.nodes[0]!
    expect((await server.request(DocumentDocument, { id }, eveToken)).document).toBeNull()
    const { deleteDocument } = await server.request(DeleteDocumentDocument, { input: { id } }, eveToken)
    expect(deleteDocument).toMatchObject({ __typename: 'NotFound' })
    const eve = new KnowledgeClient(server, eveToken)
    expect(await eve.search('guides', 'honey')).toEqual([])
    const { errors } = await server.send(
      SearchDocument,
      { input: { knowledgeBases: ['versions'], query: 'honey' } },
      eveToken,
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
    for (const [document, variables] of [
      [KnowledgeBasesDocument, {}],
      [SearchDocument, { input: { knowledgeBases: ['guides'], query: 'honey' } }],
      [DeleteKnowledgeBaseDocument, { input: { name: 'guides' } }],
    ] as const)
      expect(
        (await server.send(document as typeof SearchDocument, variables as never)).errors?.[0]?.extensions,
      ).toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('a deleted base is gone with everything in it, and its name is free', async () => {
    await ada.create({ name: 'gone' })
    const [one] = await ada.add('gone', [{ key: 'k', text: LETTER }])
    const { deleteKnowledgeBase } = await server.request(
      DeleteKnowledgeBaseDocument,
      { input: { name: 'gone' } },
      adaToken,
    )
    expect(deleteKnowledgeBase).toMatchObject({ __typename: 'DeletedKnowledgeBase' })
    const { errors } = await server.send(
      SearchDocument,
      { input: { knowledgeBases: ['gone'], query: 'apples' } },
      adaToken,
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
    expect((await ada.create({ name: 'gone' })).documentCount).toBe(0)
    expect(await ada.search('gone', 'apples')).toEqual([])
    expect(one).toBeDefined()
  })
})
