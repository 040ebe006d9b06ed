/** Element types of tensors by their numbers in `TensorProto.DataType` of onnx.proto. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const
export type ElementType = keyof typeof ELEMENT_TYPES

export interface GraphTensor {
  readonly name: string
  readonly type: ElementType
  /** Sizes, or names of sizes that are free; `?` is free without a name. */
  readonly shape: readonly (number | string)[]
}

export interface GraphNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

export interface GraphConstant {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

export interface Graph {
  readonly inputs: readonly GraphTensor[]
  readonly outputs: readonly GraphTensor[]
  readonly constants?: readonly GraphConstant[]
  readonly nodes: readonly GraphNode[]
}

const IR_VERSION = 8
const OPERATOR_SET = 17

/** The graph as the bytes of an ONNX file (ModelProto of onnx.proto). */
export function writeOnnx({ inputs, outputs, constants = [], nodes }: Graph): Buffer {
  const graph = [
    ...nodes.map((node) => message(1, toNode(node))),
    text(2, 'graph'),
    ...constants.map((constant) => message(5, toTensor(constant))),
    ...inputs.map((input) => message(11, toValueInfo(input))),
    ...outputs.map((output) => message(12, toValueInfo(output))),
  ]
  return Buffer.concat([number(1, IR_VERSION), message(7, graph), message(8, [number(2, OPERATOR_SET)])])
}

function toNode({ op, inputs, outputs, attributes = {} }: GraphNode): Buffer[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, toAttribute(name, value))),
  ]
}

/** Whole numbers and lists of them: all that the graphs of the tests need. */
function toAttribute(name: string, value: number | readonly number[]): Buffer[] {
  return typeof value === 'number'
    ? [text(1, name), number(3, value), number(20, 2)]
    : [text(1, name), ...value.map((one) => number(8, one)), number(20, 7)]
}

function toTensor({ name, shape, data }: GraphConstant): Buffer[] {
  const type = data instanceof Float32Array ? ELEMENT_TYPES.float32 : ELEMENT_TYPES.int64
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return [...shape.map((size) => number(1, size)), number(2, type), text(8, name), field(9, bytes)]
}

function toValueInfo({ name, type, shape }: GraphTensor): Buffer[] {
  const sizes = shape.map((size) =>
    message(1, size === '?' ? [] : [typeof size === 'number' ? number(1, size) : text(2, size)]),
  )
  return [text(1, name), message(2, [message(1, [number(1, ELEMENT_TYPES[type]), message(2, sizes)])])]
}

const field = (id: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([varint((id << 3) | 2), varint(bytes.length), bytes])
const text = (id: number, value: string): Buffer => field(id, Buffer.from(value))
const message = (id: number, fields: readonly Buffer[]): Buffer => field(id, Buffer.concat(fields))
const number = (id: number, value: number): Buffer => Buffer.concat([varint(id << 3), varint(value)])

/** Protobuf's numbers of variable length; negative ones as 64 bits in two's complement. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}
