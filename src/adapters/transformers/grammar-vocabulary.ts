import type { GrammarVocabulary } from '../xgrammar/grammar-engine.js'
import { readTokenizerFiles } from './tokenizer-files.js'

/**
 * A model's tokens as the grammar engine wants them; null for a tokenizer of a form that it does not know.
 * @throws GraphloomError `MODEL_LOAD_FAILED` when the tokenizer's files are missing or wrong.
 */
export async function loadGrammarVocabulary(
  folder: string,
  vocabularySize: number,
  eosTokenIds: ReadonlySet<number>,
): Promise<GrammarVocabulary | null> {
  const { tokenizer } = await readTokenizerFiles(folder)
  const { vocab } = tokenizer.model
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab)) return null
  const tokens = new Array<string>(vocabularySize).fill('')
  for (const [token, id] of Object.entries(vocab as Record<string, number>)) tokens[id] = token
  for (const { id, content, special } of tokenizer.added_tokens ?? []) tokens[id] = special ? '' : content
  const decoder = JSON.stringify(tokenizer.decoder ?? null)
  const writing = decoder.includes('"ByteFallback"') ? 'byte_fallback' : 'byte_level'
  if (writing === 'byte_level' && !decoder.includes('"ByteLevel"')) return null
  return { tokens, writing, endTokenIds: [...eosTokenIds] }
}
