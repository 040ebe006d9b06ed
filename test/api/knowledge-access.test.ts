import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  AddDocumentsDocument,
  DeleteDocumentDocument,
  DocumentChunksDocument,
  DocumentDocument,
  DocumentVersionsDocument,
  KnowledgeBaseDocument,
  KnowledgeBaseDocumentsDocument,
  KnowledgeBaseIngestionDocument,
  RetryDocumentsDocument,
  RetryTaskDocument,
  TaskDocument,
  UpdateDocumentDocument,
} from '../generated/graphql.js'
import { rankByWords } from '../support/bm25.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

const WORDS = ['cat', 'dog', 'bird', 'fish', 'red', 'blue', 'good', 'bad']
/** Requests of people. */
const OPERATIONS = isFullTest() ? 20_000 : 120

interface Person {
  readonly subject: string
  readonly groups: readonly string[]
  readonly token: string
  readonly client: KnowledgeClient
}

type Readers = readonly string[] | null

interface Known {
  readonly id: string
  readonly text: string
  readonly readers: Readers
  readonly createdBy: string
}

interface Tenant {
  readonly people: readonly Person[]
  readonly known: Map<string, Known>
}

const isReader = ({ subject, groups }: Person, readers: Readers): boolean =>
  readers === null || readers.includes(`user:${subject}`) || groups.some((group) => readers.includes(`group:${group}`))

type Access = { readonly users?: string[]; readonly groups?: string[] } | null | undefined

/** What a document's readers are after somebody gave it this list. */
function toReaders(access: Access, who: Person, before: Known | undefined): Readers {
  if (access === undefined) return before?.readers ?? null
  if (access === null) return null
  const users = [...(access.users ?? []), who.subject, ...(before ? [before.createdBy] : [])]
  return [...users.map((user) => `user:${user}`), ...(access.groups ?? []).map((group) => `group:${group}`)]
}

/** Two people of each of two tenants, who do and ask this and that, and what each tenant's documents should be by then. */
class Office {
  operations = 0
  added = 0
  readonly #server: TestServer
  readonly #random = createRandom(testSeed())
  readonly tenants: readonly Tenant[]

  constructor(server: TestServer, people: readonly (readonly Person[])[]) {
    this.#server = server
    this.tenants = people.map((ofTenant) => ({ people: ofTenant, known: new Map() }))
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random() * values.length)]!
  }

  #count<T>(request: Promise<T>): Promise<T> {
    this.operations++
    return request
  }

  #text(): string {
    return Array.from({ length: 1 + Math.floor(this.#random() * 6) }, () => this.pick(WORDS)).join(' ')
  }

  #access(): Access {
    const users = [this.pick(['ada', 'bob'])]
    return this.pick<Access>([undefined, null, { users }, { groups: [this.pick(['staff', 'board'])] }, {}])
  }

  async change(tenant: Tenant): Promise<void> {
    const kind = this.#random()
    if (kind < 0.55) await this.#add(tenant)
    else if (kind < 0.75) await this.#update(tenant)
    else await this.#remove(tenant)
  }

  async #add({ people, known }: Tenant): Promise<void> {
    const who = this.pick(people)
    const key = String(Math.floor(this.#random() * 12))
    const [before, text, access] = [known.get(key), this.#text(), this.#access()]
    const document = { key, text, ...(access !== undefined && { access }) }
    if (before && !isReader(who, before.readers)) {
      const input = { knowledgeBase: 'shared', documents: [document] }
      const { addDocuments } = await this.#count(this.#server.request(AddDocumentsDocument, { input }, who.token))
      expect(addDocuments).toMatchObject({ code: 'CONFLICT' })
      expect(JSON.stringify(addDocuments)).not.toContain(before.text)
      return
    }
    const [added] = await this.#count(who.client.add('shared', [document]))
    this.added++
    const createdBy = before?.createdBy ?? who.subject
    known.set(key, { id: added!.id, text, readers: toReaders(access, who, before), createdBy })
  }

  async #update({ people, known }: Tenant): Promise<void> {
    const who = this.pick(people)
    const [key, before] = this.pick([...known, ['', null] as const])
    if (!before) return
    const [access, isTold] = [this.#access(), this.#random() < 0.5]
    const text = isTold ? this.#text() : before.text
    const changes = { ...(isTold && { text }), ...(access !== undefined && { access }), source: this.pick(WORDS) }
    const asked = { input: { id: before.id, ...changes } }
    const { updateDocument } = await this.#count(this.#server.request(UpdateDocumentDocument, asked, who.token))
    if (!isReader(who, before.readers)) return expect(updateDocument).toMatchObject({ code: 'NOT_FOUND' })
    if (updateDocument.__typename !== 'UpdatedDocument') throw new Error(JSON.stringify(updateDocument))
    const readers = toReaders(access, who, before)
    for (const one of people) if (!isReader(one, readers)) await this.#expectHidden(one, { ...before, readers })
    await this.#count(readToEnd(this.#server, updateDocument.task.id, { token: who.token }))
    known.set(key, { ...before, text, readers })
  }

  async #remove({ people, known }: Tenant): Promise<void> {
    const who = this.pick(people)
    const [key, one] = this.pick([...known, ['', null] as const])
    if (!one) return
    const asked = { input: { id: one.id } }
    const { deleteDocument } = await this.#count(this.#server.request(DeleteDocumentDocument, asked, who.token))
    const isDeleted = deleteDocument.__typename === 'DeletedDocument'
    expect(isDeleted).toBe(isReader(who, one.readers))
    if (isDeleted) known.delete(key)
  }

  async check({ people, known }: Tenant): Promise<void> {
    const who = this.pick(people)
    const visible = Array.from(known.values()).filter(({ readers }) => isReader(who, readers))
    await this.#checkSearches(who, visible)
    await this.#checkCounts(who, visible)
    for (const tenant of this.tenants)
      for (const one of tenant.known.values())
        if (tenant.known !== known || !isReader(who, one.readers)) await this.#expectHidden(who, one)
  }

  async #checkSearches(who: Person, visible: readonly Known[]): Promise<void> {
    const query = [this.pick(WORDS), this.pick(WORDS)]
    const scores = rankByWords(visible, query)
    const ids = visible.map(({ id }) => id).sort()
    const search = async (mode: 'TEXT' | 'VECTOR' | 'HYBRID') => {
      const hits = await this.#count(who.client.search('shared', query.join(' '), { mode, first: 100, neighbours: 2 }))
      const texts = new Map(visible.map(({ id, text }) => [id, text]))
      for (const { document, chunk, highlights } of hits) {
        expect(chunk.text).toBe(texts.get(document.id))
        for (const { start, end } of highlights) expect(query).toContain(chunk.text.slice(start, end))
      }
      return hits
    }
    const byText = await search('TEXT')
    expect(byText.map(({ document }) => document.id).sort()).toEqual([...scores.keys()].sort())
    for (const { document, score } of byText) expect(score).toBeCloseTo(scores.get(document.id)!, 6)
    for (const mode of ['VECTOR', 'HYBRID'] as const)
      expect((await search(mode)).map(({ document }) => document.id).sort()).toEqual(ids)
  }

  async #checkCounts({ token }: Person, visible: readonly Known[]): Promise<void> {
    const [name, count] = ['shared', visible.length]
    const ask = async <T>(asked: Promise<{ readonly knowledgeBase?: T | null }>): Promise<T> =>
      (await this.#count(asked)).knowledgeBase!
    expect(await ask(this.#server.request(KnowledgeBaseDocument, { name }, token))).toMatchObject({
      documentCount: count,
      chunkCount: count,
      sizeBytes: visible.reduce((sum, { text }) => sum + text.length, 0),
    })
    const { ingestion } = await ask(this.#server.request(KnowledgeBaseIngestionDocument, { name }, token))
    expect(ingestion).toMatchObject({ total: count, waiting: 0, ready: count, failed: 0, active: [] })
    const listed = await ask(this.#server.request(KnowledgeBaseDocumentsDocument, { name, first: 100 }, token))
    expect(listed.documents.nodes.map(({ id }) => id).sort()).toEqual(visible.map(({ id }) => id).sort())
  }

  /** One way of looking at it each time. */
  async #expectHidden({ token }: Person, { id }: Known): Promise<void> {
    const way = this.pick([DocumentDocument, DocumentChunksDocument, DocumentVersionsDocument] as const)
    expect((await this.#count(this.#server.request(way as typeof DocumentDocument, { id }, token))).document).toBeNull()
    const asked = { input: { knowledgeBase: 'shared', ids: [id] } }
    const { retryDocuments } = await this.#count(this.#server.request(RetryDocumentsDocument, asked, token))
    expect(retryDocuments).toMatchObject({ code: 'NOT_FOUND' })
  }
}

let server: TestServer
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('access-models')).path
  await writeEmbeddingModel(join(models, 'all-MiniLM-L6-v2'))
  await writeCatalogue(models)
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_JWT_SECRET: JWT_SECRET,
      GRAPHLOOM_MODELS_DIR: models,
      GRAPHLOOM_RATE_LIMIT_PER_MINUTE: '1000000',
      GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE: '1000000',
    }),
  )
})
afterAll(() => stack.disposeAsync())

test('two tenants and two users with much the same documents see, find and count their own alone', async () => {
  const person = async (tenant: string, subject: string, groups: readonly string[]): Promise<Person> => {
    const token = await signToken(tenant, ['MEMBER'], { subject, groups })
    return { subject, groups, token, client: new KnowledgeClient(server, token) }
  }
  const people = await Promise.all(
    ['acme', 'evil'].map((tenant) =>
      Promise.all([person(tenant, 'ada', ['staff']), person(tenant, 'bob', ['staff', 'board'])]),
    ),
  )
  const base = { name: 'shared', language: 'MIXED', chunking: { maxTokens: 32 } } as const
  for (const [first] of people) await first.client.create(base)
  const office = new Office(server, people)
  while (office.operations < OPERATIONS) {
    await office.change(office.pick(office.tenants))
    await office.check(office.pick(office.tenants))
  }
  expect(office.added).toBeGreaterThan(OPERATIONS / 100)
}, 3_000_000)

test('what a task was given is read, and done again, by who gave it alone', async () => {
  const [ada, bob] = await Promise.all(
    ['ada', 'bob'].map((subject) => signToken('acme', ['MEMBER', 'ADMIN'], { subject })),
  )
  const client = new KnowledgeClient(server, ada)
  await client.create({ name: 'own' })
  const { task } = await client.startAdding('own', [{ text: 'cat', access: { users: [] } }])
  await readToEnd(server, task.id, { token: ada! })
  expect((await server.request(TaskDocument, { id: task.id }, bob)).task).toMatchObject({ input: null })
  expect((await server.request(TaskDocument, { id: task.id }, ada)).task!.input).toMatchObject({
    documents: [{ text: 'cat' }],
  })
  const retried = await server.send(RetryTaskDocument, { input: { id: task.id } }, bob)
  expect(retried.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
})
