import { setImmediate as nextTurn } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../kernel/json.js'
import type { OutputConstraint } from '../../domain/prediction.js'
import type { CodecChat, TextPairs } from '../../ports/text-codec.js'
import { serveParent, type CallContext } from '../child-process/serve-parent.js'
import { loadTokenizer, type ModelTokenizer } from './tokenizer.js'

/** Tokenizers kept in memory; one of a large vocabulary takes some 100 MB. */
const KEPT_TOKENIZERS = 8
const KEPT_CONSTRAINTS = 256

/** Constraints that the grammar engine can honour. */
const honoured = new LRUCache<string, true>({ max: KEPT_CONSTRAINTS })
const tokenizers = new LRUCache<string, Promise<ModelTokenizer>>({ max: KEPT_TOKENIZERS })

function openTokenizer(folder: string): Promise<ModelTokenizer> {
  const kept = tokenizers.get(folder)
  if (kept) return kept
  const loading = loadTokenizer(folder)
  tokenizers.set(folder, loading)
  loading.catch(() => tokenizers.delete(folder))
  return loading
}

/** Between texts others get their turn, and a cancel is heard. */
async function encodeEach<T>(texts: readonly string[], encode: (text: string) => T, signal: AbortSignal): Promise<T[]> {
  const encoded: T[] = []
  for (const text of texts) {
    await nextTurn()
    signal.throwIfAborted()
    encoded.push(encode(text))
  }
  return encoded
}

serveParent({
  encodeChat: async ({ folder, chat }: { folder: string; chat: CodecChat }) =>
    (await openTokenizer(folder)).encodeChat(chat),
  countVocabulary: async ({ folder }: { folder: string }) => (await openTokenizer(folder)).vocabularySize,
  encodeText: async ({ folder, text }: { folder: string; text: string }) =>
    (await openTokenizer(folder)).encode(text, false),
  checkConstraint: async ({ constraint }: { constraint: OutputConstraint }) => {
    const key = canonicalJson(constraint)
    if (honoured.has(key)) return
    // Loaded by the first that is asked about.
    const { checkConstraint } = await import('../grammar/grammar-engine.js')
    checkConstraint(constraint)
    honoured.set(key, true)
  },
  encodeForEmbedding: async (
    { folder, texts }: { folder: string; texts: readonly string[] },
    { signal }: CallContext,
  ) => {
    const tokenizer = await openTokenizer(folder)
    return encodeEach(texts, (text) => tokenizer.encode(text, true), signal)
  },
  encodePairs: async ({ folder, first, seconds }: { folder: string } & TextPairs, { signal }: CallContext) => {
    const tokenizer = await openTokenizer(folder)
    return encodeEach(seconds, (second) => tokenizer.encodePair(first, second), signal)
  },
})
