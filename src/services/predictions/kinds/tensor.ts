import { invalidInput } from '../../../kernel/errors.js'
import { fromStoredTensor, toStoredTensor } from '../../../domain/tensor.js'
import { INPUT_FIELDS } from '../prediction-input.js'
import { parseTensors } from '../tensor-input.js'
import { checkSignature } from '../tensor-signature.js'
import { callRunner, toRunnerRequest, toRunOutcome, type KindDefinition } from './prediction-kind.js'

const PATH = INPUT_FIELDS.TENSOR

/** Outputs that are named in one request. */
const MAX_OUTPUTS = 256
/** What a runner gives back at the most. */
export const MAX_OUTPUT_BYTES = 16 * 1_024 * 1_024

/** Named tensors through a graph. */
export const tensor: KindDefinition<'TENSOR'> = {
  task: 'TENSOR',
  parse: ({ inputs, outputs = null }) => ({
    kind: 'TENSOR',
    inputs: parseTensors(inputs, `${PATH}.inputs`).map(toStoredTensor),
    outputs: outputs && parseNames(outputs, `${PATH}.outputs`),
  }),
  encode: ({ inputs, outputs }, { version }) => {
    checkSignature({ inputs, outputs, path: PATH }, version)
    return Promise.resolve([])
  },
  run: async ({ inputs, outputs }, context) => {
    const request = {
      ...toRunnerRequest(context),
      inputs: inputs.map(fromStoredTensor),
      outputs: outputs ?? context.version.outputs.map(({ name }) => name),
      maxOutputBytes: MAX_OUTPUT_BYTES,
    }
    const result = await callRunner(context, (runner, signal) => runner.infer(request, signal))
    return toRunOutcome({ kind: 'TENSOR', tensors: result.outputs.map(toStoredTensor) }, result, context)
  },
  countInferences: () => 1,
}

function parseNames(names: readonly string[], path: string): readonly string[] {
  if (names.length === 0) throw invalidInput(path, 'must name at least one output, or be left out for all.')
  if (names.length > MAX_OUTPUTS)
    throw invalidInput(path, `has ${names.length} names; at most ${MAX_OUTPUTS} are allowed.`)
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) throw invalidInput(`${path}.${i}`, `names "${name}" a second time.`)
  })
  return names
}
