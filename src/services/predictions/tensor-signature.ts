import { invalidInput } from '../../kernel/errors.js'
import type { ModelVersionDocument, TensorDescription } from '../../domain/model.js'
import type { StoredTensor } from '../../domain/tensor.js'

export interface TensorCall {
  readonly inputs: readonly StoredTensor[]
  /** Names; null for all. */
  readonly outputs: readonly string[] | null
  /** Where it is in the input. */
  readonly path: string
}

/** A graph's word for a shape of any number of sizes, and for a free size without a name. */
const ANY_SHAPE = '...'
const ANY_SIZE = '?'

/**
 * Compares tensors with what a graph declares: names, types and shapes; a free size of one name is the same everywhere.
 * @throws GraphloomError `INVALID_INPUT` with the path of what differs.
 */
export function checkSignature({ inputs, outputs, path }: TensorCall, graph: ModelVersionDocument): void {
  const declared = new Map(graph.inputs.map((input) => [input.name, input]))
  const sizes = new Map<string, Size>()
  inputs.forEach((input, i) => {
    const at = `${path}.inputs.${i}`
    const wanted = declared.get(input.name)
    if (!wanted) throw invalidInput(`${at}.name`, `is "${input.name}"; the model takes ${namesOf(graph.inputs)}.`)
    if (input.type !== wanted.type)
      throw invalidInput(`${at}.type`, `is ${input.type}; the model takes "${input.name}" as ${wanted.type}.`)
    checkShape(input, wanted, `${at}.shape`, sizes)
  })
  const missing = graph.inputs.find(({ name }) => inputs.every((input) => input.name !== name))
  if (missing) throw invalidInput(`${path}.inputs`, `has no "${missing.name}", which the model needs.`)
  outputs?.forEach((name, i) => {
    if (!graph.outputs.some((output) => output.name === name))
      throw invalidInput(`${path}.outputs.${i}`, `is "${name}"; the model gives ${namesOf(graph.outputs)}.`)
  })
}

/** A free size as the first tensor that has it gives it. */
interface Size {
  readonly value: number
  readonly of: string
}

function checkShape(input: StoredTensor, { shape }: TensorDescription, path: string, sizes: Map<string, Size>): void {
  if (shape[0] === ANY_SHAPE) return
  const told = `[${input.shape.join(', ')}]`
  const wanted = `the model takes "${input.name}" as [${shape.join(', ')}]`
  if (input.shape.length !== shape.length) throw invalidInput(path, `is ${told}; ${wanted}.`)
  shape.forEach((size, place) => {
    const given = input.shape[place]!
    if (typeof size === 'number') {
      if (given !== size) throw invalidInput(path, `is ${told}; ${wanted}.`)
      return
    }
    if (size === ANY_SIZE) return
    const known = sizes.get(size)
    if (known && known.value !== given)
      throw invalidInput(path, `is ${told}; ${wanted}, and ${size} is ${known.value} in "${known.of}".`)
    sizes.set(size, { value: given, of: input.name })
  })
}

const namesOf = (tensors: readonly TensorDescription[]): string => tensors.map(({ name }) => `"${name}"`).join(', ')
