import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  AddDocumentsDocument,
  AnswerDocument,
  DeleteDocumentDocument,
  DeleteSnapshotDocument,
  DocumentChunksDocument,
  DocumentDocument,
  DocumentVersionsDocument,
  KnowledgeBaseDocument,
  KnowledgeBaseDocumentsDocument,
  KnowledgeBaseIngestionDocument,
  RetryDocumentsDocument,
  RetryTaskDocument,
  ScheduleDocument,
  SnapshotKnowledgeBaseDocument,
  TaskDocument,
  UpdateDocumentDocument,
  UpsertScheduleDocument,
} from '../generated/graphql.js'
import { askAndWait, readAnswer } from '../support/answers.js'
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
const OPERATIONS = isFullTest() ? 20_000 : 150
const SNAPSHOT_SHARE = 0.1
const ANSWER_SHARE = 0.3
const KEPT_ANSWERS = 20

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
  /** What the latest snapshot was made of, by ids. */
  snapshot: { readonly name: string; readonly known: ReadonlyMap<string, Known> } | null
  /** Answers that were given, the latest last. */
  readonly answers: { readonly id: string; readonly who: Person }[]
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
    this.tenants = people.map((ofTenant) => ({ people: ofTenant, known: new Map(), snapshot: null, answers: [] }))
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
    if (this.#random() < SNAPSHOT_SHARE) await this.#keep(tenant)
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

  /** A snapshot in the place of the one before. */
  async #keep(tenant: Tenant): Promise<void> {
    const { people, known, snapshot } = tenant
    const { token } = this.pick(people)
    const ask = (name: string) => ({ input: { knowledgeBase: 'shared', name } })
    if (snapshot) await this.#count(this.#server.request(DeleteSnapshotDocument, ask(snapshot.name), token))
    const name = `at-${this.operations}`
    const made = await this.#count(this.#server.request(SnapshotKnowledgeBaseDocument, ask(name), token))
    expect(made.snapshotKnowledgeBase.__typename).toBe('KnowledgeBaseSnapshot')
    tenant.snapshot = { name, known: new Map(Array.from(known.values(), (one) => [one.id, one])) }
  }

  async check(tenant: Tenant): Promise<void> {
    const { people, known } = tenant
    const who = this.pick(people)
    const visible = Array.from(known.values()).filter(({ readers }) => isReader(who, readers))
    await this.#checkSearches(who, visible)
    await this.#checkCounts(who, visible)
    await this.#checkSnapshot(tenant, who, visible)
    if (this.#random() < ANSWER_SHARE) await this.#checkAnswer(tenant, who, visible)
    if (tenant.answers.length > 0) await this.#checkEarlier(tenant, this.pick(tenant.answers))
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

  /** What was there then, for who may see it then and now. */
  async #checkSnapshot({ snapshot }: Tenant, who: Person, visible: readonly Known[]): Promise<void> {
    if (!snapshot) return
    const ids = new Set(visible.map(({ id }) => id))
    const query = this.pick(WORDS)
    const hits = await this.#count(
      who.client.search('shared', query, { mode: 'HYBRID', asOf: snapshot.name, first: 100 }),
    )
    for (const { document, chunk } of hits) {
      const then = snapshot.known.get(document.id)!
      expect(ids).toContain(document.id)
      expect(chunk.text).toBe(then.text)
      expect(isReader(who, then.readers)).toBe(true)
    }
  }

  async #checkAnswer(tenant: Tenant, who: Person, visible: readonly Known[]): Promise<void> {
    const input = {
      question: `${this.pick(WORDS)} ${this.pick(WORDS)}`,
      mode: 'EXTRACTIVE' as const,
      knowledgeBases: ['shared'],
    }
    const { answer } = await this.#count(askAndWait(this.#server, input, who.token))
    tenant.answers.splice(0, tenant.answers.length - KEPT_ANSWERS + 1)
    tenant.answers.push({ id: answer.id, who })
    const texts = new Map(visible.map(({ id, text }) => [id, text]))
    for (const { document, chunk } of answer.hits) expect(chunk.text).toBe(texts.get(document.id))
    for (const { document, quote, valid } of answer.citations) {
      expect(valid).toBe(true)
      expect(texts.get(document.id)).toContain(quote)
    }
  }

  /** Nothing of what is not for who asked any more is told, and nothing at all to others. */
  async #checkEarlier({ people, known }: Tenant, { id, who }: Tenant['answers'][number]): Promise<void> {
    const mine = new Set(Array.from(known.values()).flatMap((one) => (isReader(who, one.readers) ? [one.id] : [])))
    const answer = await this.#count(readAnswer(this.#server, id, who.token))
    if (answer.isWithheld) expect(answer).toMatchObject({ text: '', sentences: [], citations: [] })
    for (const { document } of [...answer.citations, ...answer.hits]) expect(mine).toContain(document.id)
    for (const other of [...people, ...this.tenants.flatMap((tenant) => tenant.people)].filter((one) => one !== who)) {
      const read = await this.#count(this.#server.request(AnswerDocument, { id }, other.token))
      expect(read.answer).toBeNull()
    }
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
  const { id: knowledgeBaseId } = await client.create({ name: 'own' })
  const { task } = await client.startAdding('own', [{ text: 'cat', access: { users: [] } }])
  await readToEnd(server, task.id, { token: ada! })
  expect((await server.request(TaskDocument, { id: task.id }, bob)).task).toMatchObject({ input: null })
  expect((await server.request(TaskDocument, { id: task.id }, ada)).task!.input).toMatchObject({
    documents: [{ text: 'cat' }],
  })
  for (const asked of [{ id: task.id }, { id: task.id, input: null }]) {
    const retried = await server.send(RetryTaskDocument, { input: asked }, bob)
    expect(retried.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  }

  const input = { knowledgeBaseId, documents: [{ key: 'bird', text: 'bird' }] }
  const asked = { name: 'own', cron: '0 0 1 1 *', task: { type: 'knowledge.ingest', input } }
  const { upsertSchedule } = await server.request(UpsertScheduleDocument, { input: asked }, ada)
  expect(upsertSchedule).toMatchObject({ __typename: 'Schedule', input: { documents: [{ text: 'bird' }] } })
  const inputFor = async (token?: string) => (await server.request(ScheduleDocument, { name: 'own' }, token)).schedule
  expect(await inputFor(bob)).toMatchObject({ name: 'own', input: null })
  expect(await inputFor(ada)).toMatchObject({ input: { documents: [{ text: 'bird' }] } })
})
