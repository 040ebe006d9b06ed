/** Element types of tensors that can be given and got, as ONNX calls them. */
export const TENSOR_TYPES = [
  'float32',
  'float64',
  'float16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
] as const
export type TensorType = (typeof TENSOR_TYPES)[number]

export const isTensorType = (type: string): type is TensorType => (TENSOR_TYPES as readonly string[]).includes(type)

/** Bytes of an element; texts have none. */
export const ELEMENT_BYTES: Readonly<Record<Exclude<TensorType, 'string'>, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
}

/** A tensor that goes into a graph or comes out of one. */
export interface TensorValue {
  readonly name: string
  readonly type: TensorType
  readonly shape: readonly number[]
  /** Elements in row-major order: little-endian bytes (bool: one byte, 0 or 1), or texts where the type is `string`. */
  readonly data: Uint8Array | readonly string[]
}

/** The same as it is stored: bytes as base64. */
export interface StoredTensor extends Omit<TensorValue, 'data'> {
  readonly data: string | readonly string[]
}

export const toStoredTensor = ({ data, ...tensor }: TensorValue): StoredTensor => ({
  ...tensor,
  data:
    data instanceof Uint8Array ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') : data,
})

export const fromStoredTensor = ({ data, ...tensor }: StoredTensor): TensorValue => ({
  ...tensor,
  data: typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'base64')) : data,
})

export const countElements = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1)
