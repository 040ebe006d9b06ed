import { open } from 'node:fs/promises'
import { ProtobufFile, readFrom, toFields, type FieldPlace } from './protobuf.js'

/** A tensor that a graph holds, inside itself or in a file beside it. */
export interface StoredTensor {
  readonly name: string
  /** Bytes that its shape and type need; null where that cannot be told. */
  readonly neededBytes: number | null
  /** Bytes that are there: inside the graph, or as the graph says; null where neither is told. */
  readonly givenBytes: number | null
  /** Set for one in another file. */
  readonly external: { readonly location: string; readonly offset: number } | null
}

/** Bits of an element by its number in `TensorProto.DataType` of onnx.proto; texts are left out. */
const ELEMENT_BITS: Readonly<Record<number, number>> = {
  ...{ 1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16 },
  ...{ 17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8 },
}
const EXTERNAL = 1

type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse' | 'function' | 'training'

/** Messages of onnx.proto that hold tensors at some depth: what the fields of each kind are. */
const CHILDREN: Readonly<Record<Exclude<Kind, 'tensor'>, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  function: { 7: 'node', 11: 'attribute' },
  training: { 1: 'graph', 2: 'graph' },
}
const MAX_DEPTH = 64

/** Fields of `TensorProto`. */
const DIMENSIONS = 1
const DATA_TYPE = 2
const NAME = 8
const RAW_DATA = 9
const EXTERNAL_DATA = 13
const DATA_LOCATION = 14
const MAX_NAME_CHARACTERS = 200

/**
 * The tensors of an ONNX file: of its graph, of graphs within nodes and of functions. Their content is passed over.
 * @throws RangeError when the file does not have the form of onnx.proto.
 */
export async function* readGraphTensors(path: string): AsyncGenerator<StoredTensor> {
  await using handle = await open(path)
  const file = new ProtobufFile(readFrom(handle))
  yield* tensorsIn(file, 'model', { start: 0, end: (await handle.stat()).size }, 0)
}

async function* tensorsIn(
  file: ProtobufFile,
  kind: Kind,
  place: Pick<FieldPlace, 'start' | 'end'>,
  depth: number,
): AsyncGenerator<StoredTensor> {
  if (depth > MAX_DEPTH) throw new RangeError('its graphs are nested too deeply')
  if (kind === 'tensor') {
    yield await readTensor(file, place)
    return
  }
  const children = CHILDREN[kind]
  for await (const field of file.fields(place.start, place.end)) {
    const child = children[field.number]
    if (child) yield* tensorsIn(file, child, field, depth + 1)
  }
}

async function readTensor(
  file: ProtobufFile,
  { start, end }: Pick<FieldPlace, 'start' | 'end'>,
): Promise<StoredTensor> {
  let name = ''
  let elements = 1
  let bits: number | undefined
  let rawBytes: number | null = null
  let isExternal = false
  const entries = new Map<string, string>()
  for await (const field of file.fields(start, end)) {
    const read = () => file.read(field.start, field.end)
    if (field.number === NAME) name = toText(await read()).slice(0, MAX_NAME_CHARACTERS)
    else if (field.number === DIMENSIONS) elements *= field.end > field.start ? product(await read()) : field.value
    else if (field.number === DATA_TYPE) bits = ELEMENT_BITS[field.value]
    else if (field.number === RAW_DATA) rawBytes = field.end - field.start
    else if (field.number === DATA_LOCATION) isExternal = field.value === EXTERNAL
    else if (field.number === EXTERNAL_DATA) entries.set(...toEntry(await read()))
  }
  const neededBytes = bits === undefined ? null : Math.ceil((elements * bits) / 8)
  if (!isExternal && entries.size === 0) return { name, neededBytes, givenBytes: rawBytes, external: null }
  const length = entries.get('length')
  return {
    name,
    neededBytes,
    givenBytes: length === undefined ? null : toSize(length),
    external: { location: entries.get('location') ?? '', offset: toSize(entries.get('offset') ?? '0') },
  }
}

/** Product of sizes that stand one after the other. */
function product(packed: Uint8Array): number {
  let result = 1
  for (let at = 0; at < packed.length;) {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = packed[at++]
      if (byte === undefined) throw new RangeError('it ends in the middle of a number')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) break
    }
    result *= value
  }
  return result
}

/** StringStringEntryProto: key 1, value 2. */
function toEntry(bytes: Uint8Array): [string, string] {
  const fields = toFields(bytes)
  const text = (number: number): string =>
    toText(fields.find((field) => field.number === number)?.bytes ?? new Uint8Array())
  return [text(1), text(2)]
}

function toSize(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RangeError(`it gives "${text.slice(0, 40)}" as a place in a file`)
  return Number(text)
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
