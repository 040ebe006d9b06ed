import { join, posix } from 'node:path'
import { readGraphTensors, type StoredTensor } from './graph-tensors.js'
import { findPlainFile, type FilePlaces } from './plain-file.js'
import { wrongFile } from './weights.js'

/** ONNX Runtime takes a location with this in it for an address in memory. */
const MEMORY_MARK = '_ORT_MEM_ADDR_'
const MAX_LOCATION_CHARACTERS = 1_024
const MAX_FILES = 1_000

/**
 * The files beside a graph that hold its weights, as the graph itself names them, with every tensor checked: its file
 * lies beside the graph or below, and has as many bytes as the tensor's shape needs.
 * @throws GraphloomError `INVALID_INPUT` that names the file and the tensor.
 */
export async function listExternalData(places: FilePlaces, graphFile: string): Promise<string[]> {
  const sizes = new Map<string, number>()
  for await (const tensor of readTensors(places, graphFile)) {
    const { name, neededBytes, givenBytes, external } = tensor
    if (neededBytes !== null && givenBytes !== null && neededBytes !== givenBytes)
      throw wrongFile(graphFile, `gives the tensor "${name}" ${givenBytes} bytes; its shape needs ${neededBytes}`)
    if (!external) continue
    const file = toFile(graphFile, external.location, name)
    const size = sizes.get(file) ?? (await findPlainFile(places, file))
    if (size === null) throw wrongFile(file, 'is missing')
    sizes.set(file, size)
    if (sizes.size > MAX_FILES) throw wrongFile(graphFile, `has its weights in more than ${MAX_FILES} files`)
    const end = external.offset + (givenBytes ?? neededBytes ?? 0)
    if (end > size) throw wrongFile(file, `has ${size} bytes; the tensor "${name}" ends at ${end}`)
  }
  return [...sizes.keys()]
}

async function* readTensors({ folder }: FilePlaces, graphFile: string): AsyncGenerator<StoredTensor> {
  try {
    yield* readGraphTensors(join(folder, graphFile))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw wrongFile(graphFile, `is no ONNX graph: ${error.message}`)
  }
}

/** Path below the model's folder of a location that the graph gives. */
function toFile(graphFile: string, location: string, tensor: string): string {
  const shown = JSON.stringify(location.slice(0, 100))
  const parts = location.split(/[/\\]/)
  const leaves = parts.includes('..') || posix.isAbsolute(location) || /^[A-Za-z]:|^\\|\0/.test(location)
  if (leaves || location.includes(MEMORY_MARK))
    throw wrongFile(graphFile, `looks for the tensor "${tensor}" outside of the model's folder, at ${shown}`)
  if (location === '' || location.length > MAX_LOCATION_CHARACTERS)
    throw wrongFile(graphFile, `does not tell the file of the tensor "${tensor}"`)
  return posix.join(posix.dirname(graphFile), location)
}
