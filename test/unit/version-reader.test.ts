import { expect, test } from 'vitest'
import type { DocumentVersion } from '../../src/domain/knowledge.js'
import type { DocumentBody } from '../../src/ports/document-store.js'
import { DocumentRecords } from '../../src/services/knowledge/document-records.js'
import { VersionReader } from '../../src/services/knowledge/version-reader.js'
import { Payloads } from '../../src/services/payloads.js'
import { openState } from '../../src/state.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const BASE = 'kb_1'
const SCOPE = { tenantId: 'acme' }
const idOf = (number: number): string => `dver_${String(number).padStart(26, '0')}`
const placeOf = (number: number) => ({ versionId: idOf(number), generation: 1 })

async function openReader() {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await createTemporaryFolder('reader'))
  const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger: silentLogger }))
  const payloads = new Payloads(state.blobs, 64 << 20)
  const records = new DocumentRecords(state.documents, payloads)
  const write = async (number: number, text: string): Promise<void> => {
    const named = { ...SCOPE, knowledgeBaseId: BASE, versionId: idOf(number) }
    const content = await payloads.put({ mediaType: 'text/plain', text, segments: [], warnings: [] })
    const version = { id: idOf(number), ...SCOPE, knowledgeBaseId: BASE, documentId: 'doc_1', number, content }
    await records.insertVersion(version as unknown as DocumentBody<DocumentVersion>)
    const chunk = { start: 2, end: 5, tokens: 1, page: null, headings: [], hasHead: false, hash: 'h', metadata: {} }
    const vectors = [Float32Array.of(1)]
    await records.sets.put({ ...named, generation: 1, modelVersionId: 'mver_a', chunks: [chunk], vectors })
  }
  const reader = new VersionReader({ records, payloads })
  const read = async (number: number, scope = SCOPE) =>
    (await reader.read(scope, [placeOf(number)])).get(idOf(number))?.get(0)?.text
  return { records, reader, write, read, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('a version is read once, for its own tenant, until it is forgotten', async () => {
  await using opened = await openReader()
  const { records, reader, read, write } = opened
  expect(await read(1), 'before it is there').toBeUndefined()
  await write(1, 'a cat sat')
  expect(await read(1)).toBe('cat')
  await records.deleteVersion('acme', idOf(1))
  expect(await read(1), 'its document says whether it is found').toBe('cat')
  expect(await read(1, { tenantId: 'other' })).toBeUndefined()
  reader.forget()
  expect(await read(1)).toBeUndefined()
})

test('what is kept has a bound', async () => {
  await using opened = await openReader()
  const { records, read, write } = opened
  const large = 'x'.repeat(1_500_000)
  const count = 14
  for (let number = 1; number <= count; number++) {
    await write(number, `a cat ${large}`)
    expect(await read(number)).toBe('cat')
  }
  await write(99, `a dog ${large}${large}`)
  expect(await read(99)).toBe('dog')
  for (const number of [...Array(count).keys(), count, 99])
    if (number > 0) await records.deleteVersion('acme', idOf(number))
  const kept = await Promise.all(Array.from({ length: count }, (_, i) => read(i + 1)))
  expect(kept.filter((text) => text === 'cat')).toHaveLength(11)
  expect(kept.slice(-11)).not.toContain(undefined)
  expect(await read(99), 'one that would drive out many others').toBeUndefined()
}, 60_000)
