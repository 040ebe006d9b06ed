import type { TensorDescription } from '../../domain/model.js'
import type { TokenSequence } from '../../ports/text-codec.js'
import { BatchRunner, type SequenceRequest, type SequenceResults } from './batch-runner.js'
import type { Activation } from './classifier-config.js'
import type { ModelFolder } from './model-folder.js'
import type { RunMeter } from './run-meter.js'
import type { RunLimits } from './runner-protocol.js'
import type { TokenGraph } from './token-graph.js'
import { checkSequences, requireOutput, fillRows } from './token-rows.js'

export interface ClassifierOptions {
  readonly graph: TokenGraph
  readonly activation: Activation
  readonly model: Pick<ModelFolder, 'contextTokens' | 'vocabularySize'>
  readonly limits: RunLimits
  readonly meter: Pick<RunMeter, 'startRun'>
}

const LOGITS = 'logits'

/** Turns texts and pairs of texts into a score for each of the model's labels. */
export class Classifier {
  readonly #options: ClassifierOptions
  readonly #output: TensorDescription
  readonly #batches: BatchRunner<TokenSequence, Float32Array>

  /** @throws GraphloomError `MODEL_LOAD_FAILED` when the graph has another layout than transformers.js gives it. */
  constructor(options: ClassifierOptions) {
    const { graph, limits, meter } = options
    const logits = graph.outputs.find(({ name }) => name === LOGITS) ?? null
    this.#output = requireOutput(graph, logits, 'classify texts')
    this.#options = options
    const { parallelRuns } = graph
    this.#batches = new BatchRunner({
      limits,
      meter,
      parallelRuns,
      hasFreeThread: () => graph.hasFreeThread,
      run: (rows) => this.#run(rows),
    })
  }

  /** The scores in the order given. @throws GraphloomError as `checkSequences`. */
  async classify(request: SequenceRequest<TokenSequence>, signal: AbortSignal): Promise<SequenceResults<Float32Array>> {
    checkSequences(request.sequences, this.#options.model)
    return this.#batches.run(request, signal)
  }

  async #run(rows: readonly TokenSequence[]): Promise<Float32Array[]> {
    const { graph, activation } = this.#options
    const { feeds } = fillRows(rows, graph.inputs)
    const { data, dims } = await graph.run(feeds, this.#output.name)
    const labels = dims.at(-1)!
    return rows.map((_, r) => activate(data.subarray(r * labels, (r + 1) * labels), activation))
  }
}

function activate(logits: Float32Array, activation: Activation): Float32Array {
  if (activation === 'identity') return logits.slice()
  if (activation === 'sigmoid') return logits.map((logit) => 1 / (1 + Math.exp(-logit)))
  const highest = Math.max(...logits)
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - highest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Float32Array.from(weights, (weight) => weight / total)
}
