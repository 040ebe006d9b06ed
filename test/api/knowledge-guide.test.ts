import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { AnswerDocument, TypedDocumentString, type AnswerEventsSubscription } from '../generated/graphql.js'
import { readToEnd } from '../support/enqueued-tasks.js'
import { TestServer } from '../support/server.js'

interface Added {
  readonly addDocuments: { readonly task: { readonly id: string }; readonly documents: readonly object[] }
}

interface Found {
  readonly search: { readonly hits: readonly { readonly document: { readonly key: string }; readonly chunk: object }[] }
}

test('the guide’s documents are taken in and found as it says', async () => {
  const guide = await readFile(join(import.meta.dirname, '../../../docs/knowledge-bases.md'), 'utf8')
  const operations = new Map<string, string>()
  for (const [, text = ''] of guide.matchAll(/^```graphql\n(.*?)^```$/gms)) {
    const [definition] = parse(text).definitions
    operations.set(definition?.kind === 'OperationDefinition' ? definition.name!.value : '', text)
  }
  await using server = await TestServer.start({})
  const run = <T>(name: string) => server.request(new TypedDocumentString<T, object>(operations.get(name)!), {})
  expect(await run('MakeBase')).toMatchObject({ createKnowledgeBase: { __typename: 'KnowledgeBase' } })
  const { addDocuments } = await run<Added>('AddToBase')
  expect(addDocuments.documents).toMatchObject([{ key: 'travel' }, { key: 'oncall' }])
  await readToEnd(server, addDocuments.task.id)
  const { search } = await run<Found>('Ask')
  expect(search.hits[0]).toMatchObject({
    document: { key: 'travel', title: 'Travel' },
    chunk: { text: expect.stringContaining('120 euros') as string },
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
})
