import { expect, test } from 'vitest'
import type { DocumentVersion, IndexGeneration } from '../../src/domain/knowledge.js'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import type { PreparedChunk } from '../../src/services/knowledge/document-preparation.js'
import { DocumentRecords } from '../../src/services/knowledge/document-records.js'
import { embedVersions, type PreparedVersion } from '../../src/services/knowledge/document-vectors.js'
import { keepSets } from '../../src/services/knowledge/set-storage.js'
import type { IndexWriter } from '../../src/services/knowledge/index-writer.js'
import type { EmbedTexts, TextEmbedder } from '../../src/services/knowledge/text-embedder.js'
import { Payloads } from '../../src/services/payloads.js'
import { openState } from '../../src/state.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const VERSION = { id: 'dver_00000000000000000000000001', tenantId: 'acme', knowledgeBaseId: 'kb_1' } as DocumentVersion
const toModel = (id: string) => ({ id }) as ModelVersionDocument
const MODEL = toModel('mver_a')

const toChunk = (text: string): PreparedChunk => ({
  start: 0,
  end: text.length,
  tokens: 3,
  page: null,
  headings: [],
  hasHead: false,
  hash: `hash of ${text}`,
  metadata: {},
  embedded: text,
})

const prepare = (number: number, texts: readonly string[], model = MODEL): PreparedVersion => ({
  version: VERSION,
  knownIds: [VERSION.id],
  title: null,
  contentSha256: null,
  content: { text: '', segments: [], mediaType: 'text/plain', warnings: [] },
  sets: [{ generation: { number } as IndexGeneration, model, chunks: texts.map(toChunk) }],
})

/** A vector that tells the text and the model. */
const toVector = (text: string, model: string): Float32Array => Float32Array.of(text.length, model.charCodeAt(5))

test('what a generation has embedded of a document is not embedded again by the same model, in none of them', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await createTemporaryFolder('vectors'))
  const state = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger: silentLogger }))
  const records = new DocumentRecords(state.documents, new Payloads(state.blobs, 1 << 20))
  const asked: string[] = []
  const embedder = {
    embed: ({ texts, version }: EmbedTexts) => {
      asked.push(...texts.map((text) => `${version.id} ${text}`))
      return Promise.resolve(texts.map((text) => toVector(text, version.id)))
    },
  } as Partial<TextEmbedder> as TextEmbedder
  const origin = { taskId: 'task_1', tenantId: 'acme', createdBy: 'ada' }
  const embed = async (prepared: PreparedVersion): Promise<string[]> => {
    asked.length = 0
    const request = { origin, signal: new AbortController().signal }
    const [embedded] = await embedVersions({ records, embedder }, request, [prepared])
    await keepSets({ records, writer: {} as IndexWriter }, embedded!)
    for (const { model, chunks, vectors } of embedded!.sets)
      expect(vectors).toEqual(chunks.map((one) => toVector(one.embedded, model.id)))
    return asked.toSorted()
  }

  expect(await embed(prepare(1, ['one', 'three']))).toEqual(['mver_a one', 'mver_a three'])
  expect(await embed(prepare(2, ['three', 'five5']))).toEqual(['mver_a five5'])
  expect(await embed(prepare(2, ['three', 'five5']))).toEqual([])
  expect(await embed(prepare(3, ['one', 'five5', 'one']))).toEqual([])
  expect(await embed(prepare(4, ['one', 'five5'], toModel('mver_b')))).toEqual(['mver_b five5', 'mver_b one'])
  await records.sets.dropGeneration({ tenantId: 'acme', id: 'kb_1' }, 2)
  await records.sets.dropGeneration({ tenantId: 'acme', id: 'kb_1' }, 3)
  expect(await embed(prepare(5, ['one', 'five5']))).toEqual(['mver_a five5'])
})
