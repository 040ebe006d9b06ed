import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { TypedDocumentString } from '../generated/graphql.js'
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
})
