import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SearchMode } from '../generated/graphql.js'
import { judgementsOf, readCisi, readHandbook, type Collection } from '../support/collections.js'
import { evaluate, readQueries } from '../support/evaluations.js'
import { measureRun, requireIrMeasures } from '../support/ir-measures.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { CHAT_MODEL } from '../support/models.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'

const MODES: readonly SearchMode[] = ['VECTOR', 'TEXT', 'HYBRID']
const DEPTHS = [1, 10, 100]
const irMeasures = await requireIrMeasures()
const cisi = readCisi()
if (!cisi) process.stderr.write('The CISI collection is not here: retrieval is not measured by it.\n')

let server: TestServer
let client: KnowledgeClient
beforeAll(async () => {
  server = await TestServer.start({})
  client = new KnowledgeClient(server)
})
afterAll(() => server[Symbol.asyncDispose]())

async function fill(name: string, documents: Collection['documents']): Promise<void> {
  await client.create({ name })
  for (let at = 0; at < documents.length; at += 500) await client.add(name, documents.slice(at, at + 500))
}

/** nDCG@10 over a base of the collection, once all metrics were found to be those of the reference. */
async function rate(name: string, mode: SearchMode, collection: Collection): Promise<number> {
  const { id, metrics } = await evaluate(server, {
    search: { knowledgeBases: [name], mode },
    queries: { text: collection.queries },
    judgements: { text: collection.judgements },
    depths: DEPTHS,
  })
  if (irMeasures !== null) {
    const runFile = (await readQueries(server, id)).map(({ run }) => run).join('')
    const measures = DEPTHS.flatMap((depth) => ['nDCG', 'R', 'P', 'RR', 'AP'].map((name) => `${name}@${depth}`))
    const expected = await measureRun(irMeasures, { judgements: judgementsOf(collection), runFile, measures })
    for (const { depth, ndcg, recall, precision, reciprocalRank, averagePrecision } of metrics!) {
      const found = { nDCG: ndcg, R: recall, P: precision, RR: reciprocalRank, AP: averagePrecision }
      for (const [measure, value] of Object.entries(found))
        expect(value, `${measure}@${depth}`).toBeCloseTo(expected[`${measure}@${depth}`]!, 5)
    }
  }
  const { ndcg } = metrics!.find(({ depth }) => depth === 10)!
  console.log(`${name} by ${mode}: nDCG@10 ${ndcg.toFixed(4)}`)
  return ndcg
}

test('what is found in the handbook is as good as it was, by metrics that are those of the reference', async () => {
  const handbook = readHandbook()
  expect(handbook.documents).toHaveLength(60)
  await fill('handbook', handbook.documents)
  const rated = new Map<SearchMode, number>()
  for (const mode of MODES) rated.set(mode, await rate('handbook', mode, handbook))
  expect(rated.get('VECTOR')).toBeGreaterThanOrEqual(0.84)
  expect(rated.get('TEXT')).toBeGreaterThanOrEqual(0.8)
  expect(rated.get('HYBRID')).toBeGreaterThanOrEqual(0.88)
})

if (isFullTest())
  test('answers to the questions about the handbook quote what was judged to be relevant', async () => {
    const { queries, judgements } = readHandbook()
    const { answers } = await evaluate(server, {
      search: { knowledgeBases: ['handbook'] },
      queries: { text: queries },
      judgements: { text: judgements },
      answers: {},
    })
    console.log(`The handbook, answers: ${JSON.stringify(answers)}`)
    expect(answers).toMatchObject({ failedCount: 0, supportedShare: 1, validShare: 1 })
    expect(answers!.answeredCount).toBeGreaterThanOrEqual(35)
    expect(answers!.relevantShare).toBeGreaterThanOrEqual(0.72)
    const written = await evaluate(server, {
      search: { knowledgeBases: ['handbook'] },
      queries: { text: queries.split('\n').slice(0, 1).join('\n') },
      judgements: { list: judgementsOf(readHandbook()).filter(({ query }) => query === 'hotel-oslo') },
      answers: { mode: 'GENERATIVE', model: CHAT_MODEL },
    })
    console.log(`One of them, answered by ${CHAT_MODEL}: ${JSON.stringify(written.answers)}`)
    expect(written.answers).toMatchObject({ answeredCount: 1, failedCount: 0 })
  })

test.skipIf(!cisi)(
  'what is found in a public collection is as good as it was',
  async () => {
    const { documents } = cisi!
    if (isFullTest()) {
      await fill('cisi', documents)
      expect(await rate('cisi', 'VECTOR', cisi!)).toBeGreaterThanOrEqual(0.42)
      expect(await rate('cisi', 'TEXT', cisi!)).toBeGreaterThanOrEqual(0.385)
      expect(await rate('cisi', 'HYBRID', cisi!)).toBeGreaterThanOrEqual(0.46)
      return
    }
    const few = documents.filter(({ title, text }) => title && text !== title).slice(0, 30)
    await fill('cisi', few)
    for (const mode of MODES) {
      const found = await Promise.all(few.map(({ title }) => client.search('cisi', title!, { mode })))
      const first = found.filter(([hit], i) => hit?.document.key === few[i]!.key)
      expect(first.length).toBeGreaterThanOrEqual(27)
    }
  },
  900_000,
)
