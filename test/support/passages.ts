import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { Analyzer } from '../../src/adapters/sqlite-text/analyzer.js'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import type { Passage } from '../../src/services/knowledge/answers/passages.js'
import { findSentences } from '../../src/services/knowledge/answers/sentence-ranges.js'
import { createKeptVectors, TextReader, type TextKind } from '../../src/services/knowledge/answers/text-reader.js'
import { NEVER, startBundled } from './inference.js'
import { bundledModel, EMBEDDING_MODEL } from './models.js'
import { silentLogger } from './state.js'

export const ENGLISH: TextKind = { language: 'ENGLISH', embeddingModelVersionId: 'bundled' }
const SCORES = { vector: 1, vectorRank: 1, text: null, textRank: null, fused: 1, rerank: null, rankBefore: 1 }

/** Reads texts with the bundled embedding model, without a server, and each once. */
export async function openTextReader(stack: AsyncDisposableStack): Promise<TextReader> {
  const codec = stack.use(createTextCodec({ logger: silentLogger }))
  const runtime = stack.use(createOnnxModelRuntime({ logger: silentLogger }))
  const runner = await startBundled(runtime, EMBEDDING_MODEL)
  const analyzer = await Analyzer.open(ENGLISH.language)
  const { path } = bundledModel(EMBEDDING_MODEL)
  return new TextReader(
    {
      textIndex: { findTerms: (_, texts) => Promise.resolve(texts.map((text) => analyzer.analyze(text))) },
      kept: createKeptVectors(),
      versions: { requireVersion: (id) => Promise.resolve({ id } as ModelVersionDocument) },
      embedder: {
        embed: async ({ texts }) => {
          const tokenIds = await codec.encodeForEmbedding(path, texts)
          const request = { id: 'test', tenantId: 'tenant', priority: 5, tokenIds }
          return (await runner.embed(request, NEVER)).vectors
        },
      },
    },
    { tenantId: 'tenant', subject: 'test', id: 'test', signal: NEVER },
  )
}

/** A document that is one chunk. */
export async function toPassage(text: string, reader: TextReader): Promise<Passage> {
  const ranges = findSentences(text)
  const read = await reader.read(
    ranges.map(({ start, end }) => text.slice(start, end)),
    ENGLISH,
  )
  const place = { knowledgeBaseId: 'kb', documentId: 'doc', versionId: 'version', chunkId: 'chunk' }
  return {
    ...ENGLISH,
    hit: { ...place, rank: 1, score: 1, scores: SCORES, highlights: [], start: 0, end: text.length, headings: [] },
    title: null,
    text,
    sentences: ranges.map((range, i) => ({ ...range, ...read[i]! })),
    context: new Set(),
  }
}
