import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  CreateUploadDocument,
  DeleteEvaluationDocument,
  DeleteTaskDocument,
  EvaluateRetrievalDocument,
  EvaluationDocument,
  EvaluationQueriesDocument,
  EvaluationsDocument,
  PauseTaskQueueDocument,
  ResumeTaskQueueDocument,
  SnapshotKnowledgeBaseDocument,
  TypedDocumentString,
  type EvaluateRetrievalInput,
} from '../generated/graphql.js'
import { ask, readToEnd } from '../support/enqueued-tasks.js'
import { evaluate, readQueries, startEvaluation } from '../support/evaluations.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'

/** By their words: `one` before `two`, which is longer, and `four` before `three`. */
const DOCUMENTS = [
  { key: 'one', text: 'Quartz.' },
  { key: 'two', text: 'Quartz and granite are hard.' },
  { key: 'three', text: 'Granite, or basalt, is dark.' },
  { key: 'four', text: 'Basalt.' },
]
const SEARCH: EvaluateRetrievalInput['search'] = { knowledgeBases: ['stones'], mode: 'TEXT' }
const QUERIES = [
  { id: 'q1', text: 'quartz' },
  { id: 'q2', text: 'basalt' },
  { id: 'q3', text: 'nobody judged this' },
]
const JUDGEMENTS = [
  { query: 'q1', document: 'two', grade: 1 },
  { query: 'q1', document: 'one', grade: 2 },
  { query: 'q1', document: 'lost', grade: 1 },
  { query: 'q2', document: 'three', grade: 1 },
  { query: 'q2', document: 'four', grade: 0 },
]
const INPUT: EvaluateRetrievalInput = {
  search: SEARCH,
  queries: { list: QUERIES },
  judgements: { list: JUDGEMENTS },
  depths: [2, 1],
}
const LOG3 = Math.log2(3)
/** Of q1 and q2: by hand. */
const EXPECTED = [
  {
    depth: 1,
    ndcg: (2 / 2 + 0) / 2,
    recall: (1 / 3 + 0) / 2,
    precision: (1 + 0) / 2,
    reciprocalRank: (1 + 0) / 2,
    averagePrecision: (1 / 3 + 0) / 2,
  },
  {
    depth: 2,
    ndcg: (1 + 1 / LOG3) / 2,
    recall: (2 / 3 + 1) / 2,
    precision: (1 + 1 / 2) / 2,
    reciprocalRank: (1 + 1 / 2) / 2,
    averagePrecision: (2 / 3 + 1 / 2) / 2,
  },
]

const toText = (rows: readonly (readonly (string | number)[])[], between: string): string =>
  rows.map((row) => row.join(between)).join('\n')

const TREC = {
  queries: QUERIES.map(({ id, text }) => `<top><num>${id}</num><title>${text}</title></top>`).join('\n'),
  judgements: toText(
    JUDGEMENTS.map(({ query, document, grade }) => [query, 0, document, grade]),
    ' ',
  ),
}
const BEIR = {
  queries: QUERIES.map(({ id, text }) => JSON.stringify({ _id: id, text })).join('\n'),
  judgements: toText(
    [['query-id', 'corpus-id', 'score'], ...JUDGEMENTS.map(({ query, document, grade }) => [query, document, grade])],
    '\t',
  ),
}

const MISTAKES: readonly (readonly [string, Partial<EvaluateRetrievalInput>, string])[] = [
  ['no question', { queries: { list: [] } }, 'input.queries'],
  ['an empty question', { queries: { list: [{ id: 'q1', text: ' ' }] } }, 'input.queries.0.text'],
  ['a question twice', { queries: { list: [...QUERIES, QUERIES[0]!] } }, 'input.queries.3.id'],
  ['a broken line', { queries: { text: 'q1\tquartz\nq2' } }, 'input.queries.text'],
  ['no upload', { queries: { upload: 'upl_01hzzzzzzzzzzzzzzzzzzzzzzz' } }, 'input.queries.upload'],
  [
    'a judgement of no question',
    { judgements: { list: [{ query: 'q9', document: 'one', grade: 1 }] } },
    'input.judgements.0.query',
  ],
  ['a judgement twice', { judgements: { list: [...JUDGEMENTS, JUDGEMENTS[0]!] } }, 'input.judgements.5.document'],
  ['a grade that is none', { judgements: { text: 'q1 0 one high' } }, 'input.judgements.text'],
  ['no judged question', { judgements: { text: '' } }, 'input.judgements'],
  ['no depth', { depths: [] }, 'input.depths'],
  ['a depth twice', { depths: [1, 1] }, 'input.depths'],
  ['a depth of 0', { depths: [0] }, 'input.depths.0'],
  ['a depth past the candidates', { search: { ...SEARCH, candidates: 5 }, depths: [10] }, 'input.search.candidates'],
  ['a bound below 1', { relevantFrom: 0 }, 'input.relevantFrom'],
  ['no base', { search: { ...SEARCH, knowledgeBases: [] } }, 'input.search.knowledgeBases'],
  ['a weight above 1', { search: { ...SEARCH, fusion: { vectorWeight: 2 } } }, 'input.search.fusion.vectorWeight'],
  [
    'an unknown field',
    { search: { ...SEARCH, filter: { field: { name: 'no', eq: 1 } } } },
    'input.search.filter.field.name',
  ],
  ['no sentence', { answers: { maxSentences: 0 } }, 'input.answers.maxSentences'],
  ['a long name', { name: 'x'.repeat(257) }, 'input.name'],
]

describe.each(STORES_BRIEFLY)('evaluations, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let adaToken: string
  let bobToken: string
  let eveToken: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    adaToken = await signToken('acme', ['ADMIN'])
    bobToken = await signToken('acme', ['MEMBER'], { subject: 'bob', groups: ['geologists'] })
    eveToken = await signToken('evil')
    const ada = new KnowledgeClient(server, adaToken)
    await ada.create({ name: 'stones' })
    await ada.add('stones', DOCUMENTS)
    await ada.create({ name: 'secrets' })
    const access = { groups: ['geologists'] }
    await ada.add('secrets', [{ key: 'vein', text: 'A vein of gold.', access }])
  })
  afterAll(() => stack.disposeAsync())

  const upload = async (content: string): Promise<string> => {
    const { createUpload } = await server.request(CreateUploadDocument, { input: {} }, adaToken)
    if (!('upload' in createUpload)) throw new Error(JSON.stringify(createUpload))
    await fetch(`${server.url}${createUpload.uploadPath}`, { method: 'PUT', body: content })
    return createUpload.upload.id
  }
  const start = async (input: EvaluateRetrievalInput, token = adaToken) =>
    (await server.request(EvaluateRetrievalDocument, { input }, token)).evaluateRetrieval
  const find = async (id: string, token = adaToken) =>
    (await server.request(EvaluationDocument, { id }, token)).evaluation

  test('metrics are those that were computed by hand, with what was found for each question', async () => {
    const evaluation = await evaluate(server, { ...INPUT, name: 'By hand' }, adaToken)
    expect(evaluation).toMatchObject({
      name: 'By hand',
      queryCount: 2,
      unjudgedCount: 1,
      missingDocumentCount: 1,
      createdBy: 'ada',
      comparedTo: null,
      delta: null,
      task: { state: 'SUCCEEDED', progress: { done: 2, total: 2 } },
      knowledgeBases: [{ name: 'stones' }],
      settings: { depths: [1, 2], relevantFrom: 1, search: { mode: 'TEXT', candidates: 100 } },
    })
    for (const [i, expected] of EXPECTED.entries())
      for (const [name, value] of Object.entries(expected))
        expect(evaluation.metrics![i]![name as keyof typeof expected]).toBeCloseTo(value, 12)
    const [first, second, ...more] = await readQueries(server, evaluation.id, adaToken)
    expect(more).toEqual([])
    expect(first).toMatchObject({
      queryId: 'q1',
      text: 'quartz',
      relevantCount: 3,
      ranking: [
        { rank: 1, name: 'one', grade: 2 },
        { rank: 2, name: 'two', grade: 1 },
      ],
      run: `q1 Q0 one 1 2 ${evaluation.id}\nq1 Q0 two 2 1 ${evaluation.id}\n`,
    })
    expect(second).toMatchObject({ queryId: 'q2', relevantCount: 1, ranking: [{ grade: 0 }, { grade: 1 }] })
  })

  test('questions and judgements in the forms of TREC and BEIR, and by upload, give the same', async () => {
    for (const { queries, judgements } of [TREC, BEIR]) {
      const given = { queries: { text: queries }, judgements: { text: judgements } }
      const { metrics, unjudgedCount } = await evaluate(server, { ...INPUT, ...given }, adaToken)
      expect(unjudgedCount).toBe(1)
      expect(metrics![1]!.ndcg).toBeCloseTo(EXPECTED[1]!.ndcg, 12)
    }
    const uploaded = {
      queries: { upload: await upload(BEIR.queries) },
      judgements: { upload: await upload(TREC.judgements) },
    }
    const { metrics } = await evaluate(server, { ...INPUT, ...uploaded }, adaToken)
    expect(metrics![1]!.ndcg).toBeCloseTo(EXPECTED[1]!.ndcg, 12)
  })

  test('a document is judged by its id too, and grades below the bound do not count', async () => {
    const { ranking } = (await readQueries(server, (await evaluate(server, INPUT, adaToken)).id, adaToken))[0]!
    const list = [
      { query: 'q1', document: ranking[1]!.documentId, grade: 1 },
      { query: 'q1', document: 'one', grade: 2 },
    ]
    const byId = await evaluate(server, { ...INPUT, judgements: { list } }, adaToken)
    expect(byId.metrics![1]).toMatchObject({ ndcg: 1, recall: 1 })
    expect(byId.missingDocumentCount).toBe(0)
    const strict = await evaluate(server, { ...INPUT, judgements: { list }, relevantFrom: 2 }, adaToken)
    expect(strict.metrics![1]).toMatchObject({ ndcg: 1, recall: 1, precision: 0.5 })
  })

  test('a later one is compared with an earlier one, question by question', async () => {
    const earlier = await evaluate(server, INPUT, adaToken)
    const same = await evaluate(server, { ...INPUT, compareTo: earlier.id }, adaToken)
    expect(same.comparedTo).toMatchObject({ id: earlier.id })
    expect(same.delta).toHaveLength(10)
    for (const delta of same.delta!)
      expect(delta).toMatchObject({ difference: 0, pairedCount: 2, betterCount: 0, worseCount: 0, pValue: 1 })
    const nothing = { ...INPUT, search: { ...SEARCH, minScore: 1_000 }, depths: [2, 5], compareTo: earlier.id }
    const { delta } = await evaluate(server, nothing, adaToken)
    expect(delta).toHaveLength(5)
    const ndcg = delta!.find(({ metric }) => metric === 'NDCG')!
    // Two questions, both worse: 2 of the 4 choices of signs are as extreme.
    expect(ndcg).toMatchObject({ depth: 2, pairedCount: 2, betterCount: 0, worseCount: 2, pValue: 0.5 })
    expect(ndcg.difference).toBeCloseTo(-EXPECTED[1]!.ndcg, 12)
  })

  test('answers to the questions are checked, and are there for whoever asked', async () => {
    const asked = { ...INPUT, answers: { maxSentences: 1, minRelevance: 0 } }
    const { id, answers } = await evaluate(server, asked, adaToken)
    // "Quartz." of `one`, which is relevant, and "Basalt." of `four`, which is not.
    expect(answers).toEqual({
      answeredCount: 2,
      absentCount: 0,
      failedCount: 0,
      groundedShare: 1,
      sentenceCount: 2,
      supportedShare: 1,
      citationCount: 2,
      validShare: 1,
      relevantShare: 0.5,
    })
    const [first, second] = await readQueries(server, id, adaToken)
    expect(first).toMatchObject({ answer: { text: 'Quartz.' }, answerChecks: { citationCount: 1, relevantShare: 1 } })
    expect(second).toMatchObject({ answer: { text: 'Basalt.' }, answerChecks: { relevantShare: 0 } })
    expect((await readQueries(server, id, bobToken))[0]).toMatchObject({
      answer: null,
      answerChecks: { validShare: 1 },
    })
    const strict = await evaluate(server, { ...INPUT, answers: { minRelevance: 1 } }, adaToken)
    expect(strict.answers).toMatchObject({ answeredCount: 0, absentCount: 2, citationCount: 0, validShare: null })
  })

  test('a snapshot is evaluated as it was', async () => {
    const ada = new KnowledgeClient(server, adaToken)
    await ada.create({ name: 'layers' })
    await ada.add('layers', [{ key: 'one', text: 'Quartz.' }])
    const input = { knowledgeBase: 'layers', name: 'before' }
    await server.request(SnapshotKnowledgeBaseDocument, { input }, adaToken)
    await ada.add('layers', [{ key: 'one', text: 'Granite.' }])
    const recallOf = async (asOf: string | null) => {
      const search = { ...SEARCH, knowledgeBases: ['layers'], asOf }
      const queries = { list: [{ id: 'q', text: 'quartz' }] }
      const judgements = { list: [{ query: 'q', document: 'one', grade: 1 }] }
      return (await evaluate(server, { search, queries, judgements }, adaToken)).metrics![0]!.recall
    }
    expect(await recallOf('before')).toBe(1)
    expect(await recallOf(null)).toBe(0)
  })

  test('only what has ended, and can be compared, is compared with', async () => {
    const earlier = await evaluate(server, INPUT, adaToken)
    const refuse = (input: Partial<EvaluateRetrievalInput>) => start({ ...INPUT, compareTo: earlier.id, ...input })
    expect(await refuse({ relevantFrom: 2 })).toMatchObject({ path: 'input.relevantFrom' })
    expect(await refuse({ depths: [7] })).toMatchObject({ path: 'input.depths' })
    expect(await refuse({ compareTo: 'eval_nothing' })).toMatchObject({ __typename: 'NotFound' })
    await server.request(PauseTaskQueueDocument, { input: { name: 'evaluations' } }, adaToken)
    const waiting = await startEvaluation(server, INPUT, adaToken)
    expect(waiting).toMatchObject({ metrics: null, queryCount: null, task: { state: 'QUEUED' } })
    expect(await refuse({ compareTo: waiting.id })).toMatchObject({ path: 'input.compareTo' })
    const deleting = { input: { id: waiting.id } }
    const { deleteEvaluation } = await server.request(DeleteEvaluationDocument, deleting, adaToken)
    expect(deleteEvaluation).toMatchObject({ __typename: 'Conflict' })
    await server.request(CancelTaskDocument, { input: { id: waiting.task!.id } }, adaToken)
    expect((await readToEnd(server, waiting.task!.id, { token: adaToken })).task?.state).toBe('CANCELLED')
    await server.request(ResumeTaskQueueDocument, { input: { name: 'evaluations' } }, adaToken)
    expect(await find(waiting.id)).toMatchObject({ metrics: null, task: { state: 'CANCELLED' } })
    // What has no result goes with its task.
    await server.request(DeleteTaskDocument, { input: { id: waiting.task!.id } }, adaToken)
    expect(await find(waiting.id)).toBeNull()
  })

  test.each(MISTAKES)('%s is refused by its path', async (_title, input, path) => {
    expect(await start({ ...INPUT, ...input })).toMatchObject({ __typename: 'InvalidInput', path })
  })

  test('an unknown base is told, and two ways at once are none', async () => {
    expect(await start({ ...INPUT, search: { knowledgeBases: ['nothing'] } })).toMatchObject({ __typename: 'NotFound' })
    const queries = { list: QUERIES, text: 'q1\tquartz' } as unknown as EvaluateRetrievalInput['queries']
    const { errors } = await server.send(EvaluateRetrievalDocument, { input: { ...INPUT, queries } }, adaToken)
    expect(errors?.[0]?.message).toContain('Exactly one')
  })

  test('a key starts one, lists give the latest first, and what is deleted stays so', async () => {
    const startOnce = async (input: EvaluateRetrievalInput) =>
      (await server.request(EvaluateRetrievalDocument, { input, idempotencyKey: 'once' }, adaToken)).evaluateRetrieval
    const first = await startOnce(INPUT)
    if (first.__typename !== 'Evaluation') throw new Error(JSON.stringify(first))
    expect(await startOnce(INPUT)).toMatchObject({ id: first.id })
    expect(await startOnce({ ...INPUT, depths: [1] })).toMatchObject({ __typename: 'IdempotencyConflict' })
    await readToEnd(server, first.task!.id, { token: adaToken })
    const later = await evaluate(server, INPUT, adaToken)
    const variables = { knowledgeBase: 'stones', first: 2 }
    const { evaluations } = await server.request(EvaluationsDocument, variables, adaToken)
    expect(evaluations.nodes.map(({ id }) => id)).toEqual([later.id, first.id])
    expect(evaluations.pageInfo.hasNextPage).toBe(true)
    const remove = async () =>
      (await server.request(DeleteEvaluationDocument, { input: { id: first.id } }, adaToken)).deleteEvaluation
    expect(await remove()).toMatchObject({ deletedId: first.id })
    expect(await remove()).toMatchObject({ __typename: 'NotFound' })
    expect(await find(first.id)).toBeNull()
    expect(await startOnce(INPUT)).toMatchObject({ __typename: 'NotFound' })
    // A result stays when its task goes.
    await server.request(DeleteTaskDocument, { input: { id: later.task!.id } }, adaToken)
    expect(await find(later.id)).toMatchObject({ task: null, queryCount: 2 })
  })

  test('it searches as whoever asks, and tells others nothing of what is not for them', async () => {
    const input: EvaluateRetrievalInput = {
      search: { knowledgeBases: ['secrets'], mode: 'TEXT' },
      queries: { list: [{ id: 'q', text: 'gold' }] },
      judgements: { list: [{ query: 'q', document: 'vein', grade: 1 }] },
    }
    const bobs = await evaluate(server, input, bobToken)
    expect(bobs).toMatchObject({ missingDocumentCount: 0, metrics: [{ recall: 1 }, {}, {}, {}] })
    const carol = await signToken('acme', ['MEMBER'], { subject: 'carol' })
    expect(await find(bobs.id, carol)).toBeNull()
    expect(await start({ ...input, compareTo: bobs.id }, carol)).toMatchObject({ __typename: 'NotFound' })
    const listed = await server.request(EvaluationsDocument, { knowledgeBase: 'secrets' }, carol)
    expect(listed.evaluations.nodes).toEqual([])
    const carols = await evaluate(server, input, carol)
    expect(carols).toMatchObject({ missingDocumentCount: 1, metrics: [{ recall: 0 }, {}, {}, {}] })
    expect(await find(carols.id, bobToken)).toMatchObject({ id: carols.id })
    const forged = { ...input, groups: ['geologists'] }
    expect(await ask(server, { type: 'knowledge.evaluate', input: forged }, { token: carol })).toMatchObject({
      __typename: 'InvalidInput',
      path: 'input.input.groups',
    })
  })

  test('nothing of it is there for another tenant, or for nobody', async () => {
    const { id } = await evaluate(server, INPUT, adaToken)
    const node = new TypedDocumentString<{ readonly node: object | null }, { readonly id: string }>(
      'query ($id: ID!) { node(id: $id) { __typename id } }',
    )
    expect((await server.request(node, { id }, adaToken)).node).toEqual({ __typename: 'Evaluation', id })
    expect((await server.request(node, { id }, eveToken)).node).toBeNull()
    expect(await find(id, eveToken)).toBeNull()
    expect((await server.request(EvaluationQueriesDocument, { id }, eveToken)).evaluation).toBeNull()
    expect((await server.request(EvaluationsDocument, {}, eveToken)).evaluations.nodes).toEqual([])
    const { deleteEvaluation } = await server.request(DeleteEvaluationDocument, { input: { id } }, eveToken)
    expect(deleteEvaluation).toMatchObject({ __typename: 'NotFound' })
    expect(await start(INPUT, eveToken)).toMatchObject({ __typename: 'NotFound' })
    for (const [document, variables] of [
      [EvaluateRetrievalDocument, { input: INPUT }],
      [EvaluationDocument, { id }],
      [EvaluationsDocument, {}],
      [DeleteEvaluationDocument, { input: { id } }],
    ] as const)
      expect(
        (await server.send(document as typeof EvaluationDocument, variables as never)).errors?.[0]?.extensions,
      ).toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})
