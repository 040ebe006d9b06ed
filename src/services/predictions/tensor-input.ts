import { invalidInput } from '../../kernel/errors.js'
import { countElements, ELEMENT_BYTES, isTensorType, TENSOR_TYPES, type TensorValue } from '../../domain/tensor.js'
import type { TensorRequest } from './prediction-input.js'
import { toBytes, toTexts } from './tensor-elements.js'

export const MAX_TENSORS = 64
export const MAX_RANK = 16
/** Elements of all inputs together. */
export const MAX_ELEMENTS = 16 * 1_024 * 1_024
const MAX_NAME_CHARACTERS = 256
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Tensors as clients give them. @throws GraphloomError `INVALID_INPUT` with the path of what is wrong. */
export function parseTensors(tensors: readonly TensorRequest[], path: string): TensorValue[] {
  if (tensors.length > MAX_TENSORS)
    throw invalidInput(path, `has ${tensors.length} tensors; at most ${MAX_TENSORS} are allowed.`)
  let elements = 0
  return tensors.map((tensor, i) => {
    const at = `${path}.${i}`
    const { name } = tensor
    if (name.length > MAX_NAME_CHARACTERS)
      throw invalidInput(`${at}.name`, `has more than ${MAX_NAME_CHARACTERS} characters.`)
    if (tensors.findIndex((other) => other.name === name) < i)
      throw invalidInput(`${at}.name`, `is "${name}" a second time.`)
    checkShape(tensor.shape, `${at}.shape`)
    elements += countElements(tensor.shape)
    if (elements > MAX_ELEMENTS)
      throw invalidInput(
        `${at}.shape`,
        `makes the tensors have ${elements} elements; at most ${MAX_ELEMENTS} are allowed.`,
      )
    return parseTensor(tensor, at)
  })
}

function checkShape(shape: readonly number[], path: string): void {
  if (shape.length > MAX_RANK) throw invalidInput(path, `has ${shape.length} sizes; at most ${MAX_RANK} are allowed.`)
  const wrong = shape.find((size) => !Number.isInteger(size) || size < 0)
  if (wrong !== undefined) throw invalidInput(path, `has the size ${wrong}; whole numbers from 0 on are allowed.`)
}

function parseTensor({ name, type, shape, data, base64 }: TensorRequest, at: string): TensorValue {
  if (!isTensorType(type)) throw invalidInput(`${at}.type`, `is "${type}"; ${TENSOR_TYPES.join(', ')} are known.`)
  const hasData = data !== undefined && data !== null
  const hasBase64 = base64 !== undefined && base64 !== null
  if (hasData === hasBase64) throw invalidInput(at, 'must have exactly one of data and base64.')
  if (hasBase64) {
    if (type === 'string') throw invalidInput(`${at}.base64`, 'is not for texts; give them as data.')
    const bytes = fromBase64(base64, `${at}.base64`)
    checkBytes(bytes, { type, shape }, `${at}.base64`)
    return { name, type, shape, data: bytes }
  }
  const elements = flatten(data, shape, `${at}.data`)
  return {
    name,
    type,
    shape,
    data: type === 'string' ? toTexts(elements, `${at}.data`) : toBytes(elements, type, `${at}.data`),
  }
}

function fromBase64(text: string, path: string): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw invalidInput(path, 'is not base64 with its padding.')
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function checkBytes(
  bytes: Uint8Array,
  { type, shape }: { readonly type: keyof typeof ELEMENT_BYTES; readonly shape: readonly number[] },
  path: string,
): void {
  const expected = countElements(shape) * ELEMENT_BYTES[type]
  if (bytes.length !== expected)
    throw invalidInput(path, `has ${bytes.length} bytes; [${shape.join(', ')}] of ${type} is ${expected}.`)
  if (type === 'bool' && bytes.some((byte) => byte > 1)) throw invalidInput(path, 'has a byte that is neither 0 nor 1.')
}

/** The elements of arrays nested as the shape says, or of one flat array. */
function flatten(data: unknown, shape: readonly number[], path: string): readonly unknown[] {
  const told = `[${shape.join(', ')}]`
  if (shape.length === 0) return [Array.isArray(data) && data.length === 1 ? (data[0] as unknown) : data]
  if (!Array.isArray(data)) throw invalidInput(path, 'must be an array.')
  const isNested = shape.length > 1 && data.some(Array.isArray)
  if (isNested) return flattenNested(data, shape, path)
  const count = countElements(shape)
  const isEmpty = count === 0 && data.every((part) => Array.isArray(part))
  if (data.length !== count && !isEmpty) throw invalidInput(path, `has ${data.length} elements; ${told} has ${count}.`)
  return data
}

function flattenNested(data: readonly unknown[], shape: readonly number[], path: string): unknown[] {
  let level: readonly unknown[] = [data]
  for (const [depth, size] of shape.entries()) {
    const odd = level.find((part) => !Array.isArray(part) || part.length !== size)
    if (odd !== undefined) {
      const found = Array.isArray(odd) ? `an array of ${odd.length}` : 'no array'
      throw invalidInput(path, `has ${found} at depth ${depth}, where the shape [${shape.join(', ')}] says ${size}.`)
    }
    level = (level as readonly (readonly unknown[])[]).flat(1)
  }
  return [...level]
}
