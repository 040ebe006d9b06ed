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
