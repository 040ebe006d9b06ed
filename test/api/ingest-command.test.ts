import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DocumentVersionsDocument, KnowledgeBaseDocumentsDocument, TasksDocument } from '../generated/graphql.js'
import { parseIngestArguments } from '../../src/cli/ingest-arguments.js'
import { ProgressLine } from '../../src/cli/progress-line.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { writeCatalogue, writeEmbeddingModel } from '../support/made-models.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const COMMAND = fileURLToPath(new URL('../../src/cli/ingest.js', import.meta.url))

let server: TestServer
let token: string
let client: KnowledgeClient
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const models = stack.use(await createTemporaryFolder('ingest-models')).path
  await writeEmbeddingModel(join(models, 'all-MiniLM-L6-v2'))
  await writeCatalogue(models)
  server = stack.use(await TestServer.start({ GRAPHLOOM_JWT_SECRET: JWT_SECRET, GRAPHLOOM_MODELS_DIR: models }))
  token = await signToken('acme')
  client = new KnowledgeClient(server, token)
})
afterAll(() => stack.disposeAsync())

function start(...given: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, ...given], { env: { ...process.env, GRAPHLOOM_TOKEN: token } })
  const said = { out: '', err: '' }
  child.stdout.on('data', (text: Buffer) => (said.out += text.toString()))
  child.stderr.on('data', (text: Buffer) => (said.err += text.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }))
  return { child, ended, said }
}

const run = (...given: readonly string[]) => start(...given).ended
const ingest = (folder: string, name: string, ...more: readonly string[]) =>
  run(folder, '--knowledge-base', name, '--url', server.url, ...more)

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

async function list(name: string) {
  const { knowledgeBase } = await server.request(KnowledgeBaseDocumentsDocument, { name, first: 100 }, token)
  return new Map(knowledgeBase!.documents.nodes.map((one) => [one.key, one]))
}

test('a folder goes in; again, only what is new or changed', async () => {
  const folder = stack.use(await createTemporaryFolder('ingest')).path
  await writeFiles(folder, {
    'cats.md': '# Cats\n\ncat cat red',
    'far/away/dogs.txt': 'dog dog blue',
    'far/table.csv': 'animal,colour\nbird,red\nfish,blue\n',
    'image.png': 'not a document',
    '.hidden/secret.md': 'good',
    'drafts/bad.md': 'bad',
  })
  await symlink(join(folder, 'cats.md'), join(folder, 'link.md'))
  const missing = await ingest(folder, 'animals')
  expect(missing).toMatchObject({
    code: 2,
    err: 'graphloom ingest: There is no knowledge base "animals"; --create makes one.\n',
  })

  const first = await ingest(folder, 'animals', '--create', '--exclude', 'drafts')
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toContain('100 %  3/3')
  expect(first.out).toMatch(/3 files: 3 taken in, 0 unchanged, 0 failed\n$/)
  expect([...(await list('animals')).keys()].sort()).toEqual(['cats.md', 'far/away/dogs.txt', 'far/table.csv'])
  const [hit] = await client.search('animals', 'dog', { mode: 'TEXT' })
  expect(hit?.document.key).toBe('far/away/dogs.txt')

  await writeFiles(folder, { 'cats.md': '# Cats\n\ncat good', 'new.html': '<p>bird good</p>' })
  const again = await ingest(folder, 'animals', '--exclude', 'drafts/**', '--include', '**/*.{md,txt,csv,html}')
  expect(again.out).toMatch(/4 files: 2 taken in, 2 unchanged, 0 failed\n$/)
  const known = await list('animals')
  expect(['cats.md', 'new.html', 'far/table.csv'].map((key) => known.get(key)?.versionNumber)).toEqual([2, 1, 1])
})

test('what fails is told with its reason, is tried again, and keeps nothing else out', async () => {
  const folder = stack.use(await createTemporaryFolder('ingest')).path
  await writeFiles(folder, { 'good.md': 'good cat', 'empty.txt': '', 'broken.jsonl': '{"animal": "dog"}\n{"animal": ' })
  await client.create({ name: 'mixed' })
  const first = await ingest(folder, 'mixed')
  expect(first).toMatchObject({ code: 1 })
  expect(first.out).toMatch(/3 files: 1 taken in, 0 unchanged, 2 failed\n$/)
  expect(first.err).toContain('empty.txt: The file is empty.\n')
  expect(first.err).toMatch(/^broken\.jsonl: Line 2: /m)
  await writeFiles(folder, { 'broken.jsonl': '{"animal": "dog"}\n' })
  await rm(join(folder, 'empty.txt'))
  expect(await ingest(folder, 'mixed')).toMatchObject({ code: 0, err: '' })
  expect((await list('mixed')).get('broken.jsonl')).toMatchObject({ state: 'READY', error: null })
})

test('a key that is somebody else’s keeps its file out alone', async () => {
  const folder = stack.use(await createTemporaryFolder('ingest')).path
  await writeFiles(folder, { 'a.md': 'cat', 'b.md': 'dog', 'c.md': 'bird' })
  await client.create({ name: 'shared' })
  const bob = new KnowledgeClient(server, await signToken('acme', ['MEMBER'], { subject: 'bob' }))
  await bob.add('shared', [{ key: 'b.md', text: 'fish', access: { users: ['bob'] } }])
  const { code, err } = await ingest(folder, 'shared')
  expect(code).toBe(1)
  expect(err).toMatch(/^b\.md: /)
  expect(err).not.toContain('fish')
  expect([...(await list('shared')).keys()].sort()).toEqual(['a.md', 'c.md'])
})

test('an interrupted run leaves each document wholly in or out, and the next one ends it', async () => {
  const folder = stack.use(await createTemporaryFolder('ingest')).path
  const names = Array.from({ length: 52 }, (_, i) => `${i}.txt`)
  await writeFiles(folder, Object.fromEntries(names.map((name) => [name, 'cat dog bird fish '.repeat(200)])))
  await client.create({ name: 'large', chunking: { maxTokens: 16 } })
  const { child, ended } = start(folder, '--knowledge-base', 'large', '--url', server.url)
  await waitFor('the first documents', async () => (await list('large')).size > 0)
  child.kill('SIGINT')
  const { code, err } = await ended
  expect(code).toBe(130)
  expect(err).toContain('Run it again for the rest.')
  await waitFor('the end of its tasks', async () => {
    const state = ['QUEUED', 'RUNNING', 'RETRYING', 'CANCELLING'] as const
    const filter = { type: 'knowledge.ingest', state: [...state] }
    return (await server.request(TasksDocument, { filter, first: 1 }, token)).tasks.nodes.length === 0
  })
  for (const { id, state, chunkCount, error } of (await list('large')).values()) {
    expect(state === 'READY' ? chunkCount > 1 : state === 'FAILED' && error?.code === 'CANCELLED').toBe(true)
    const { document } = await server.request(DocumentVersionsDocument, { id }, token)
    expect(document!.versions.nodes.map((version) => version.state)).toEqual([state])
  }
  expect((await ingest(folder, 'large')).out).toMatch(/52 files: \d+ taken in, \d+ unchanged, 0 failed\n$/)
  expect((await list('large')).size).toBe(52)
}, 60_000)

test('what cannot be done is said in a line', async () => {
  expect(parseIngestArguments(['--help'], {})).toBeNull()
  for (const [given, said] of [
    [[], 'Give one PATH'],
    [['.', 'more'], 'Give one PATH'],
    [['.'], '--knowledge-base NAME'],
    [['.', '--knowledge-base', 'a', '--url', 'ftp://a'], '--url must be'],
    [['.', '--nonsense'], '--nonsense'],
  ] as const)
    expect(() => parseIngestArguments(given, {})).toThrow(said)
  const asked = [
    '.',
    '--knowledge-base',
    'a',
    '--url',
    'https://a.example/graphql',
    '--include',
    '*.md',
    '--include',
    'b',
  ]
  expect(parseIngestArguments(asked, { GRAPHLOOM_TOKEN: 't' })).toEqual({
    path: '.',
    knowledgeBase: 'a',
    url: 'https://a.example',
    token: 't',
    include: ['*.md', 'b'],
    exclude: [],
    create: false,
  })
  expect(await ingest('/does/not/exist', 'none')).toMatchObject({
    code: 2,
    err: 'graphloom ingest: There is no file or folder "/does/not/exist".\n',
  })
})

test('progress is a bar on a terminal, and a line for each tenth elsewhere', () => {
  const written = (isTTY: boolean): string => {
    let text = ''
    const line = new ProgressLine({ isTTY, columns: 60, write: (part) => (text += part) })
    for (let done = 0; done <= 40; done++) line.show({ done, total: 40, text: 'documents' })
    line.end()
    return text
  }
  const lines = written(false).trimEnd().split('\n')
  expect(lines).toHaveLength(11)
  expect([lines[0], lines.at(-1)]).toEqual(['0 %  0/40  documents', '100 %  40/40  documents'])
  const shown = written(true).split('\r\u001b[K')
  expect(shown.at(-1)).toBe(`${'█'.repeat(24)} 100 %  40/40  documents\n`)
  for (const one of shown) expect(one.length).toBeLessThan(60)
})
