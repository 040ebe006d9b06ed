import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GrammarVocabulary } from '../grammar/grammar-engine.js'
import { byteLevelAlphabet } from './byte-level-alphabet.js'
import { readTokenizerFiles } from './tokenizer-files.js'

/** So many tokens are read before others get their turn: some vocabularies are large. */
const TOKENS_AT_ONCE = 5_000

/**
 * A model's tokens as the grammar engine wants them; null for a tokenizer of a form that it does not know.
 * @throws GraphloomError `MODEL_LOAD_FAILED` when the tokenizer's files are missing or wrong.
 */
export async function loadGrammarVocabulary(
  folder: string,
  vocabularySize: number,
  endTokenIds: ReadonlySet<number>,
): Promise<GrammarVocabulary | null> {
  const { tokenizer } = await readTokenizerFiles(folder)
  const { vocab } = tokenizer.model
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab)) return null
  const decoder = JSON.stringify(tokenizer.decoder ?? null)
  const isWrittenInBytes = decoder.includes('"ByteLevel"')
  if (!isWrittenInBytes && !decoder.includes('"ByteFallback"')) return null
  const toBytes = isWrittenInBytes ? byteLevelReader() : readWithFallback
  const tokens = new Array<Uint8Array | null>(vocabularySize).fill(null)
  let read = 0
  for (const [token, id] of Object.entries(vocab as Record<string, number>)) {
    tokens[id] = toBytes(token)
    if (++read % TOKENS_AT_ONCE === 0) await nextTurn()
  }
  // Control tokens never come within a grammar.
  for (const { id, content, special } of tokenizer.added_tokens ?? [])
    tokens[id] = special ? null : Buffer.from(content, 'utf8')
  return { tokens, endTokenIds }
}

/** Byte-level BPE writes each byte as a character. */
function byteLevelReader(): (token: string) => Uint8Array | null {
  const alphabet = byteLevelAlphabet()
  return (token) => {
    const bytes = Array.from(token, (character) => alphabet.get(character))
    return bytes.includes(undefined) ? null : Uint8Array.from(bytes as number[])
  }
}

/** SentencePiece writes a space as U+2581, and bytes that are no token by their number. */
function readWithFallback(token: string): Uint8Array {
  const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1]
  return byte === undefined
    ? Buffer.from(token.replaceAll('\u2581', ' '), 'utf8')
    : Uint8Array.of(Number.parseInt(byte, 16))
}
