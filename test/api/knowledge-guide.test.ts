import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AnswerDocument, TypedDocumentString, type AnswerEventsSubscription } from '../generated/graphql.js'
import { readHandbook } from '../support/collections.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { TestServer } from '../support/server.js'

interface Added {
  readonly addDocuments: { readonly task: { readonly id: string }; readonly documents: readonly object[] }
}

interface Found {
  readonly search: { readonly hits: readonly { readonly document: { readonly key: string }; readonly chunk: object }[] }
}

interface Restoring {
  readonly restoreSnapshot: { readonly task: { readonly id: string } }
}

interface Rebuilt {
  readonly reindexKnowledgeBase: { readonly task: { readonly id: string } }
}

interface Evaluated {
  readonly evaluateRetrieval: { readonly id: string; readonly task: { readonly id: string } }
}

let server: TestServer
beforeAll(async () => {
  server = await TestServer.start({})
})
afterAll(() => server[Symbol.asyncDispose]())

/** Runs operations of a guide as they stand there. */
async function openGuide(file: string) {
  const guide = await readFile(join(import.meta.dirname, '../../../docs', file), 'utf8')
  const operations = new Map<string, string>()
  for (const [, text = ''] of guide.matchAll(/^```graphql\n(.*?)^```$/gms)) {
    const [definition] = parse(text).definitions
    operations.set(definition?.kind === 'OperationDefinition' ? definition.name!.value : '', text)
  }
  const run = <T>(name: string, variables: object = {}) =>
    server.request(new TypedDocumentString<T, object>(operations.get(name)!), variables)
  return { operations, run }
}

test('the guide’s documents are taken in and found as it says', async () => {
  const { operations, run } = await openGuide('knowledge-bases.md')
  expect(await run('MakeBase')).toMatchObject({ createKnowledgeBase: { __typename: 'KnowledgeBase' } })
  const { addDocuments } = await run<Added>('AddToBase')
  expect(addDocuments.documents).toMatchObject([{ key: 'travel' }, { key: 'oncall' }])
  await readToEnd(server, addDocuments.task.id)
  const { search } = await run<Found>('Ask')
  expect(search.hits[0]).toMatchObject({
    document: { key: 'travel', title: 'Travel' },
    chunk: { text: expect.stringContaining('120 euros') as string },
  })
  expect(await run('HowWellIsItFound')).toEqual({
    knowledgeBase: { activeGeneration: { approximateSearch: null } },
  })
  const { startAnswer } = await run<{ readonly startAnswer: { readonly id: string } }>('AskForAnAnswer')
  const follow = new TypedDocumentString<AnswerEventsSubscription, { readonly id: string }>(
    operations.get('FollowAnswer')!,
  )
  const quotes: string[] = []
  let text = ''
  let last = ''
  for await (const { answerEvents } of server.subscribe(follow, { id: startAnswer.id })) {
    last = answerEvents.__typename
    if (answerEvents.__typename === 'AnswerTextDelta') text += answerEvents.text
    if (answerEvents.__typename === 'AnswerCitationAdded') quotes.push(answerEvents.citation!.quote)
  }
  expect(last).toBe('StreamEnd')
  if (text !== '') expect(quotes).toEqual([text])
  const { answer } = await server.request(AnswerDocument, { id: startAnswer.id })
  expect(answer?.text).toBe('A hotel may cost up to 120 euros a night, 160 in large cities.')
  expect(answer?.citations).toMatchObject([{ quote: answer?.text, valid: true, superseded: false }])
  const { reindexKnowledgeBase } = await run<Rebuilt>('Rebuild')
  await readToEnd(server, reindexKnowledgeBase.task.id)
  expect(await run('Switch')).toMatchObject({
    activateGeneration: {
      activeGeneration: { number: 2, documentCount: 2 },
      generations: [
        { number: 2, state: 'ACTIVE' },
        { number: 1, state: 'READY' },
      ],
    },
  })
  expect((await run<Found>('Ask')).search.hits[0]).toMatchObject({ document: { key: 'travel' } })
  expect(await run('Keep')).toMatchObject({ snapshotKnowledgeBase: { name: '2025-06', documentCount: 2 } })
  const { restoreSnapshot } = await run<Restoring>('GoBack')
  const { task } = await readToEnd(server, restoreSnapshot.task.id)
  expect(task).toMatchObject({ state: 'SUCCEEDED', output: { restored: 0 } })
})

test('searches are evaluated, and compared, as the guide says', async () => {
  const { run } = await openGuide('measuring-retrieval.md')
  const start = async (name: string, variables: object = {}): Promise<string> => {
    const { evaluateRetrieval } = await run<Evaluated>(name, variables)
    expect(evaluateRetrieval).toMatchObject({ __typename: 'Evaluation' })
    await readToEnd(server, evaluateRetrieval.task.id)
    return evaluateRetrieval.id
  }
  const client = new KnowledgeClient(server)
  await client.create({ name: 'staff-handbook' })
  const few = ['policies/travel', 'policies/travel-2022', 'policies/sick-leave', 'policies/leave', 'it/lost-device']
  const keys = few.map((name) => `${name}.md`)
  await client.add(
    'staff-handbook',
    readHandbook().documents.filter(({ key }) => keys.includes(key!)),
  )

  const id = await start('Evaluate')
  expect(await run('Result', { id })).toMatchObject({
    evaluation: { queryCount: 3, unjudgedCount: 0, metrics: [{ depth: 1 }, { depth: 5, recall: 1 }, { depth: 10 }] },
  })
  expect(await run('PerQuestion', { id })).toMatchObject({
    evaluation: { perQuery: { nodes: [{ queryId: 'hotel', relevantCount: 2 }, {}, {}] } },
  })
  const later = await start('Compare', {
    earlier: id,
    queries: 'hotel\tWhat may I spend on a night in a hotel in Oslo?\nlaptop\tSomeone took my notebook on the train',
    judgements: 'hotel 0 policies/travel.md 2\nlaptop 0 it/lost-device.md 2',
  })
  const { evaluation } = await run<{ evaluation: { delta: object[] } }>('Delta', { id: later })
  expect(evaluation.delta).toHaveLength(15)
  expect(evaluation.delta[0]).toMatchObject({ metric: 'NDCG', depth: 1, pairedCount: 2 })
  expect(await run('Answers', { id })).toEqual({ evaluation: { answers: null } })
})
