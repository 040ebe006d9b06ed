import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasCode } from '../../src/adapters/filesystem/durable-files.js'
import { DeleteDocumentDocument, DeleteKnowledgeBaseDocument } from '../generated/graphql.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'
import { ALLOWED_ADDRESS, WebServer } from '../support/web-server.js'

let server: TestServer
let environment: Record<string, string>
let client: KnowledgeClient
let web: WebServer
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('erasure-models')).path
  const data = stack.use(await createTemporaryFolder('erasure-data')).path
  await writeEmbeddingModel(join(models, 'all-MiniLM-L6-v2'))
  await writeCatalogue(models)
  web = stack.use(
    await WebServer.start(
      ({ url }, response) => {
        const words = toText(url.slice(1))
        const row = JSON.stringify({ tag: `tag${words}`, text: `${words} cat.` })
        const text = `${row}\n`.repeat(url.startsWith('/large') ? 1_000 : 3)
        response.writeHead(200, { 'content-type': 'application/jsonl' }).end(text)
      },
      { host: ALLOWED_ADDRESS },
    ),
  )
  environment = {
    GRAPHLOOM_MODELS_DIR: models,
    GRAPHLOOM_DATA_DIR: data,
    GRAPHLOOM_WEB_ALLOWED_ADDRESSES: ALLOWED_ADDRESS,
    GRAPHLOOM_ERASE_AFTER_MS: '100',
  }
  server = await TestServer.start(environment)
  client = new KnowledgeClient(server)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await stack.disposeAsync()
})

/** Words that no other file has. */
const toText = (name: string): string => `quux${name}zyzzyva`

/** Files below the data directory that have the bytes. */
async function filesWith(text: string, folder = environment['GRAPHLOOM_DATA_DIR']!): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  // A folder went away while it was read.
  if (!entries) return filesWith(text, folder)
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const bytes = entry.isFile() ? await readFile(path).catch(() => Buffer.alloc(0)) : Buffer.alloc(0)
      return bytes.includes(text) ? [path] : []
    }),
  )
  return found.flat()
}

async function add(knowledgeBase: string, names: readonly string[]): Promise<Map<string, string>> {
  const added = await client.add(
    knowledgeBase,
    names.map((name) => ({
      key: name,
      url: `${web.origin}/${name}`,
    })),
  )
  return new Map(added.map(({ key, id }) => [key!, id]))
}

const remove = async (id: string) =>
  expect((await server.request(DeleteDocumentDocument, { input: { id } })).deleteDocument.__typename).toBe(
    'DeletedDocument',
  )

const isGone = (name: string) => waitFor(`the end of ${name}`, async () => (await filesWith(toText(name))).length === 0)

test('what was deleted leaves no bytes on the disk, in time, and what stays is found as before', async () => {
  await client.create({ name: 'erased', chunking: { maxTokens: 16 }, metadataFields: [{ name: 'tag', kind: 'TEXT' }] })
  const ids = await add('erased', ['small', 'largeone', 'kept'])
  await client.add('erased', [{ key: 'kept2', text: 'dog bird' }])
  for (const name of ['small', 'largeone', 'kept']) expect(await filesWith(toText(name))).not.toEqual([])
  for (const name of ['small', 'largeone']) {
    await remove(ids.get(name)!)
    expect(await client.search('erased', toText(name), { mode: 'TEXT' })).toEqual([])
  }
  for (const name of ['small', 'largeone']) await isGone(name)
  const hits = await client.search('erased', toText('kept'), { mode: 'TEXT' })
  expect(new Set(hits.map(({ document }) => document.key))).toEqual(new Set(['kept']))
  expect(await client.search('erased', 'dog', { mode: 'VECTOR' })).not.toEqual([])
}, 60_000)

test('what a crash left is erased after the next start, and a base with all that is in it', async () => {
  await client.create({ name: 'crashed', metadataFields: [{ name: 'tag', kind: 'TEXT' }] })
  const ids = await add('crashed', ['before', 'after'])
  await remove(ids.get('before')!)
  await server.kill()
  server = await TestServer.start(environment)
  client = new KnowledgeClient(server)
  await isGone('before')
  expect(await client.search('crashed', toText('after'), { mode: 'TEXT' })).not.toEqual([])
  await server.request(DeleteKnowledgeBaseDocument, { input: { name: 'crashed' } })
  await isGone('after')
}, 60_000)
