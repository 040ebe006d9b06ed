import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelTask } from '../../domain/model.js'
import { findWeights, wrongFile, type Weights } from './weights.js'

export type Pooling = 'mean' | 'cls'

export interface ModelFolder {
  readonly task: ModelTask
  readonly weights: Weights
  /** The most tokens of a sequence. */
  readonly contextTokens: number
  readonly vocabularySize: number
  readonly eosTokenIds: ReadonlySet<number>
  /** How token vectors become a text's; null for other models. */
  readonly pooling: Pooling | null
  /** Components of a text's vector; null for other models. */
  readonly embeddingDimensions: number | null
}

type Fields = Readonly<Record<string, unknown>>

/** @throws GraphloomError `INVALID_INPUT` that names the file that is missing or wrong. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const config = await readJson(folder, 'config.json')
  const generation = await readOptionalJson(folder, 'generation_config.json')
  const tokenizer = await readJson(folder, 'tokenizer_config.json')
  await requireFile(folder, 'tokenizer.json')
  const weights = await findWeights(folder, config)
  const positions = requireSize(config, 'max_position_embeddings')
  const vocabularySize = requireSize(config, 'vocab_size')
  const common = { weights, vocabularySize, eosTokenIds: readEosTokenIds(config, generation) }
  if (isGenerating(config)) {
    const contextTokens = Math.min(positions, toSize(tokenizer['model_max_length']) ?? positions)
    return { ...common, task: 'CHAT', contextTokens, pooling: null, embeddingDimensions: null }
  }
  const sentence = await readOptionalJson(folder, 'sentence_bert_config.json')
  const longest = toSize(sentence?.['max_seq_length']) ?? toSize(tokenizer['model_max_length']) ?? positions
  return {
    ...common,
    task: 'TEXT_EMBEDDING',
    contextTokens: Math.min(positions, longest),
    pooling: readPooling(await readOptionalJson(folder, '1_Pooling/config.json')),
    embeddingDimensions: requireSize(config, 'hidden_size'),
  }
}

function isGenerating(config: Fields): boolean {
  const { architectures } = config
  return Array.isArray(architectures) && architectures.some((name) => String(name).endsWith('ForCausalLM'))
}

function readEosTokenIds(config: Fields, generation: Fields | null): ReadonlySet<number> {
  const ids = [generation?.['eos_token_id'] ?? config['eos_token_id']].flat()
  return new Set(ids.filter((id) => typeof id === 'number'))
}

/** Sentence Transformers' `1_Pooling`; without it the mean, as that library does. */
function readPooling(pooling: Fields | null): Pooling {
  if (pooling === null || pooling['pooling_mode_mean_tokens'] === true) return 'mean'
  if (pooling['pooling_mode_cls_token'] === true) return 'cls'
  throw wrongFile('1_Pooling/config.json', 'asks for another pooling than mean or cls')
}

/** A sensible number of tokens; tokenizers without a limit write an enormous one. */
const toSize = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined

function requireSize(config: Fields, name: string): number {
  const size = toSize(config[name])
  if (size === undefined) throw wrongFile('config.json', `has no ${name}`)
  return size
}

async function requireFile(folder: string, file: string): Promise<void> {
  try {
    await stat(join(folder, file))
  } catch {
    throw wrongFile(file, 'is missing')
  }
}

async function readJson(folder: string, file: string): Promise<Fields> {
  const fields = await readOptionalJson(folder, file)
  if (!fields) throw wrongFile(file, 'is missing')
  return fields
}

async function readOptionalJson(folder: string, file: string): Promise<Fields | null> {
  let text: string
  try {
    text = await readFile(join(folder, file), 'utf8')
  } catch {
    return null
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Fields
  } catch {
    throw wrongFile(file, 'is not JSON')
  }
  throw wrongFile(file, 'is no JSON object')
}
