import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { BundledModel } from '../../src/services/models/registry.js'
import { createByteTokenizer, createWordTokenizer, END_TOKEN, type MadeTokenizer } from './made-tokenizers.js'
import { ELEMENT_TYPES, writeOnnx, type Graph, type GraphNode, type GraphTensor } from './onnx-writer.js'

/** Small models with real graphs, made at test time, whose right answers can be computed by hand. */

/** Words that the made models know; their vectors and scores are drawn from their places here. */
export const WORDS = ['cat', 'dog', 'fish', 'bird', 'red', 'green', 'blue', 'good', 'bad', 'the'] as const

const SEQUENCES: readonly GraphTensor[] = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
  name,
  type: 'int64',
  shape: ['batch', 'sequence'],
}))

export interface MadeEmbeddingOptions {
  /** Components of a vector; 4 when unset. */
  readonly size?: number
  /** Bytes that its weights take at least: rows of the table that no word uses. */
  readonly weightBytes?: number
  readonly pooling?: 'mean' | 'cls' | 'lasttoken' | 'max'
  /** Whether `modules.json` ends with a module that brings vectors to length 1; true when unset. */
  readonly isNormalized?: boolean
  /** Whether the graph pools by itself and gives `sentence_embedding`. */
  readonly givesSentences?: boolean
  /** Whether the graph takes keys and values of earlier tokens, as decoders do. */
  readonly hasCache?: boolean
  /** More files, by their paths. */
  readonly files?: Readonly<Record<string, object>>
  /** More of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** The state that a made embedding model gives for a token, whatever stands around it. */
export const stateOf = (id: number, size = 4): number[] =>
  Array.from({ length: size }, (_, i) => Math.fround(Math.sin(1 + id * size + i)))

/** An embedding model in the layout of Sentence Transformers and transformers.js, whose tokens do not see each other. */
export async function writeEmbeddingModel(folder: string, options: MadeEmbeddingOptions = {}): Promise<MadeTokenizer> {
  const {
    size = 4,
    weightBytes = 0,
    pooling = 'mean',
    isNormalized = true,
    givesSentences = false,
    hasCache = false,
  } = options
  const tokenizer = createWordTokenizer(WORDS)
  const rows = Math.max(tokenizer.vocabularySize, Math.ceil(weightBytes / (4 * size)))
  const table = new Float32Array(rows * size)
  for (let id = 0; id < tokenizer.vocabularySize; id++) table.set(stateOf(id, size), id * size)
  const states = { name: 'last_hidden_state', type: 'float32', shape: ['batch', 'sequence', size] } as const
  const sentence = { name: 'sentence_embedding', type: 'float32', shape: ['batch', size] } as const
  const past = { name: 'past_key_values.0.key', type: 'float32', shape: ['batch', 1, 'past', size] } as const
  const present = { name: 'present.0.key', type: 'float32', shape: ['batch', 1, 'total', size] } as const
  await writeModel(folder, tokenizer, {
    graph: {
      inputs: hasCache ? [...SEQUENCES, past] : SEQUENCES,
      outputs: [states, ...(givesSentences ? [sentence] : []), ...(hasCache ? [present] : [])],
      constants: [{ name: 'table', shape: [rows, size], data: table }, ONE],
      nodes: [
        { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['last_hidden_state'] },
        ...(givesSentences ? sumOfTokens('last_hidden_state', 'sentence_embedding') : []),
        ...(hasCache ? growCache : []),
      ],
    },
    config: {
      architectures: ['BertModel'],
      hidden_size: size,
      vocab_size: rows,
      max_position_embeddings: 64,
      ...options.config,
    },
    files: {
      '1_Pooling/config.json': { word_embedding_dimension: size, [POOLING_FIELDS[pooling]]: true },
      'modules.json': ['Transformer', 'Pooling', ...(isNormalized ? ['Normalize'] : [])].map((type, idx) => ({
        idx,
        name: String(idx),
        path: idx === 0 ? '' : `${idx}_${type}`,
        type: `sentence_transformers.models.${type}`,
      })),
      ...options.files,
    },
  })
  return tokenizer
}

const POOLING_FIELDS = {
  mean: 'pooling_mode_mean_tokens',
  cls: 'pooling_mode_cls_token',
  lasttoken: 'pooling_mode_lasttoken',
  max: 'pooling_mode_max_tokens',
}

export interface MadeClassifierOptions {
  /** One makes it a cross-encoder. */
  readonly labels: readonly string[]
  readonly config?: Readonly<Record<string, unknown>>
}

/** What a made classifier adds to a label's logit for a token of the first (0) or second (1) text of a pair. */
export const logitOf = (id: number, typeId: number, label: number): number =>
  Math.fround(Math.sin(2 + 7 * id + 3 * typeId + 5 * label))

/** A classifier of texts and pairs of texts: a label's logit is the sum of what each token adds to it. */
export async function writeClassifier(
  folder: string,
  { labels, config }: MadeClassifierOptions,
): Promise<MadeTokenizer> {
  const tokenizer = createWordTokenizer(WORDS)
  const { vocabularySize } = tokenizer
  const table = new Float32Array(2 * vocabularySize * labels.length)
  for (let row = 0; row < 2 * vocabularySize; row++)
    labels.forEach((_, label) => {
      table[row * labels.length + label] = logitOf(row % vocabularySize, row < vocabularySize ? 0 : 1, label)
    })
  await writeModel(folder, tokenizer, {
    graph: {
      inputs: SEQUENCES,
      outputs: [{ name: 'logits', type: 'float32', shape: ['batch', labels.length] }],
      constants: [
        { name: 'table', shape: [2 * vocabularySize, labels.length], data: table },
        { name: 'vocabulary_size', shape: [], data: new BigInt64Array([BigInt(vocabularySize)]) },
        ONE,
      ],
      nodes: [
        { op: 'Mul', inputs: ['token_type_ids', 'vocabulary_size'], outputs: ['offsets'] },
        { op: 'Add', inputs: ['input_ids', 'offsets'], outputs: ['rows'] },
        { op: 'Gather', inputs: ['table', 'rows'], outputs: ['parts'] },
        ...sumOfTokens('parts', 'logits'),
      ],
    },
    config: {
      architectures: ['BertForSequenceClassification'],
      id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
      vocab_size: vocabularySize,
      max_position_embeddings: 64,
      ...config,
    },
  })
  return tokenizer
}

/** The states as keys of one head, after those of earlier tokens. */
const growCache: readonly GraphNode[] = [
  { op: 'Unsqueeze', inputs: ['last_hidden_state', 'one'], outputs: ['new'] },
  { op: 'Concat', inputs: ['past_key_values.0.key', 'new'], outputs: ['present.0.key'], attributes: { axis: 2 } },
]

/** The second dimension of places, for operators that take axes as an input. */
const ONE = { name: 'one', shape: [1], data: new BigInt64Array([1n]) }

/** Adds up the tokens of each row, without those that fill it up. */
const sumOfTokens = (states: string, sum: string): GraphNode[] => [
  { op: 'Cast', inputs: ['attention_mask'], outputs: ['mask'], attributes: { to: 1 } },
  { op: 'Unsqueeze', inputs: ['mask', 'last_axis'], outputs: ['mask_column'] },
  { op: 'Mul', inputs: [states, 'mask_column'], outputs: ['kept'] },
  { op: 'ReduceSum', inputs: ['kept', 'one'], outputs: [sum], attributes: { keepdims: 0 } },
]

const LAST_AXIS = { name: 'last_axis', shape: [1], data: new BigInt64Array([-1n]) }

/** The text of a made chat model: whatever it is asked, the alphabet. */
export const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

export interface MadeChatOptions {
  /** Bytes that its weights take at least. */
  readonly weightBytes?: number
  readonly cacheType?: 'float32' | 'float16'
  /** Whether it begins the alphabet again instead of ending; false when unset. */
  readonly isEndless?: boolean
}

/**
 * A decoder with a key/value cache that grows by concatenation. After a letter comes the next one, after z the end, and
 * after everything else an a.
 */
export async function writeChatModel(
  folder: string,
  { weightBytes = 0, cacheType = 'float32', isEndless = false }: MadeChatOptions = {},
): Promise<MadeTokenizer> {
  const tokenizer = createByteTokenizer()
  const { vocabularySize, idOf } = tokenizer
  const [heads, headSize] = [2, 4]
  const rows = Math.max(vocabularySize, Math.ceil(weightBytes / (4 * vocabularySize)))
  const next = new Float32Array(rows * vocabularySize)
  for (let id = 0; id < vocabularySize; id++) {
    const place = ALPHABET.indexOf(String.fromCharCode(id))
    const following = ALPHABET[place + 1] ?? (isEndless ? ALPHABET.charAt(0) : END_TOKEN)
    next[id * vocabularySize + idOf(following)] = 20
  }
  const keys = Float32Array.from({ length: vocabularySize * heads * headSize }, (_, i) => Math.sin(i))
  const cache = ['key', 'value'] as const
  const past = ['batch', heads, 'past', headSize] as const
  const present = ['batch', heads, 'total', headSize] as const
  await writeModel(folder, tokenizer, {
    graph: {
      inputs: [
        ...SEQUENCES.slice(0, 2),
        ...cache.map((name) => ({ name: `past_key_values.0.${name}`, type: cacheType, shape: past })),
      ],
      outputs: [
        { name: 'logits', type: 'float32', shape: ['batch', 'sequence', vocabularySize] },
        ...cache.map((name) => ({ name: `present.0.${name}`, type: cacheType, shape: present })),
      ],
      constants: [
        { name: 'next', shape: [rows, vocabularySize], data: next },
        { name: 'keys', shape: [vocabularySize, heads * headSize], data: keys },
        { name: 'heads', shape: [4], data: new BigInt64Array([0n, 0n, BigInt(heads), BigInt(headSize)]) },
      ],
      nodes: [
        { op: 'Gather', inputs: ['next', 'input_ids'], outputs: ['logits'] },
        { op: 'Gather', inputs: ['keys', 'input_ids'], outputs: ['states'] },
        { op: 'Reshape', inputs: ['states', 'heads'], outputs: ['by_head'] },
        { op: 'Transpose', inputs: ['by_head'], outputs: ['precise'], attributes: { perm: [0, 2, 1, 3] } },
        { op: 'Cast', inputs: ['precise'], outputs: ['new'], attributes: { to: ELEMENT_TYPES[cacheType] } },
        ...cache.map((name) => ({
          op: 'Concat',
          inputs: [`past_key_values.0.${name}`, 'new'],
          outputs: [`present.0.${name}`],
          attributes: { axis: 2 },
        })),
      ],
    },
    config: {
      architectures: ['MadeForCausalLM'],
      vocab_size: vocabularySize,
      max_position_embeddings: 2_048,
      eos_token_id: idOf(END_TOKEN),
    },
  })
  return tokenizer
}

/** A graph alone, without `config.json`: a model for tensors. */
export async function writeTensorModel(folder: string, graph: Graph): Promise<void> {
  await writeFiles(folder, { 'model.onnx': writeOnnx(graph) })
}

interface MadeModel {
  readonly graph: Graph
  readonly config: object
  readonly files?: Readonly<Record<string, object>>
}

async function writeModel(
  folder: string,
  tokenizer: MadeTokenizer,
  { graph, config, files }: MadeModel,
): Promise<void> {
  const constants = [...(graph.constants ?? []), LAST_AXIS].filter(({ name }) =>
    graph.nodes.some(({ inputs }) => inputs.includes(name)),
  )
  const json = { 'config.json': config, ...tokenizer.files, ...files }
  await writeFiles(folder, {
    'onnx/model.onnx': writeOnnx({ ...graph, constants }),
    ...Object.fromEntries(Object.entries(json).map(([file, value]) => [file, Buffer.from(JSON.stringify(value))])),
  })
}

async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, dirname(file)), { recursive: true })
    await writeFile(join(folder, file), content)
  }
}

/**
 * Makes a folder of models one that a server can be started with (`GRAPHLOOM_MODELS_DIR`): its `catalogue.json` has
 * each folder below it as a model of that name, version 1.
 */
export async function writeCatalogue(directory: string): Promise<void> {
  const folders = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const models: BundledModel[] = []
  for (const { name } of folders)
    models.push({
      name,
      version: '1',
      folder: name,
      description: `The model ${name}, made for a test.`,
      license: 'Apache-2.0',
      origin: 'made for a test',
      checksums: await checksumsOf(join(directory, name)),
    })
  await writeFile(join(directory, 'catalogue.json'), JSON.stringify(models))
}

async function checksumsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const checksums: Record<string, string> = {}
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    checksums[relative(folder, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return checksums
}
