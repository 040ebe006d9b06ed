import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AnswerEventsDocument,
  AnswersDocument,
  CancelAnswerDocument,
  CancelPredictionDocument,
  DeleteAnswerDocument,
  DeleteDocumentDocument,
  FindNodeDocument,
  PredictionDocument,
  PredictionsDocument,
  type StartAnswerInput,
} from '../generated/graphql.js'
import { ask, askAndWait, AnswerReader, readAnswer, tryAsking } from '../support/answers.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from '../support/models.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'

const TRAVEL = `# Travel

## Trains

Trains are booked in second class. Tickets above 200 euros need a yes from your lead.

## Hotels

A hotel may cost up to 120 euros a night, 160 in large cities. Breakfast is not
paid back.
`

const ON_CALL = 'Whoever is on call answers within fifteen minutes. The phone is handed over on Mondays at ten.'

const HOTEL: StartAnswerInput = { knowledgeBases: ['handbook'], question: 'How much may a hotel cost?' }

const MISTAKES: readonly (readonly [string, Partial<StartAnswerInput>, string])[] = [
  ['an empty question', { question: ' ' }, 'input.question'],
  ['a long question', { question: 'x'.repeat(9_000) }, 'input.question'],
  ['no base', { knowledgeBases: [] }, 'input.knowledgeBases'],
  ['too many sentences', { maxSentences: 21 }, 'input.maxSentences'],
  ['a relevance above 1', { minRelevance: 1.5 }, 'input.minRelevance'],
  ['a threshold below 0', { supportThreshold: -1 }, 'input.supportThreshold'],
  ['no hits', { search: { first: 0 } }, 'input.search.first'],
  ['an unknown field', { search: { filter: { field: { name: 'x', eq: 1 } } } }, 'input.search.filter.field.name'],
  ['no model that writes', { mode: 'GENERATIVE' }, 'input.model'],
  ['a model that is not used', { model: CHAT_MODEL }, 'input.model'],
  ['a model for embeddings', { mode: 'GENERATIVE', model: EMBEDDING_MODEL }, 'input.model'],
  [
    'a temperature above 2',
    { mode: 'GENERATIVE', model: CHAT_MODEL, generation: { temperature: 3 } },
    'input.generation.temperature',
  ],
  ['an empty turn', { turns: [{ question: '', answer: '' }] }, 'input.turns.0.question'],
]

describe.each(STORES_BRIEFLY)('answers, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let ada: KnowledgeClient
  let token: string
  let bobToken: string
  let eveToken: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    token = await signToken('acme')
    bobToken = await signToken('acme', ['MEMBER'], { subject: 'bob' })
    eveToken = await signToken('evil')
    ada = new KnowledgeClient(server, token)
    await ada.create({ name: 'handbook' })
    await ada.add('handbook', [
      { key: 'travel', source: 'travel.md', mediaType: 'text/markdown', text: TRAVEL },
      { key: 'oncall', title: 'On call', text: ON_CALL },
    ])
  })
  afterAll(() => stack.disposeAsync())

  test('the best sentences are quoted exactly: hits, then text, then citations, then the end', async () => {
    const { answer, reader } = await askAndWait(server, HOTEL, token)
    expect(answer).toMatchObject({ state: 'SUCCEEDED', grounded: true, absence: null, mode: 'EXTRACTIVE' })
    expect(answer.text).toContain('A hotel may cost up to 120 euros a night, 160 in large cities.')
    expect(answer.hits[0]).toMatchObject({ rank: 1, document: { key: 'travel' } })
    expect(answer.citations).not.toEqual([])
    for (const { quote, chunk, start, end, answerStart, answerEnd, ...citation } of answer.citations) {
      expect(answer.text.slice(answerStart, answerEnd)).toBe(quote)
      expect(chunk?.text.slice(start - chunk.start, end - chunk.start)).toBe(quote)
      expect(citation).toMatchObject({ valid: true, superseded: false, documentVersion: { number: 1 } })
    }
    expect(reader.text).toBe(answer.text)
    expect(reader.citations).toEqual(answer.citations.map(({ number }) => number))
    expect(reader.end).toBe('FINISHED')
    const kinds = [...new Set(reader.order)].filter((kind) => kind !== 'AnswerChanged' && kind !== 'AnswerSnapshot')
    expect(['AnswerHitsFound', 'AnswerTextDelta', 'AnswerCitationAdded', 'AnswerSentenceChecked', 'StreamEnd']).toEqual(
      expect.arrayContaining(kinds),
    )
  })

  test('what the documents do not say is told by rule', async () => {
    const { answer, reader } = await askAndWait(
      server,
      { ...HOTEL, question: 'Which team won the football cup of 1966?' },
      token,
    )
    expect(answer).toMatchObject({
      text: 'This is not in these documents.',
      absence: 'NOT_RELEVANT',
      grounded: false,
      citations: [],
      sentences: [],
    })
    expect(reader.text).toBe(answer.text)
    await ada.create({ name: 'empty' })
    const empty = await askAndWait(server, { ...HOTEL, knowledgeBases: ['empty'] }, token)
    expect(empty.answer).toMatchObject({ absence: 'NO_HITS', hits: [], state: 'SUCCEEDED' })
  })

  test('a stream goes on after its cursor, over either transport, and tells an ended answer whole', async () => {
    const { id } = await ask(server, HOTEL, { token })
    const whole = await new AnswerReader().read(server, id, { token })
    for (const transport of ['websocket', 'sse'] as const) {
      const reader = new AnswerReader()
      await reader.read(server, id, { token, transport })
      expect(reader.order).toEqual(['AnswerSnapshot', 'StreamEnd'])
      expect(reader.text).toBe(whole.text)
    }
    const again = new AnswerReader()
    again.cursor = Buffer.from(`${id}:1`).toString('base64url')
    again.sequence = 1
    await again.read(server, id, { token })
    expect(again.order.at(-1)).toBe('StreamEnd')
    expect(again.order.indexOf('AnswerHitsFound')).toBeLessThan(again.order.indexOf('AnswerTextDelta'))
    expect(again.order.indexOf('AnswerTextDelta')).toBeLessThan(again.order.indexOf('AnswerCitationAdded'))
    expect(again.text).toBe(whole.text)
  })

  test('the same key and input give the same answer, another input a conflict', async () => {
    const first = await ask(server, HOTEL, { token, idempotencyKey: 'once' })
    const second = await ask(server, HOTEL, { token, idempotencyKey: 'once' })
    expect(second.id).toBe(first.id)
    expect(
      await tryAsking(server, { ...HOTEL, question: 'What else?' }, { token, idempotencyKey: 'once' }),
    ).toMatchObject({
      __typename: 'IdempotencyConflict',
    })
    expect((await ask(server, HOTEL, { token: bobToken, idempotencyKey: 'once' })).id).not.toBe(first.id)
  })

  test.each(MISTAKES)('%s is refused with its path', async (_, more, path) => {
    expect(await tryAsking(server, { ...HOTEL, ...more }, { token })).toMatchObject({
      __typename: 'InvalidInput',
      path,
    })
  })

  test('an answer is there for whoever asked alone, and is listed, cancelled and deleted by nobody else', async () => {
    const { answer } = await askAndWait(server, HOTEL, token)
    const { id } = answer
    for (const other of [bobToken, eveToken]) {
      expect((await server.request(FindNodeDocument, { id }, other)).node).toBeNull()
      expect((await server.request(CancelAnswerDocument, { input: { id } }, other)).cancelAnswer).toMatchObject({
        __typename: 'NotFound',
      })
      expect((await server.request(DeleteAnswerDocument, { input: { id } }, other)).deleteAnswer).toMatchObject({
        __typename: 'NotFound',
      })
      const { answers } = await server.request(AnswersDocument, {}, other)
      expect(answers.nodes.map((node) => node.id)).not.toContain(id)
      await expect(new AnswerReader().read(server, id, { token: other })).rejects.toThrow(/NOT_FOUND|no answer/)
    }
    expect((await server.request(AnswersDocument, { first: 1 }, token)).answers.nodes[0]?.id).toBe(id)
    expect((await server.request(CancelAnswerDocument, { input: { id } }, token)).cancelAnswer).toMatchObject({
      state: 'SUCCEEDED',
    })
    expect((await server.request(DeleteAnswerDocument, { input: { id } }, token)).deleteAnswer).toMatchObject({
      deletedId: id,
    })
    expect((await server.request(FindNodeDocument, { id }, token)).node).toBeNull()
    expect(await tryAsking(server, { ...HOTEL, knowledgeBases: ['handbook'] }, { token: eveToken })).toMatchObject({
      __typename: 'NotFound',
    })
  })

  test('a citation of a document that changed resolves, superseded; of one that is not yours any more nothing is told', async () => {
    const bob = new KnowledgeClient(server, bobToken)
    await bob.add('handbook', [{ key: 'dogs', text: 'Dogs are allowed in the office on Fridays.' }])
    const asked = { ...HOTEL, question: 'When are dogs allowed in the office?', maxSentences: 1 }
    const { answer } = await askAndWait(server, asked, token)
    expect(answer.text).toBe('Dogs are allowed in the office on Fridays.')
    await bob.add('handbook', [{ key: 'dogs', text: 'Dogs must stay at home.' }])
    const superseded = await readAnswer(server, answer.id, token)
    expect(superseded.citations).toMatchObject([{ quote: answer.text, valid: true, superseded: true }])
    await bob.add('handbook', [{ key: 'dogs', text: 'Dogs must stay at home.', access: { users: ['bob'] } }])
    expect(await readAnswer(server, answer.id, token)).toMatchObject({
      text: '',
      isWithheld: true,
      grounded: false,
      citations: [],
      sentences: [],
    })
    const reader = new AnswerReader()
    reader.cursor = Buffer.from(`${answer.id}:1`).toString('base64url')
    reader.sequence = 1
    expect((await reader.read(server, answer.id, { token })).text).toBe('')
    await ada.add('handbook', [{ key: 'dogs2', text: 'Cats sleep in the archive room.' }])
    const cats = await askAndWait(server, { ...asked, question: 'Where do cats sleep?' }, token)
    expect(cats.answer.text).toBe('Cats sleep in the archive room.')
    const id = cats.answer.citations[0]!.document.id
    await server.request(DeleteDocumentDocument, { input: { id } }, token)
    expect(await readAnswer(server, cats.answer.id, token)).toMatchObject({ text: '', isWithheld: true, citations: [] })
  })

  test('documents of a group are quoted to its members, and to nobody else', async () => {
    const carol = await signToken('acme', ['MEMBER'], { subject: 'carol', groups: ['board'] })
    await new KnowledgeClient(server, bobToken).add('handbook', [
      { key: 'vault', text: 'The vault is opened with seven keys.', access: { groups: ['board'] } },
    ])
    const asked = { ...HOTEL, question: 'How many keys open the vault?', maxSentences: 1 }
    const { answer } = await askAndWait(server, asked, carol)
    expect(answer).toMatchObject({ text: 'The vault is opened with seven keys.', grounded: true })
    const other = await askAndWait(server, asked, token)
    expect(JSON.stringify(other.answer)).not.toContain('seven')
    expect(other.answer.absence).toBe('NOT_RELEVANT')
    const left = await signToken('acme', ['MEMBER'], { subject: 'carol' })
    const withheld = await readAnswer(server, answer.id, left)
    expect(withheld).toMatchObject({ text: '', isWithheld: true, citations: [], sentences: [] })
    expect(JSON.stringify(withheld)).not.toContain('seven')
  })

  describe('written by a model', () => {
    const WRITTEN: StartAnswerInput = {
      ...HOTEL,
      mode: 'GENERATIVE',
      model: CHAT_MODEL,
      search: { first: 2 },
      generation: { maxTokens: 32, temperature: 0 },
    }

    test('an answer is its prediction’s text, and what the documents say of it is cited', async () => {
      const { answer, reader } = await askAndWait(server, WRITTEN, token)
      expect(answer).toMatchObject({ state: 'SUCCEEDED', absence: null, prediction: { state: 'SUCCEEDED' } })
      expect(reader.text).toBe(answer.text)
      expect(reader.citations).toEqual(answer.citations.map(({ number }) => number))
      const asked = { id: answer.prediction!.id }
      const { prediction } = await server.request(PredictionDocument, asked, token)
      expect(prediction?.output).toMatchObject({ text: answer.text })
      expect(answer.usedRanks.length).toBeGreaterThan(0)
      for (const { quote, answerStart, answerEnd, valid } of answer.citations) {
        expect(valid).toBe(true)
        expect(TRAVEL + ON_CALL).toContain(quote)
        expect(answer.sentences).toContainEqual(expect.objectContaining({ start: answerStart, end: answerEnd }))
      }
      for (const { isSupported, problem, citations } of answer.sentences) {
        expect(problem === null).toBe(isSupported)
        expect(citations.length > 0).toBe(isSupported)
      }
      for (const other of [bobToken, eveToken]) {
        expect((await server.request(PredictionDocument, asked, other)).prediction).toBeNull()
        await expect(server.request(CancelPredictionDocument, { input: asked }, other)).resolves.toMatchObject({
          cancelPrediction: { __typename: 'NotFound' },
        })
      }
      const { predictions } = await server.request(PredictionsDocument, { first: 100 }, token)
      expect(predictions.nodes.map(({ id }) => id)).not.toContain(asked.id)
      await server.request(DeleteAnswerDocument, { input: { id: answer.id } }, token)
      expect((await server.request(PredictionDocument, asked, token)).prediction).toBeNull()
    })

    test('sentences without support are withheld where citations are required', async () => {
      const { answer, reader } = await askAndWait(server, { ...WRITTEN, requireCitations: true }, token)
      expect(reader.text).toBe(answer.text)
      const kept = answer.sentences.filter(({ isWithheld }) => !isWithheld)
      expect(kept.every(({ isSupported }) => isSupported)).toBe(true)
      expect(answer.grounded).toBe(kept.length > 0)
      if (kept.length > 0)
        expect(kept.map(({ start, end }) => answer.text.slice(start, end)).join(' ')).toBe(answer.text)
    })

    test('a conversation goes on, and its questions are rewritten for the search', async () => {
      const first = await askAndWait(server, HOTEL, token)
      const asked = { ...HOTEL, question: 'And in large cities?', previousAnswer: first.answer.id, minRelevance: 0.2 }
      const by = async (more: Partial<StartAnswerInput>) =>
        (await askAndWait(server, { ...asked, ...more }, token)).answer
      expect((await by({})).rewrittenQuestion).toBeNull()
      const context = await by({ rewriting: 'CONTEXT' })
      expect(context).toMatchObject({
        rewrittenQuestion: 'How much may a hotel cost? And in large cities?',
        previousAnswer: { id: first.answer.id },
      })
      expect(context.text).toContain('160 in large cities')
      const rewritten = await by({ rewriting: 'MODEL', model: CHAT_MODEL })
      expect(rewritten.rewrittenQuestion).toEqual(expect.any(String))
      const written = await by({ ...WRITTEN, ...asked, rewriting: 'CONTEXT' })
      expect(written).toMatchObject({ state: 'SUCCEEDED', droppedTurns: 0 })
    })

    test('what finds no room beside the room for the answer is left out, the best passages last', async () => {
      const turns = Array.from({ length: 8 }, (_, i) => ({
        question: `What of hotel ${i}?`,
        answer: 'word '.repeat(90),
      }))
      const narrow = {
        ...WRITTEN,
        search: { first: 10 },
        generation: { maxTokens: 8_070, temperature: 0, stop: ['.'] },
        turns,
      }
      const { answer } = await askAndWait(server, narrow, token)
      expect(answer.state).toBe('SUCCEEDED')
      expect(answer.usedRanks.length).toBeLessThan(answer.hits.length)
      expect(answer.droppedTurns).toBe(8)
      const none = await askAndWait(server, { ...narrow, generation: { maxTokens: 8_150 } }, token)
      expect(none.answer).toMatchObject({ state: 'FAILED', error: { code: 'INVALID_INPUT' } })
    })

    test('an answer that is cancelled ends with what there is, and so does its prediction', async () => {
      const { id } = await ask(server, { ...WRITTEN, generation: { maxTokens: 2_000, temperature: 1 } }, { token })
      const reader = new AnswerReader()
      for await (const { answerEvents } of server.subscribe(AnswerEventsDocument, { id }, { token })) {
        reader.take(answerEvents)
        if (answerEvents.__typename === 'AnswerTextDelta') break
      }
      const { cancelAnswer } = await server.request(CancelAnswerDocument, { input: { id } }, token)
      expect(cancelAnswer).toMatchObject({ state: 'CANCELLED' })
      await reader.read(server, id, { token })
      const answer = await readAnswer(server, id, token)
      expect(reader.end).toBe('CANCELLED')
      expect(reader.text).toBe(answer.text)
      expect(answer).toMatchObject({
        state: 'CANCELLED',
        prediction: { state: 'CANCELLED' },
        task: { state: 'CANCELLED' },
      })
    })
  })
})
