import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { ModelFolder } from './model-folders.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from './models.js'
import { createRandom } from './random.js'
import { testSeed } from './seed.js'

/** A model folder that must be refused. */
export interface BrokenModel {
  readonly name: string
  /** What the reason must say; the file among it. */
  readonly reason: RegExp
  /** Makes the folder of this name, and gives what is registered where that is something else. */
  readonly make: (folders: ModelFolder, name: string) => Promise<unknown>
}

const GRAPH = 'onnx/model_quantized.onnx'
const MINI = 'mini'
const CHAT = 'chat'

/** The models that the broken ones are made of. */
export async function copyGoodModels(folders: ModelFolder): Promise<void> {
  await folders.copy(EMBEDDING_MODEL, MINI)
  await folders.copy(CHAT_MODEL, CHAT)
}

type Change = (content: Buffer) => string | Uint8Array

/** A copy with one file changed. */
const changed =
  (original: string, file: string, change: Change): BrokenModel['make'] =>
  async (folders, name) =>
    folders.vary(original, name, { [file]: change(await readFile(join(folders.path, original, file))) })

const replaced =
  (file: string, content: string | Uint8Array | null): BrokenModel['make'] =>
  (folders, name) =>
    folders.vary(MINI, name, { [file]: content })

/** A copy with other values in a JSON file. */
const told = (file: string, values: Readonly<Record<string, unknown>>, original = MINI): BrokenModel['make'] =>
  changed(original, file, (content) => JSON.stringify({ ...(JSON.parse(content.toString()) as object), ...values }))

/** A copy whose graph has other bytes, of the same number, in the place of the first that are found. */
const patched = (original: string, from: string | Buffer, to: string | Buffer): BrokenModel['make'] =>
  changed(original, GRAPH, (content) => {
    const at = content.indexOf(from)
    if (at < 0 || from.length !== to.length) throw new Error(`The graph cannot be changed at ${String(from)}.`)
    const copy = Buffer.from(content)
    copy.set(Buffer.from(to), at)
    return copy
  })

/** The text with which the chat model's graph names the file of its weights, 25 characters. */
const LOCATION = 'model_quantized.onnx_data'
const located = (location: string): BrokenModel['make'] =>
  patched(CHAT, LOCATION, location.padEnd(LOCATION.length, 'x'))

const tokenizer = (change: (json: TokenizerJson) => unknown): BrokenModel['make'] =>
  changed(MINI, 'tokenizer.json', (content) => JSON.stringify(change(JSON.parse(content.toString()) as TokenizerJson)))

interface TokenizerJson {
  readonly model: { readonly vocab: Record<string, unknown> }
}

/** A copy in which something else than a file stands in the place of one. */
const instead =
  (file: string, place: (path: string) => Promise<unknown>): BrokenModel['make'] =>
  async (folders, name) => {
    await folders.vary(MINI, name, { [file]: null })
    await mkdir(dirname(join(folders.path, name, file)), { recursive: true })
    await place(join(folders.path, name, file))
  }

function randomBytes(count: number): Buffer {
  const random = createRandom(testSeed())
  return Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)))
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')
const ZIP = Buffer.concat([Buffer.from('504b0304140000000800', 'hex'), Buffer.alloc(200, 7)])
const LFS_POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n'
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

/** Refused when they are registered. */
export const BROKEN_AT_REGISTRATION: readonly BrokenModel[] = [
  {
    name: 'an empty folder',
    reason: /config\.json is missing/,
    make: (folders, name) => mkdir(join(folders.path, name)),
  },
  { name: 'no configuration', reason: /config\.json is missing/, make: replaced('config.json', null) },
  {
    name: 'half a configuration',
    reason: /config\.json is not JSON/,
    make: replaced('config.json', '{"vocab_size": 1'),
  },
  {
    name: 'a number that is none',
    reason: /config\.json is not JSON/,
    make: replaced('config.json', '{"vocab_size": NaN}'),
  },
  { name: 'a list of settings', reason: /config\.json has no/, make: replaced('config.json', '[1, 2]') },
  { name: 'a negative vocabulary', reason: /no vocab_size/, make: told('config.json', { vocab_size: -5 }) },
  { name: 'half a dimension', reason: /no hidden_size/, make: told('config.json', { hidden_size: 0.5 }) },
  {
    name: 'more context than there is',
    reason: /config\.json says that it takes/,
    make: async (folders, name) => {
      await told('config.json', { max_position_embeddings: 10 ** 15 })(folders, name)
      for (const file of ['sentence_bert_config.json', 'tokenizer_config.json'])
        await rm(join(folders.path, name, file))
      await writeFile(join(folders.path, name, 'tokenizer_config.json'), '{}')
    },
  },
  {
    name: 'a deep configuration',
    reason: /config\.json has no/,
    make: replaced('config.json', `{"max_position_embeddings": ${deep(400_000)}}`),
  },
  {
    name: 'a huge configuration',
    reason: /config\.json has \d+ bytes/,
    make: replaced('config.json', ' '.repeat(2 ** 21)),
  },
  { name: 'no tokenizer', reason: /tokenizer\.json is missing/, make: replaced('tokenizer.json', null) },
  {
    name: 'a tokenizer that is no JSON',
    reason: /tokenizer\.json cannot be used/,
    make: replaced('tokenizer.json', 'hello'),
  },
  {
    name: 'a tokenizer that is null',
    reason: /tokenizer\.json cannot be used/,
    make: replaced('tokenizer.json', 'null'),
  },
  {
    name: 'a tokenizer without its model',
    reason: /tokenizer\.json has no vocabulary/,
    make: tokenizer((json) => ({ ...json, model: undefined })),
  },
  {
    name: 'WordPiece without a vocabulary',
    reason: /tokenizer\.json has no vocabulary/,
    make: tokenizer((json) => ({ ...json, model: { ...json.model, vocab: undefined } })),
  },
  {
    name: 'a vocabulary larger than the model’s',
    reason: /tokenizer\.json has a token of id 30522; the model knows 30522/,
    make: tokenizer((json) => ({ ...json, model: { ...json.model, vocab: { ...json.model.vocab, surplus: 30_522 } } })),
  },
  {
    name: 'a token with a negative id',
    reason: /tokenizer\.json gives a token the id -1/,
    make: tokenizer((json) => ({ ...json, model: { ...json.model, vocab: { ...json.model.vocab, less: -1 } } })),
  },
  {
    name: 'a tokenizer of an unknown kind',
    reason: /tokenizer\.json cannot be used/,
    make: tokenizer((json) => ({ ...json, normalizer: { type: 'Nonsense' } })),
  },
  {
    name: 'no settings of the tokenizer',
    reason: /tokenizer_config\.json is missing/,
    make: replaced('tokenizer_config.json', null),
  },
  {
    name: 'a huge tokenizer',
    reason: /tokenizer\.json has \d+ bytes/,
    make: async (folders, name) => {
      await folders.vary(MINI, name, { 'tokenizer.json': '{}' })
      await truncate(join(folders.path, name, 'tokenizer.json'), 65 * 2 ** 20)
    },
  },
  { name: 'no graph', reason: /model_quantized\.onnx is missing/, make: replaced(GRAPH, null) },
  { name: 'an empty graph', reason: /model_quantized\.onnx is no ONNX graph/, make: replaced(GRAPH, '') },
  { name: 'a picture', reason: /model_quantized\.onnx is no ONNX graph/, make: replaced(GRAPH, PNG) },
  { name: 'an archive', reason: /model_quantized\.onnx is no ONNX graph/, make: replaced(GRAPH, ZIP) },
  { name: 'a pointer to a file', reason: /model_quantized\.onnx is no ONNX graph/, make: replaced(GRAPH, LFS_POINTER) },
  {
    name: 'random bytes',
    reason: /model_quantized\.onnx is no ONNX graph/,
    make: replaced(GRAPH, randomBytes(10_000)),
  },
  {
    name: 'half a graph',
    reason: /ends in the middle of a field/,
    make: changed(MINI, GRAPH, (content) => content.subarray(0, content.length / 2)),
  },
  {
    name: 'a graph without its last byte',
    reason: /ends in the middle of a field/,
    make: changed(MINI, GRAPH, (content) => content.subarray(0, -1)),
  },
  {
    name: 'other dimensions than the graph’s',
    reason: /of 384, where config\.json says 768/,
    make: told('config.json', { hidden_size: 768 }),
  },
  {
    name: 'another vocabulary than the graph’s',
    reason: /vocabulary of 49152, where config\.json says 60000/,
    make: told('config.json', { vocab_size: 60_000 }, CHAT),
  },
  {
    name: 'a graph that cannot do what is said',
    reason: /model_quantized\.onnx does not fit/,
    make: async (folders, name) => {
      await told('config.json', { architectures: ['LlamaForCausalLM'] })(folders, name)
      await rm(join(folders.path, name, 'modules.json'))
    },
  },
  {
    name: 'a module that is no JSON',
    reason: /1_Pooling\/config\.json is not JSON/,
    make: replaced('1_Pooling/config.json', '{'),
  },
  {
    name: 'weights above the folder',
    reason: /outside of the model's folder/,
    make: located('../../../../../etc/passwd'),
  },
  { name: 'weights at an absolute place', reason: /outside of the model's folder/, make: located('/etc/') },
  { name: 'weights on a drive', reason: /outside of the model's folder/, make: located('C:\\') },
  { name: 'weights at an impossible place', reason: /outside of the model's folder/, make: located('model\0') },
  { name: 'weights in memory', reason: /outside of the model's folder/, make: located('*/_ORT_MEM_ADDR_/*') },
  {
    name: 'weights that are not there',
    reason: /onnx\/model_quantized\.onnx_datb is missing/,
    make: located('model_quantized.onnx_datb'),
  },
  {
    name: 'half the weights',
    reason: /onnx\/model_quantized\.onnx_data_1 has 1000 bytes; the tensor ".+" ends at/,
    make: (folders, name) => folders.vary(CHAT, name, { [`${GRAPH}_data_1`]: new Uint8Array(1_000) }),
  },
  {
    name: 'weights of another size than their shape’s',
    reason: /gives the tensor "embedding\.weight" 28311553 bytes; its shape needs 28311552/,
    make: patched(CHAT, '28311552', '28311553'),
  },
  {
    name: 'weights behind the end',
    reason: /onnx_data has \d+ bytes; the tensor ".+" ends at/,
    make: patched(CHAT, `offset\x12\x0828311552`, `offset\x12\x0899311552`),
  },
  {
    name: 'weights that lead out',
    reason: /leads out of the folder/,
    make: async (folders, name) => {
      await folders.vary(CHAT, name, { [`${GRAPH}_data`]: null })
      await symlink('/etc/passwd', join(folders.path, name, `${GRAPH}_data`))
    },
  },
  {
    name: 'a configuration that leads out',
    reason: /config\.json leads out of the folder/,
    make: instead('config.json', (path) => symlink('/etc/passwd', path)),
  },
  {
    name: 'a graph that leads out',
    reason: /model_quantized\.onnx leads out of the folder/,
    make: instead(GRAPH, (path) => symlink('/etc/passwd', path)),
  },
  {
    name: 'a folder for a graph',
    reason: /model_quantized\.onnx is no file/,
    make: instead(GRAPH, (path) => mkdir(path)),
  },
  {
    name: 'a pipe for a graph',
    reason: /model_quantized\.onnx is no file/,
    make: instead(GRAPH, (path) => promisify(execFile)('mkfifo', [path])),
  },
  {
    name: 'a template that cannot be read',
    reason: /chat template/,
    make: (folders, name) => folders.vary(CHAT, name, { 'chat_template.jinja': '{% for %}{{' }),
  },
]

/** Refused when they are loaded: what is wrong shows only to who reads the weights. */
export const BROKEN_AT_LOADING: readonly BrokenModel[] = [
  {
    name: 'an unknown operator',
    reason: /ONNX Runtime cannot load the model/,
    make: patched(MINI, '"\x0bMatMulNBits', '"\x0bMatMulNBitz'),
  },
  {
    name: 'a version that there never was',
    reason: /ONNX Runtime cannot load the model/,
    make: patched(MINI, '\x08\n\x12\tminilm.py', '\x08\x7f\x12\tminilm.py'),
  },
  {
    name: 'weights of another name',
    reason: /ONNX Runtime cannot load the model/,
    make: patched(MINI, 'words.weight', 'words.weighs'),
  },
  {
    name: 'fewer rows than tokens',
    reason: /could not be loaded|cannot run/,
    make: told('config.json', { vocab_size: 1_000_000 }),
  },
]
