import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ActivateGenerationDocument,
  CancelTaskDocument,
  DeleteDocumentDocument,
  DeleteGenerationDocument,
  DocumentChunksDocument,
  KnowledgeBaseDocument,
  ReindexKnowledgeBaseDocument,
  SearchDocument,
  type ReindexKnowledgeBaseInput,
  type SearchQuery,
} from '../generated/graphql.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { createRandom } from '../support/random.js'
import { testSeed } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { createTemporaryFolder } from '../support/temporary.js'

const WORDS = ['cat', 'dog', 'bird', 'fish', 'red', 'blue', 'good', 'bad']
const random = createRandom(testSeed())
const words = (count: number): string =>
  Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]!).join(' ')

const LONG = { maxTokens: 16, overlapTokens: 0 }
const SHORT = { maxTokens: 8, overlapTokens: 0 }

type Found = SearchQuery['search']

describe.each(STORES_BRIEFLY)('generations of a base that is kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let token: string
  let client: KnowledgeClient

  beforeAll(async () => {
    const models = stack.use(await createTemporaryFolder('generation-models')).path
    await writeEmbeddingModel(join(models, 'embedder'))
    await writeEmbeddingModel(join(models, 'other'), { size: 6 })
    await writeCatalogue(models)
    const environment = await openStore(stack, store)
    const more = { GRAPHLOOM_MODELS_DIR: models, GRAPHLOOM_JWT_SECRET: JWT_SECRET }
    server = stack.use(await TestServer.start({ ...environment, ...more }))
    token = await signToken('acme')
    client = new KnowledgeClient(server, token)
  })
  afterAll(() => stack.disposeAsync())

  const makeBase = async (name: string, documents = 12) => {
    await client.create({ name, embeddingModel: 'embedder', language: 'MIXED', chunking: LONG })
    return client.add(
      name,
      Array.from({ length: documents }, (_, i) => ({ key: `k${i}`, text: words(20) })),
    )
  }

  const ask = async (name: string, mode: 'VECTOR' | 'TEXT' = 'VECTOR'): Promise<Found> => {
    const input = { knowledgeBases: [name], query: 'red cat', mode, first: 100, candidates: 1_000 }
    return (await server.request(SearchDocument, { input }, token)).search
  }

  const tell = ({ hits }: Found) =>
    hits.map(({ score, document, chunk }) => `${score.toFixed(6)} ${document.key} ${chunk.text}`).sort()

  const reindex = async (input: ReindexKnowledgeBaseInput, credentials = token) =>
    (await server.request(ReindexKnowledgeBaseDocument, { input }, credentials)).reindexKnowledgeBase

  const remove = async (knowledgeBase: string, number: number) =>
    (await server.request(DeleteGenerationDocument, { input: { knowledgeBase, number } }, token)).deleteGeneration

  test('another chunking and model are built beside, activated at once, and given up again', async () => {
    const [one] = await makeBase('built')
    const before = [tell(await ask('built')), tell(await ask('built', 'TEXT'))]
    const chunksOf = async () =>
      (await server.request(DocumentChunksDocument, { id: one!.id, first: 100 }, token)).document!.version!.chunks.nodes
    const longChunks = await chunksOf()

    const number = await client.reindex({
      knowledgeBase: 'built',
      embeddingModel: 'other',
      chunking: SHORT,
      activate: false,
    })
    expect(number).toBe(2)
    expect(await client.generations('built')).toMatchObject([
      {
        number: 2,
        state: 'READY',
        documentCount: 12,
        chunking: SHORT,
        task: { state: 'SUCCEEDED' },
        activatedAt: null,
      },
      { number: 1, state: 'ACTIVE', documentCount: 12, chunking: LONG, task: null },
    ])
    expect(await ask('built')).toMatchObject({ generations: [{ number: 1 }] })
    expect([tell(await ask('built')), tell(await ask('built', 'TEXT'))]).toEqual(before)

    await client.activate('built', 2)
    const after = await ask('built')
    expect(after).toMatchObject({ generations: [{ number: 2 }], degraded: false })
    expect(after.hits.length).toBeGreaterThan(before[0]!.length)
    expect(after.hits.every(({ chunk }) => chunk.tokens <= SHORT.maxTokens)).toBe(true)
    const { knowledgeBase } = await server.request(KnowledgeBaseDocument, { name: 'built' }, token)
    expect(knowledgeBase).toMatchObject({ chunking: SHORT, chunkCount: after.hits.length, documentCount: 12 })
    expect((await chunksOf()).map(({ text }) => text)).not.toEqual(longChunks.map(({ text }) => text))

    await client.activate('built', 1)
    expect([tell(await ask('built')), tell(await ask('built', 'TEXT'))]).toEqual(before)
    expect(await chunksOf()).toEqual(longChunks)
    const counted = await server.request(KnowledgeBaseDocument, { name: 'built' }, token)
    expect(counted.knowledgeBase!.chunkCount).toBe(before[0]!.length)
  })

  test('a generation that is kept has what comes, changes and goes later', async () => {
    const [first] = await makeBase('kept')
    await client.reindex({ knowledgeBase: 'kept', chunking: SHORT })
    await client.add('kept', [
      { key: 'k1', text: 'fish fish fish' },
      { key: 'new', text: 'bird bird' },
    ])
    await server.request(DeleteDocumentDocument, { input: { id: first!.id } }, token)
    for (const number of [1, 2]) {
      await client.activate('kept', number)
      const { hits } = await ask('kept')
      const byKey = Map.groupBy(hits, ({ document }) => document.key)
      expect(byKey.get('k1')).toMatchObject([{ chunk: { text: 'fish fish fish' } }])
      expect(byKey.get('new')).toMatchObject([{ chunk: { text: 'bird bird' } }])
      expect(byKey.has('k0')).toBe(false)
      expect(byKey.size).toBe(12)
    }
  })

  test('searches without pause are never empty and never of two generations, forth and back', async () => {
    await makeBase('flips', 20)
    const expected = new Map([[1, tell(await ask('flips'))]])
    await client.reindex({ knowledgeBase: 'flips', embeddingModel: 'other', chunking: SHORT, activate: false })
    await client.activate('flips', 2)
    expected.set(2, tell(await ask('flips')))
    await client.activate('flips', 1)

    const seen: Found[] = []
    let isOver = false
    const searching = Array.from({ length: 3 }, async () => {
      while (!isOver) seen.push(await ask('flips'))
    })
    try {
      for (const number of [2, 1, 2, 1, 2]) {
        await client.activate('flips', number)
        const from = seen.length
        while (seen.length < from + 4) await ask('flips', 'TEXT')
      }
      expect(await client.reindex({ knowledgeBase: 'flips', chunking: LONG })).toBe(3)
      expect(await remove('flips', 2)).toMatchObject({ __typename: 'DeletedGeneration' })
      expected.set(3, tell(await ask('flips')))
      await client.activate('flips', 1)
      expect(await remove('flips', 3)).toMatchObject({ __typename: 'DeletedGeneration' })
      const from = seen.length
      while (seen.length < from + 4) await ask('flips', 'TEXT')
    } finally {
      isOver = true
    }
    await Promise.all(searching)
    for (const found of seen) expect(tell(found)).toEqual(expected.get(found.generations[0]!.number))
    expect(new Set(seen.map(({ generations }) => generations[0]!.number)).size).toBe(3)
  })

  test('documents that come, change and go while it is built are in both', async () => {
    await makeBase('busy', 16)
    const { number, task } = await client.startReindexing({ knowledgeBase: 'busy', chunking: SHORT, activate: false })
    const latest = new Map<string, string | null>()
    let isOver = false
    const changing = async (): Promise<void> => {
      for (let i = 0; !isOver || i < 3; i++) {
        const text = words(20)
        const [added] = await client.add('busy', [{ key: `k${i % 18}`, text }])
        latest.set(`k${i % 18}`, text)
        if (i % 3 > 0) continue
        await server.request(DeleteDocumentDocument, { input: { id: added!.id } }, token)
        latest.set(`k${i % 18}`, null)
      }
    }
    const working = changing()
    const { task: ended } = await readToEnd(server, task!.id, { token })
    isOver = true
    await working
    expect(ended).toMatchObject({ state: 'SUCCEEDED', output: { generation: number, active: false } })
    for (const one of [number, 1]) {
      await client.activate('busy', one)
      const { hits } = await ask('busy')
      const byKey = Map.groupBy(hits, ({ document }) => document.key!)
      for (const [key, text] of latest)
        expect(toWords(byKey.get(key) ?? []), key).toEqual(text?.split(' ').sort() ?? [])
    }
  })

  test('building can be cancelled, and what was built is deleted', async () => {
    await makeBase('cancelled', 20)
    const { number, task } = await client.startReindexing({ knowledgeBase: 'cancelled', embeddingModel: 'other' })
    await server.request(CancelTaskDocument, { input: { id: task!.id } }, token)
    const { task: ended } = await readToEnd(server, task!.id, { token })
    const [latest] = await client.generations('cancelled')
    if (ended?.state === 'CANCELLED') {
      expect(latest).toMatchObject({ number, state: 'CANCELLED', progress: null })
      const input = { knowledgeBase: 'cancelled', number }
      const { activateGeneration } = await server.request(ActivateGenerationDocument, { input }, token)
      expect(activateGeneration).toMatchObject({ __typename: 'Conflict' })
    } else await client.activate('cancelled', 1)
    expect(await remove('cancelled', number)).toMatchObject({ __typename: 'DeletedGeneration' })
    expect((await client.generations('cancelled')).map((one) => one.number)).toEqual([1])
    expect(await client.reindex({ knowledgeBase: 'cancelled', embeddingModel: 'other' })).toBe(number + 1)
  })

  test('what is asked for once is begun once; mistakes are told, and bounds hold', async () => {
    await makeBase('bounds', 1)
    const input = { knowledgeBase: 'bounds', chunking: SHORT, activate: false }
    const begin = async (idempotencyKey: string, more: Partial<ReindexKnowledgeBaseInput> = {}) =>
      (await server.request(ReindexKnowledgeBaseDocument, { input: { ...input, ...more }, idempotencyKey }, token))
        .reindexKnowledgeBase
    const first = await begin('once')
    expect(first).toMatchObject({ number: 2 })
    expect(await begin('once')).toMatchObject({ number: 2 })
    expect(await begin('once', { activate: true })).toMatchObject({ __typename: 'IdempotencyConflict' })
    expect(await begin('twice')).toMatchObject({ number: 3 })
    expect(await begin('thrice')).toMatchObject({ number: 4 })
    expect(await begin('more')).toMatchObject({ __typename: 'Conflict' })
    expect(await begin('once')).toMatchObject({ number: 2 })
    expect(await reindex({ ...input, chunking: { maxTokens: 4 } })).toMatchObject({ path: 'input.chunking.maxTokens' })
    expect(await reindex({ ...input, embeddingModel: 'nobody' })).toMatchObject({ __typename: 'NotFound' })
    expect(await reindex({ ...input, knowledgeBase: 'nothing' })).toMatchObject({ __typename: 'NotFound' })
    expect(await reindex(input, await signToken('evil'))).toMatchObject({ __typename: 'NotFound' })
    expect(await remove('bounds', 1)).toMatchObject({ __typename: 'Conflict' })
    expect(await remove('bounds', 9)).toMatchObject({ __typename: 'NotFound' })
    for (const [document, variables] of [
      [ReindexKnowledgeBaseDocument, { input }],
      [ActivateGenerationDocument, { input: { knowledgeBase: 'bounds', number: 1 } }],
      [DeleteGenerationDocument, { input: { knowledgeBase: 'bounds', number: 2 } }],
    ] as const) {
      const { errors } = await server.send(document as typeof ReindexKnowledgeBaseDocument, variables as never)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    }
  })
})

const toWords = (hits: Found['hits']): string[] => hits.flatMap(({ chunk }) => chunk.text.split(' ')).sort()
