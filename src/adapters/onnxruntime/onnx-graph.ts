import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { TensorDescription } from '../../domain/model.js'
import { ProtobufFile, readFrom, toFields, type ProtobufField } from './protobuf.js'

/** Element types by their numbers in `TensorProto.DataType` of onnx.proto. */
const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
}

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7
const GRAPH_CONSTANT = 5
const GRAPH_INPUT = 11
const GRAPH_OUTPUT = 12
const CONSTANT_NAME = 8

export interface GraphSignature {
  readonly inputs: readonly TensorDescription[]
  readonly outputs: readonly TensorDescription[]
}

/**
 * The inputs and outputs that an ONNX file declares; inputs that have a constant value are none. Its nodes and weights
 * are passed over without being read.
 * @throws RangeError when the file does not have the form of onnx.proto.
 */
export async function readGraphSignature(path: string): Promise<GraphSignature> {
  await using handle = await open(path)
  return await readSignature(new ProtobufFile(readFrom(handle)), (await handle.stat()).size)
}

/**
 * As `readGraphSignature`, for a process that has nothing else to do: its many small reads take longer one by one on
 * another thread. @throws as that.
 */
export async function readGraphSignatureHere(path: string): Promise<GraphSignature> {
  const descriptor = openSync(path, 'r')
  try {
    const file = new ProtobufFile((window, start) => readSync(descriptor, window, 0, window.length, start))
    return await readSignature(file, fstatSync(descriptor).size)
  } finally {
    closeSync(descriptor)
  }
}

async function readSignature(file: ProtobufFile, sizeBytes: number): Promise<GraphSignature> {
  const inputs: TensorDescription[] = []
  const outputs: TensorDescription[] = []
  const constants = new Set<string>()
  for await (const graph of file.fields(0, sizeBytes)) {
    if (graph.number !== MODEL_GRAPH) continue
    for await (const { number, start, end } of file.fields(graph.start, graph.end)) {
      if (number === GRAPH_CONSTANT) constants.add(await readConstantName(file, start, end))
      if (number === GRAPH_INPUT) inputs.push(toTensor(await file.read(start, end)))
      if (number === GRAPH_OUTPUT) outputs.push(toTensor(await file.read(start, end)))
    }
  }
  if (outputs.length === 0) throw new RangeError('it declares no outputs')
  return { inputs: inputs.filter(({ name }) => !constants.has(name)), outputs }
}

async function readConstantName(file: ProtobufFile, start: number, end: number): Promise<string> {
  for await (const field of file.fields(start, end))
    if (field.number === CONSTANT_NAME) return Buffer.from(await file.read(field.start, field.end)).toString('utf8')
  return ''
}

/** Any number of sizes. */
const ANY_SHAPE = ['...']

/** ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1, shape 2; TensorShapeProto: dim 1. */
function toTensor(bytes: Uint8Array): TensorDescription {
  const info = toFields(bytes)
  const tensor = childrenOf(childrenOf(info, 2), 1)
  const type = tensor.find((field) => field.number === 1)?.value ?? 0
  const hasShape = tensor.some((field) => field.number === 2)
  const dimensions = childrenOf(tensor, 2).filter((field) => field.number === 1)
  return {
    name: textOf(info.find((field) => field.number === 1)),
    type: type === 0 ? 'no tensor' : (ELEMENT_TYPES[type] ?? `type ${type}`),
    shape: hasShape ? dimensions.map((dimension) => toSize(toFields(dimension.bytes))) : ANY_SHAPE,
  }
}

/** Dimension: dim_value 1, dim_param 2; a size may also have neither, or one below 0 for a free one. */
function toSize([size]: readonly ProtobufField[]): number | string {
  if (!size) return '?'
  if (size.number !== 1) return textOf(size) || '?'
  return Number.isSafeInteger(size.value) ? size.value : '?'
}

const childrenOf = (fields: readonly ProtobufField[], number: number): ProtobufField[] =>
  fields.filter((field) => field.number === number).flatMap((field) => toFields(field.bytes))

const textOf = (field: ProtobufField | undefined): string => Buffer.from(field?.bytes ?? []).toString('utf8')
