import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { ELEMENT_BYTES, type StoredTensor, type TensorType } from '../../domain/tensor.js'

type NumericType = Exclude<TensorType, 'string'>

interface Element {
  /** Writes a value, or says what is wrong with it. */
  readonly write: (view: DataView, at: number, value: unknown) => string | null
  readonly read: (view: DataView, at: number) => Json
}

/** Numbers that JSON cannot write. */
const NOT_IN_JSON: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }
const WHOLE = /^-?\d{1,20}$/

const float = (type: string, round: (value: number) => number, io: NumberAccess): Element => ({
  write: (view, at, value) => {
    const number = typeof value === 'string' ? NOT_IN_JSON[value] : value
    if (typeof number !== 'number') return 'is no number (NaN and infinite ones are written as texts)'
    if (Number.isFinite(number) && !Number.isFinite(round(number))) return `is outside of what ${type} holds`
    io.set(view, at, number)
    return null
  },
  read: (view, at) => {
    const number = io.get(view, at)
    return Number.isFinite(number) ? number : String(number)
  },
})

const integer = (low: number, high: number, io: NumberAccess): Element => ({
  write: (view, at, value) => {
    const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value
    if (!Number.isInteger(number)) return 'is no whole number'
    if ((number as number) < low || (number as number) > high) return `is not from ${low} to ${high}`
    io.set(view, at, number as number)
    return null
  },
  read: io.get,
})

/** 64 bits are more than a JSON number holds exactly: they are read as texts. */
const long = (low: bigint, high: bigint, io: LongAccess): Element => ({
  write: (view, at, value) => {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      return 'is no whole number that JSON holds exactly; write it as a text'
    if (typeof value !== 'number' && !(typeof value === 'string' && WHOLE.test(value))) return 'is no whole number'
    const whole = BigInt(value)
    if (whole < low || whole > high) return `is not from ${low} to ${high}`
    io.set(view, at, whole)
    return null
  },
  read: (view, at) => io.get(view, at).toString(),
})

interface NumberAccess {
  readonly set: (view: DataView, at: number, value: number) => void
  readonly get: (view: DataView, at: number) => number
}

interface LongAccess {
  readonly set: (view: DataView, at: number, value: bigint) => void
  readonly get: (view: DataView, at: number) => bigint
}

const ELEMENTS: Readonly<Record<NumericType, Element>> = {
  float32: float('float32', Math.fround, {
    set: (view, at, value) => view.setFloat32(at, value, true),
    get: (view, at) => view.getFloat32(at, true),
  }),
  float64: float('float64', (value) => value, {
    set: (view, at, value) => view.setFloat64(at, value, true),
    get: (view, at) => view.getFloat64(at, true),
  }),
  float16: float('float16', Math.f16round, {
    set: (view, at, value) => view.setFloat16(at, value, true),
    get: (view, at) => view.getFloat16(at, true),
  }),
  int8: integer(-128, 127, { set: (view, at, value) => view.setInt8(at, value), get: (view, at) => view.getInt8(at) }),
  int16: integer(-32_768, 32_767, {
    set: (view, at, value) => view.setInt16(at, value, true),
    get: (view, at) => view.getInt16(at, true),
  }),
  int32: integer(-2_147_483_648, 2_147_483_647, {
    set: (view, at, value) => view.setInt32(at, value, true),
    get: (view, at) => view.getInt32(at, true),
  }),
  int64: long(-(2n ** 63n), 2n ** 63n - 1n, {
    set: (view, at, value) => view.setBigInt64(at, value, true),
    get: (view, at) => view.getBigInt64(at, true),
  }),
  uint8: integer(0, 255, { set: (view, at, value) => view.setUint8(at, value), get: (view, at) => view.getUint8(at) }),
  uint16: integer(0, 65_535, {
    set: (view, at, value) => view.setUint16(at, value, true),
    get: (view, at) => view.getUint16(at, true),
  }),
  uint32: integer(0, 4_294_967_295, {
    set: (view, at, value) => view.setUint32(at, value, true),
    get: (view, at) => view.getUint32(at, true),
  }),
  uint64: long(0n, 2n ** 64n - 1n, {
    set: (view, at, value) => view.setBigUint64(at, value, true),
    get: (view, at) => view.getBigUint64(at, true),
  }),
  bool: {
    write: (view, at, value) => {
      if (typeof value !== 'boolean') return 'is neither true nor false'
      view.setUint8(at, value ? 1 : 0)
      return null
    },
    read: (view, at) => view.getUint8(at) !== 0,
  },
}

/** JSON values as little-endian bytes. @throws GraphloomError `INVALID_INPUT` that tells which element is wrong. */
export function toBytes(elements: readonly unknown[], type: NumericType, path: string): Uint8Array {
  const size = ELEMENT_BYTES[type]
  const bytes = new Uint8Array(elements.length * size)
  const view = new DataView(bytes.buffer)
  const { write } = ELEMENTS[type]
  elements.forEach((value, i) => {
    const problem = write(view, i * size, value)
    if (problem !== null) throw invalidInput(path, `element ${i} ${problem}.`)
  })
  return bytes
}

/** @throws GraphloomError `INVALID_INPUT` that tells which element is wrong. */
export function toTexts(elements: readonly unknown[], path: string): readonly string[] {
  return elements.map((value, i) => {
    if (typeof value !== 'string') throw invalidInput(path, `element ${i} is no text.`)
    if (value.includes('\0'))
      throw invalidInput(path, `element ${i} has the character U+0000, at which the runtime ends a text.`)
    if (!value.isWellFormed()) throw invalidInput(path, `element ${i} has half of a surrogate pair.`)
    return value
  })
}

/** Elements of a tensor as JSON values, in row-major order: what JSON has no number for as texts. */
export function toJsonElements({ type, data }: Pick<StoredTensor, 'type' | 'data'>): Json[] {
  if (type === 'string' || typeof data !== 'string') return typeof data === 'string' ? [data] : [...data]
  const bytes = Buffer.from(data, 'base64')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = ELEMENT_BYTES[type]
  const { read } = ELEMENTS[type]
  return Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size))
}
