import { isErrorWithCode } from '../../kernel/errors.js'
import type { ModelTask } from '../../domain/model.js'
import { readTokenizerFiles } from '../transformers/tokenizer-files.js'
import { loadTokenizer } from '../transformers/tokenizer.js'
import { wrongFile } from './weights.js'

const FILE = 'tokenizer.json'
const SAMPLE = 'The quick brown fox, 42 jumps: Grüße, 你好!'

export interface TokenizerRequest {
  readonly task: ModelTask
  readonly vocabularySize: number
}

/**
 * Loads a model's tokenizer, and lets it encode, and its chat template render, so that what is wrong with them is told
 * before a caller finds out.
 * @throws GraphloomError `INVALID_INPUT` that names the file.
 */
export async function checkTokenizer(folder: string, { task, vocabularySize }: TokenizerRequest): Promise<void> {
  try {
    const { tokenizer, config } = await readTokenizerFiles(folder)
    checkVocabulary((tokenizer.model as { readonly vocab?: unknown } | undefined)?.vocab, vocabularySize)
    const loaded = await loadTokenizer(folder)
    checkIds(loaded.encode(SAMPLE, true), vocabularySize)
    const hasTemplate = config['chat_template'] !== undefined && config['chat_template'] !== null
    if (task === 'CHAT' && hasTemplate)
      checkIds(loaded.encodeChat({ messages: [{ role: 'user', content: SAMPLE }] }), vocabularySize)
  } catch (error) {
    if (isErrorWithCode(error, 'INVALID_INPUT') && error.details.path === FILE) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw wrongFile(FILE, `cannot be used: ${reason.slice(0, 500).replace(/\.$/, '')}`)
  }
}

/** Tokens with their ids, or in the order of their ids with their scores. */
function checkVocabulary(vocabulary: unknown, size: number): void {
  if (typeof vocabulary !== 'object' || vocabulary === null) throw wrongFile(FILE, 'has no vocabulary')
  const ids = Array.isArray(vocabulary) ? [vocabulary.length - 1] : Object.values(vocabulary)
  if (ids.length === 0) throw wrongFile(FILE, 'has no vocabulary')
  for (const id of ids) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0)
      throw wrongFile(FILE, `gives a token the id ${JSON.stringify(id)?.slice(0, 40)}`)
    if (id >= size) throw wrongFile(FILE, `has a token of id ${id}; the model knows ${size}`)
  }
}

function checkIds(ids: readonly number[], size: number): void {
  const unknown = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= size)
  if (unknown !== undefined) throw wrongFile(FILE, `gives the token ${unknown}; the model knows ${size}`)
}
