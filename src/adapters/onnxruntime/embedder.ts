import { BatchRunner, type SequenceRequest, type SequenceResults } from './batch-runner.js'
import type { ModelFolder } from './model-folder.js'
import { normalize, poolTokens } from './pooling.js'
import type { RunMeter } from './run-meter.js'
import type { RunLimits } from './runner-protocol.js'
import type { VectorRules } from './sentence-modules.js'
import type { TokenGraph } from './token-graph.js'
import { checkSequences, requireOutput, fillRows } from './token-rows.js'
import { findVectors, type VectorOutput } from './vector-output.js'
import type { TokenSequence } from '../../ports/text-codec.js'
import { GraphloomError } from '../../kernel/errors.js'

export interface EmbedderOptions {
  readonly graph: TokenGraph
  readonly rules: VectorRules
  readonly model: Pick<ModelFolder, 'contextTokens' | 'vocabularySize'>
  /** What one run computes is what a cancel may have to wait for. */
  readonly limits: RunLimits
  readonly meter: Pick<RunMeter, 'startRun'>
}

/** Turns sequences of tokens into vectors as the model's files say. */
export class Embedder {
  readonly #options: EmbedderOptions
  readonly #output: VectorOutput
  readonly #batches: BatchRunner<TokenSequence, Float64Array>

  /** @throws GraphloomError `MODEL_LOAD_FAILED` when the graph has another layout than transformers.js gives it. */
  constructor(options: EmbedderOptions) {
    const { graph, limits, meter, rules } = options
    const output = requireOutput(graph, findVectors(graph.outputs), 'embed texts')
    if (!output.isPooled && rules.missingModule !== null)
      throw new GraphloomError(
        'MODEL_LOAD_FAILED',
        `The model cannot embed texts here: its module ${rules.missingModule} is not computed by its graph.`,
      )
    this.#options = options
    this.#output = output
    const { parallelRuns } = graph
    this.#batches = new BatchRunner({
      limits,
      meter,
      parallelRuns,
      hasFreeThread: () => graph.hasFreeThread,
      run: (rows) => this.#run(rows),
    })
  }

  /**
   * The vectors in the order given. Sequences of like length share a run, also those of different requests; a vector
   * does not depend on what shares its run.
   * @throws GraphloomError `INVALID_INPUT` for a sequence that is empty, too long or has tokens unknown to the model.
   */
  async embed(
    request: SequenceRequest<TokenSequence>,
    dimensions: number | undefined,
    signal: AbortSignal,
  ): Promise<SequenceResults<Float32Array>> {
    checkSequences(request.sequences, this.#options.model)
    const { results, ...run } = await this.#batches.run(request, signal)
    return { results: results.map((vector) => this.#finish(vector, dimensions)), ...run }
  }

  async #run(rows: readonly TokenSequence[]): Promise<Float64Array[]> {
    const { graph, rules } = this.#options
    const { name, isPooled } = this.#output
    const { width, feeds } = fillRows(rows, graph.inputs)
    const { data, dims } = await graph.run(feeds, name)
    const size = dims.at(-1)!
    return rows.map(({ ids }, r) => {
      if (isPooled) return Float64Array.from(data.subarray(r * size, (r + 1) * size))
      const start = r * width * size
      return poolTokens(data.subarray(start, start + ids.length * size), size, rules.pooling)
    })
  }

  /** Cut first, so that what is left has length 1. */
  #finish(vector: Float64Array, dimensions: number | undefined): Float32Array {
    const kept = dimensions === undefined ? vector : vector.subarray(0, dimensions)
    return Float32Array.from(this.#options.rules.isNormalized ? normalize(kept) : kept)
  }
}
