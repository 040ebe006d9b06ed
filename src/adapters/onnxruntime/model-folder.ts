import { NO_TRAITS, type ModelTask, type ModelTraits } from '../../domain/model.js'
import { readClassifier, type Activation } from './classifier-config.js'
import { hasFile, readJson, readOptionalJson, requireFile, requireSize, toSize, type Fields } from './model-json.js'
import { hasSentenceModules, readSentenceModules, type VectorRules } from './sentence-modules.js'
import { describeGraphFile, findPlainWeights, findWeights, type Weights } from './weights.js'

export interface ModelFolder {
  readonly task: ModelTask
  readonly weights: Weights
  /** The most tokens of a sequence; 0 for TENSOR. */
  readonly contextTokens: number
  /** 0 for TENSOR. */
  readonly vocabularySize: number
  readonly eosTokenIds: ReadonlySet<number>
  readonly traits: ModelTraits
  /** How token vectors become a text's; null for other models. */
  readonly vectors: VectorRules | null
  /** How logits become scores; null for other models. */
  readonly activation: Activation | null
  /** Components of a text's vector, as `config.json` says; null where it does not, and for other models. */
  readonly embeddingDimensions: number | null
}

export interface ModelFolderOptions {
  /** A graph in the folder that is the whole model, whatever lies beside it. */
  readonly graphFile?: string | undefined
  /** Gives the weights of a model that is more than a graph; those in the folder when unset. */
  readonly find?: typeof findWeights
}

const GENERATES = 'ForCausalLM'
const CLASSIFIES = 'ForSequenceClassification'

/** Kinds of models that number positions from behind the padding token's number on. */
const OFFSET_POSITIONS = new Set(['roberta', 'xlm-roberta', 'xlm-roberta-xl', 'camembert', 'mpnet', 'data2vec-text'])

/**
 * What a model is for, from its files: a decoder answers, a classifier of one label reranks, one of several classifies,
 * other models of texts embed; a graph alone is for tensors.
 * @throws GraphloomError `INVALID_INPUT` that names the file that is missing or wrong.
 */
export async function readModelFolder(
  folder: string,
  { graphFile, find = findWeights }: ModelFolderOptions = {},
): Promise<ModelFolder> {
  if (graphFile !== undefined) return toTensorModel(await describeGraphFile(folder, graphFile))
  if (await isPlainGraph(folder)) return toTensorModel((await findPlainWeights(folder)) ?? (await find(folder, {})))
  const config = await readJson(folder, 'config.json')
  const tokenizer = await readJson(folder, 'tokenizer_config.json')
  await requireFile(folder, 'tokenizer.json')
  const generation = await readOptionalJson(folder, 'generation_config.json')
  const common = {
    weights: await find(folder, config),
    vocabularySize: requireSize(config, 'vocab_size'),
    eosTokenIds: readEosTokenIds(config, generation),
    traits: NO_TRAITS,
    vectors: null,
    activation: null,
    embeddingDimensions: null,
  }
  const positions = readPositions(config)
  const contextTokens = Math.min(positions, toSize(tokenizer['model_max_length']) ?? positions)
  const embeds = await hasSentenceModules(folder)
  if (!embeds && isFor(config, GENERATES)) return { ...common, task: 'CHAT', contextTokens }
  if (!embeds && isFor(config, CLASSIFIES)) {
    const { labels, activation } = readClassifier(config)
    const task = labels.length === 1 ? 'RERANK' : 'CLASSIFICATION'
    return { ...common, task, contextTokens, activation, traits: { ...NO_TRAITS, labels } }
  }
  const sentence = await readOptionalJson(folder, 'sentence_bert_config.json')
  const longest = toSize(sentence?.['max_seq_length'])
  const embeddingDimensions = config['hidden_size'] === undefined ? null : requireSize(config, 'hidden_size')
  return {
    ...common,
    task: 'TEXT_EMBEDDING',
    contextTokens: longest === undefined ? contextTokens : Math.min(positions, longest),
    ...(await readSentenceModules(folder, config)),
    embeddingDimensions,
  }
}

async function isPlainGraph(folder: string): Promise<boolean> {
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    if (await hasFile(folder, file)) return false
  return (await findPlainWeights(folder)) !== null
}

function toTensorModel(weights: Weights): ModelFolder {
  return {
    task: 'TENSOR',
    weights,
    contextTokens: 0,
    vocabularySize: 0,
    eosTokenIds: new Set(),
    traits: NO_TRAITS,
    vectors: null,
    activation: null,
    embeddingDimensions: null,
  }
}

function isFor(config: Fields, ending: string): boolean {
  const { architectures } = config
  return Array.isArray(architectures) && architectures.some((name) => String(name).endsWith(ending))
}

function readPositions(config: Fields): number {
  const positions = requireSize(config, 'max_position_embeddings')
  if (!OFFSET_POSITIONS.has(String(config['model_type']))) return positions
  const padding = config['pad_token_id']
  return Math.max(1, positions - (typeof padding === 'number' ? padding + 1 : 0))
}

function readEosTokenIds(config: Fields, generation: Fields | null): ReadonlySet<number> {
  const ids = [generation?.['eos_token_id'] ?? config['eos_token_id']].flat()
  return new Set(ids.filter((id) => typeof id === 'number'))
}
