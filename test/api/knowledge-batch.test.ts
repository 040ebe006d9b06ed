import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KnowledgeBaseDocumentsDocument, KnowledgeBaseIngestionDocument } from '../generated/graphql.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const COUNT = isFullTest() ? 10_000 : 80
const AT_ONCE = COUNT / 10
const WRONG_EVERY = isFullTest() ? 150 : 20
const MIB = 2 ** 20
const MOST_GROWTH_BYTES = 200 * MIB
const WORDS = ['cat', 'dog', 'bird', 'fish', 'red', 'blue', 'good', 'bad']

const isWrong = (i: number): boolean => i % WRONG_EVERY === 7

function toDocument(i: number) {
  const words = Array.from({ length: 120 }, (_, at) => WORDS[(i * 31 + at * at) % WORDS.length]).join(' ')
  const rows = `{"text":"${words}"}\n{"text":${isWrong(i) ? '' : i}}`
  return { key: String(i), text: rows, mediaType: 'application/jsonl' }
}

async function readMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
}

test('many documents go through a small heap; those that fail say where', async () => {
  await using stack = new AsyncDisposableStack()
  const models = stack.use(await createTemporaryFolder('batch-models')).path
  await writeEmbeddingModel(join(models, 'all-MiniLM-L6-v2'))
  await writeCatalogue(models)
  const server = stack.use(
    await TestServer.start({
      GRAPHLOOM_MODELS_DIR: models,
      // What is kept on purpose has its bounds, which are small here, and so is the heap.
      GRAPHLOOM_INDEX_CACHE_BYTES: String(16 * MIB),
      NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=192',
    }),
  )
  const client = new KnowledgeClient(server)
  await client.create({ name: 'many', language: 'MIXED', chunking: { maxTokens: 64 } })
  const memory: number[] = []
  for (let at = 0; at < COUNT; at += AT_ONCE) {
    const documents = Array.from({ length: AT_ONCE }, (_, i) => toDocument(at + i))
    await client.add('many', documents)
    memory.push(await readMemory(server.pid))
  }
  const failed = Array.from({ length: COUNT }, (_, i) => i).filter(isWrong).length
  const { knowledgeBase } = await server.request(KnowledgeBaseIngestionDocument, { name: 'many' })
  expect(knowledgeBase!.ingestion).toEqual({
    total: COUNT,
    waiting: 0,
    ready: COUNT - failed,
    failed,
    percent: 100,
    active: [],
  })
  const asked = { name: 'many', state: 'FAILED', first: 100 } as const
  const listed = await server.request(KnowledgeBaseDocumentsDocument, asked)
  for (const { key, error } of listed.knowledgeBase!.documents.nodes) {
    expect(isWrong(Number(key))).toBe(true)
    expect(error).toMatchObject({ code: 'DOCUMENT_UNREADABLE', message: expect.stringContaining('Line 2') as string })
  }
  // The first tenth has brought everything into memory that stays.
  expect(Math.max(...memory) - memory[0]!).toBeLessThan(MOST_GROWTH_BYTES)
}, 900_000)
