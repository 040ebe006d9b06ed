/**
 * Which files make up a model in the layout of transformers.js and Sentence Transformers: configuration beside each
 * other, graphs by precision in `onnx`.
 */

/** Graphs by the names that transformers.js gives precisions, the preferred first. */
export const GRAPH_FILES = [
  { dtype: 'q8', file: 'model_quantized.onnx' },
  { dtype: 'int8', file: 'model_int8.onnx' },
  { dtype: 'uint8', file: 'model_uint8.onnx' },
  { dtype: 'fp32', file: 'model.onnx' },
  { dtype: 'q4', file: 'model_q4.onnx' },
  { dtype: 'bnb4', file: 'model_bnb4.onnx' },
  { dtype: 'q4f16', file: 'model_q4f16.onnx' },
  { dtype: 'fp16', file: 'model_fp16.onnx' },
] as const

export const GRAPH_FOLDER = 'onnx'

const MIB = 2 ** 20

/** Files that a model may have beside its graph, with the most bytes that are read of each. */
export const CONFIGURATION_FILES: Readonly<Record<string, number>> = {
  'config.json': MIB,
  'generation_config.json': MIB,
  'tokenizer.json': 64 * MIB,
  'tokenizer_config.json': 8 * MIB,
  'special_tokens_map.json': 8 * MIB,
  'chat_template.jinja': MIB,
  'modules.json': MIB,
  'sentence_bert_config.json': MIB,
  'config_sentence_transformers.json': MIB,
}

/** Folder of a module of Sentence Transformers, e.g. `1_Pooling`. */
export const MODULE_FOLDER = /^\d_[A-Za-z]{1,40}$/
export const MODULE_CONFIGURATION = 'config.json'

/** Files of a repository that make up a model: its configuration, and one graph with the files of its weights. */
export interface ModelFileChoice<T> {
  readonly dtype: string
  readonly configuration: readonly T[]
  readonly weights: readonly T[]
}

/** Precisions that a list of files has graphs of, the preferred first. */
export const listDtypes = (paths: readonly string[]): string[] =>
  GRAPH_FILES.filter(({ file }) => paths.includes(`${GRAPH_FOLDER}/${file}`)).map(({ dtype }) => dtype)

/** The files of a model in a precision; null when there is no graph in it. */
export function chooseModelFiles<T extends { readonly path: string }>(
  files: readonly T[],
  dtype: string,
): ModelFileChoice<T> | null {
  const graph = GRAPH_FILES.find((candidate) => candidate.dtype === dtype)
  const graphPath = `${GRAPH_FOLDER}/${graph?.file}`
  if (!files.some(({ path }) => path === graphPath)) return null
  const isWeights = (path: string): boolean =>
    path.startsWith(graphPath) && /^(_data(_\d{1,4})?|\.data)?$/.test(path.slice(graphPath.length))
  return {
    dtype,
    configuration: files.filter(({ path }) => isConfiguration(path)),
    weights: files.filter(({ path }) => isWeights(path)),
  }
}

function isConfiguration(path: string): boolean {
  const [folder = '', file, ...rest] = path.split('/')
  if (file === undefined) return Object.hasOwn(CONFIGURATION_FILES, path)
  return rest.length === 0 && file === MODULE_CONFIGURATION && MODULE_FOLDER.test(folder)
}
