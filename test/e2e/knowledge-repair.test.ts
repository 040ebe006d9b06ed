import { open, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  DeleteDocumentDocument,
  DeleteGenerationDocument,
  KnowledgeBaseSnapshotsDocument,
  SearchDocument,
  SnapshotKnowledgeBaseDocument,
} from '../generated/graphql.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const WORDS = ['cat', 'dog', 'bird', 'fish', 'red', 'blue', 'good', 'bad']
const KILLS = isFullTest() ? 100 : 1
const TORN_FILES = isFullTest() ? 40 : 1

const stack = new AsyncDisposableStack()
const random = createRandom(testSeed())
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
const words = (): string => Array.from({ length: 2 + Math.floor(random() * 30) }, () => pick(WORDS)).join(' ')
let models: string

beforeAll(async () => {
  models = stack.use(await createTemporaryFolder('repair-models')).path
  await writeEmbeddingModel(join(models, 'embedder'))
  await writeCatalogue(models)
})
afterAll(() => stack.disposeAsync())

const start = (data: string) => TestServer.start({ GRAPHLOOM_DATA_DIR: data, GRAPHLOOM_MODELS_DIR: models })

const create = (client: KnowledgeClient) =>
  client.create({
    name: 'notes',
    embeddingModel: 'embedder',
    language: 'MIXED',
    chunking: { maxTokens: 16, overlapTokens: 0 },
  })

async function ask(server: TestServer, mode: 'VECTOR' | 'TEXT', asOf?: string) {
  const input = { knowledgeBases: ['notes'], query: 'red cat', mode, first: 100, ...(asOf && { asOf }) }
  return (await server.request(SearchDocument, { input })).search
}

/** Everything that is found, once the indexes are whole; a search may be what finds the damage. */
async function readAll(server: TestServer, asOf?: string) {
  const askWhole = (mode: 'VECTOR' | 'TEXT') =>
    waitFor('whole indexes', async () => {
      const answer = await ask(server, mode, asOf)
      return answer.degraded ? null : answer
    })
  const found = [await askWhole('VECTOR'), await askWhole('TEXT')]
  return found.map(({ hits }) =>
    hits.map(({ score, document, chunk }) => ({ score, key: document.key, text: chunk.text })),
  )
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

async function tear(folder: string): Promise<void> {
  const file = pick(await listFiles(folder))
  await using handle = await open(file)
  const { size } = await handle.stat()
  await truncate(file, Math.floor(random() * size))
}

const DAMAGES: readonly (readonly [string, (indexes: string) => Promise<void>])[] = [
  ['no index of vectors', (indexes) => rm(join(indexes, 'vectors'), { recursive: true })],
  ['no index of words', (indexes) => rm(join(indexes, 'words'), { recursive: true })],
  ['no index', (indexes) => rm(indexes, { recursive: true })],
  [
    'an index of words that is something else',
    async (indexes) => {
      for (const file of await listFiles(join(indexes, 'words')))
        await writeFile(file, 'not a database at all'.repeat(500))
    },
  ],
  ...Array.from({ length: TORN_FILES }, (_, i) => [`a torn file ${i + 1}`, tear] as const),
]

test('a lost or torn index is made again of the stores, with the same results', async () => {
  const data = stack.use(await createTemporaryFolder('repair')).path
  let expected: Awaited<ReturnType<typeof readAll>>
  let before: Awaited<ReturnType<typeof readAll>>
  {
    await using server = await start(data)
    const client = new KnowledgeClient(server)
    await create(client)
    await client.add(
      'notes',
      Array.from({ length: 20 }, (_, i) => ({ key: String(i), text: words() })),
    )
    before = await readAll(server)
    await snapshot(server, 'before')
    await client.add(
      'notes',
      Array.from({ length: 5 }, (_, i) => ({ key: String(i), text: words() })),
    )
    expected = await readAll(server)
    expect(new Set(expected[0]!.map(({ key }) => key)).size).toBe(20)
  }
  for (const [name, damage] of DAMAGES) {
    await damage(join(data, 'indexes'))
    await using server = await start(data)
    expect(await readAll(server), name).toEqual(expected)
    expect(await readAll(server, 'before'), name).toEqual(before)
  }
}, 600_000)

test('killed at any moment, a server has each document in its old or its new version, wholly', async () => {
  const data = stack.use(await createTemporaryFolder('kills')).path
  /** What each key may have, by what was asked for; null is nothing. */
  const allowed = new Map<string, readonly (string | null)[]>()
  const ids = new Map<string, string>()
  /** What each key has in a snapshot; null where that may be gone. */
  const snapshots = new Map<string, Map<string, string | null>>()
  let named = 0
  let server = await start(data)
  try {
    await create(new KnowledgeClient(server))
    for (let kill = 0; kill < KILLS; kill++) {
      let isKilled = false
      const work = async (): Promise<void> => {
        const client = new KnowledgeClient(server)
        while (!isKilled) {
          if (random() < 0.25) await changeGenerations(server, client)
          if (random() < 0.1) {
            // What a kill interrupts may have been made: its name is taken.
            const name = `s${++named}`
            const texts = Array.from(allowed, ([key, [text]]) => [key, text ?? null] as const)
            await snapshot(server, name)
            snapshots.set(name, new Map(texts.filter(([, text]) => text !== null)))
          }
          const key = pick(['a', 'b', 'c', 'd', 'e', 'f'])
          const before = allowed.get(key) ?? [null]
          const id = ids.get(key)
          if (id !== undefined && random() < 0.3) {
            allowed.set(key, [...before, null])
            for (const texts of snapshots.values()) if (texts.has(key)) texts.set(key, null)
            await server.request(DeleteDocumentDocument, { input: { id } })
            allowed.set(key, [null])
            ids.delete(key)
          } else {
            const text = words()
            allowed.set(key, [...before, text])
            const [added] = await client.add('notes', [{ key, text }])
            allowed.set(key, [text])
            ids.set(key, added!.id)
          }
        }
      }
      const working = work().catch((error: unknown) => {
        if (!isKilled) throw error
      })
      await new Promise((resolve) => setTimeout(resolve, random() * 1_500))
      isKilled = true
      await server.kill()
      await working
      server = await start(data)
      await waitFor('documents that were read', () => new KnowledgeClient(server).isIdle('notes'))
      const [byVector, byText] = await readAll(server)
      for (const [key, texts] of allowed) {
        const found = byVector!.filter((hit) => hit.key === key).map(({ text }) => text)
        const outcome = texts.find((text) => isMadeOf(text, found))
        expect(outcome, JSON.stringify({ key, texts, found })).not.toBeUndefined()
        allowed.set(key, [outcome!])
        if (outcome === null) ids.delete(key)
      }
      const whole = new Set(byVector!.map(({ text }) => text))
      for (const { text } of byText!) expect(whole.has(text)).toBe(true)
      const { knowledgeBase } = await server.request(KnowledgeBaseSnapshotsDocument, { name: 'notes' })
      for (const { name } of knowledgeBase!.snapshots.slice(0, 1)) {
        const [then] = await readAll(server, name)
        for (const [key, text] of snapshots.get(name) ?? []) {
          const found = then!.filter((hit) => hit.key === key).map((hit) => hit.text)
          if (text !== null) expect(isMadeOf(text, found), JSON.stringify({ name, key, text, found })).toBe(true)
        }
      }
    }
  } finally {
    await server[Symbol.asyncDispose]()
  }
}, 900_000)

async function snapshot(server: TestServer, name: string): Promise<void> {
  const made = await server.request(SnapshotKnowledgeBaseDocument, { input: { knowledgeBase: 'notes', name } })
  expect(made.snapshotKnowledgeBase.__typename).toBe('KnowledgeBaseSnapshot')
}

/** Begins to build a generation, lets searches read another, or deletes one that they do not read. */
async function changeGenerations(server: TestServer, client: KnowledgeClient): Promise<void> {
  const generations = await client.generations('notes')
  const ready = generations.filter(({ state }) => state === 'READY')
  const over = generations.filter(({ state }) => state !== 'ACTIVE' && state !== 'BUILDING')
  if (generations.length < 4 && random() < 0.5) {
    const chunking = { maxTokens: pick([8, 12, 16]), overlapTokens: 0 }
    await client.startReindexing({ knowledgeBase: 'notes', chunking, activate: random() < 0.5 })
  } else if (ready.length > 0 && random() < 0.5) await client.activate('notes', pick(ready).number)
  else if (over.length > 0) {
    const input = { knowledgeBase: 'notes', number: pick(over).number }
    await server.request(DeleteGenerationDocument, { input })
  }
}

/** Whether chunks are those of the text, all of them. */
function isMadeOf(text: string | null, chunks: readonly string[]): boolean {
  if (text === null) return chunks.length === 0
  const sorted = (all: readonly string[]): string => all.join(' ').split(' ').sort().join(' ')
  return sorted(chunks) === sorted([text])
}
