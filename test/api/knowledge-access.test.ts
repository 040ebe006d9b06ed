import { expect, test } from 'vitest'
import { join } from 'node:path'
import {
  DeleteDocumentDocument,
  DocumentChunksDocument,
  DocumentDocument,
  KnowledgeBaseDocument,
  KnowledgeBaseDocumentsDocument,
} from '../generated/graphql.js'
import { rankByWords } from '../support/bm25.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const WORDS = ['cat', 'dog', 'bird', 'fish', 'red', 'blue', 'good', 'bad']
const OPERATIONS = isFullTest() ? 1_500 : 25

interface Person {
  readonly subject: string
  readonly groups: readonly string[]
  readonly token: string
  readonly client: KnowledgeClient
}

interface Known {
  readonly id: string
  readonly text: string
  readonly readers: readonly string[] | null
}

test('two tenants and two users with much the same documents see and count their own alone', async () => {
  await using stack = new AsyncDisposableStack()
  const models = stack.use(await createTemporaryFolder('access-models')).path
  await writeEmbeddingModel(join(models, 'embedder'))
  await writeCatalogue(models)
  const server = stack.use(
    await TestServer.start({
      GRAPHLOOM_JWT_SECRET: JWT_SECRET,
      GRAPHLOOM_MODELS_DIR: models,
      GRAPHLOOM_RATE_LIMIT_PER_MINUTE: '1000000',
      GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE: '1000000',
    }),
  )
  const random = createRandom(testSeed())
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const person = async (tenant: string, subject: string, groups: readonly string[]): Promise<Person> => {
    const token = await signToken(tenant, ['MEMBER'], { subject, groups })
    return { subject, groups, token, client: new KnowledgeClient(server, token) }
  }
  const tenants = await Promise.all(
    ['acme', 'evil'].map(async (tenant) => ({
      people: [await person(tenant, 'ada', ['staff']), await person(tenant, 'bob', ['staff', 'board'])],
      known: new Map<string, Known>(),
    })),
  )
  for (const { people } of tenants)
    await people[0]!.client.create({
      name: 'shared',
      embeddingModel: 'embedder',
      language: 'MIXED',
      chunking: { maxTokens: 32 },
    })

  const isReader = ({ subject, groups }: Person, readers: Known['readers']): boolean =>
    readers === null ||
    readers.includes(`user:${subject}`) ||
    groups.some((group) => readers.includes(`group:${group}`))

  async function add({ people, known }: (typeof tenants)[number]): Promise<void> {
    const who = pick(people)
    const key = String(Math.floor(random() * 12))
    const before = known.get(key)
    if (before && !isReader(who, before.readers)) return
    const text = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(WORDS)).join(' ')
    const access = pick([null, { users: [pick(['ada', 'bob'])] }, { groups: [pick(['staff', 'board'])] }, {}])
    const [added] = await who.client.add('shared', [{ key, text, ...(access && { access }) }])
    const named = [
      ...(access?.users ?? []).map((user) => `user:${user}`),
      ...(access?.groups ?? []).map((group) => `group:${group}`),
    ]
    known.set(key, { id: added!.id, text, readers: access && [...named, `user:${who.subject}`] })
  }

  async function remove({ people, known }: (typeof tenants)[number]): Promise<void> {
    const who = pick(people)
    const [key, one] = pick([...known, ['', null] as const])
    if (!one) return
    const { deleteDocument } = await server.request(DeleteDocumentDocument, { input: { id: one.id } }, who.token)
    const isDeleted = deleteDocument.__typename === 'DeletedDocument'
    expect(isDeleted).toBe(isReader(who, one.readers))
    if (isDeleted) known.delete(key)
  }

  async function check({ people, known }: (typeof tenants)[number]): Promise<void> {
    const who = pick(people)
    const visible = Array.from(known.values()).filter(({ readers }) => isReader(who, readers))
    const ids = visible.map(({ id }) => id).sort()
    const query = [pick(WORDS), pick(WORDS)]
    const scores = rankByWords(visible, query)
    const byText = await who.client.search('shared', query.join(' '), { mode: 'TEXT', first: 100 })
    expect(byText.map(({ document }) => document.id).sort()).toEqual([...scores.keys()].sort())
    for (const { document, score } of byText) expect(score).toBeCloseTo(scores.get(document.id)!, 6)
    const byVector = await who.client.search('shared', query.join(' '), { mode: 'VECTOR', first: 100 })
    expect(byVector.map(({ document }) => document.id).sort()).toEqual(ids)
    const texts = new Map(visible.map(({ id, text }) => [id, text]))
    for (const { document, chunk } of byVector) expect(chunk.text).toBe(texts.get(document.id))
    const { knowledgeBase } = await server.request(KnowledgeBaseDocument, { name: 'shared' }, who.token)
    expect(knowledgeBase).toMatchObject({ documentCount: ids.length, chunkCount: ids.length })
    const listed = await server.request(KnowledgeBaseDocumentsDocument, { name: 'shared', first: 100 }, who.token)
    expect(listed.knowledgeBase!.documents.nodes.map(({ id }) => id).sort()).toEqual(ids)
    for (const { id, readers } of known.values()) {
      if (isReader(who, readers)) continue
      expect((await server.request(DocumentDocument, { id }, who.token)).document).toBeNull()
      expect((await server.request(DocumentChunksDocument, { id }, who.token)).document).toBeNull()
    }
  }

  for (let i = 0; i < OPERATIONS; i++) {
    const tenant = pick(tenants)
    await (random() < 0.75 ? add(tenant) : remove(tenant))
    await check(pick(tenants))
  }
  for (const { known } of tenants) expect(known.size).toBeGreaterThan(0)
}, 600_000)
