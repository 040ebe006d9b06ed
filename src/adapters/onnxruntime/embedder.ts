import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import { BatchRunner, type SequenceRequest, type SequenceResults } from './batch-runner.js'
import type { ModelFolder, Pooling } from './model-folder.js'
import { poolTokens } from './pooling.js'
import type { RunMeter } from './run-meter.js'
import type { RunLimits } from './runner-protocol.js'
import type { TokenGraph } from './token-graph.js'

const STATES = 'last_hidden_state'
const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'token_type_ids'])

export interface EmbedderOptions {
  readonly graph: TokenGraph
  readonly pooling: Pooling
  readonly model: Pick<ModelFolder, 'contextTokens' | 'vocabularySize'>
  /** What one run computes is what a cancel may have to wait for. */
  readonly limits: RunLimits
  readonly meter: Pick<RunMeter, 'startRun'>
}

/** Turns sequences of tokens into vectors of length 1. */
export class Embedder {
  readonly #options: EmbedderOptions
  readonly #hasTokenTypes: boolean
  readonly #batches: BatchRunner<Float32Array>

  /** @throws GraphloomError `MODEL_LOAD_FAILED` when the graph has another layout than transformers.js gives it. */
  constructor(options: EmbedderOptions) {
    const { inputs, outputs, parallelRuns } = options.graph
    const odd = inputs.find(({ name }) => !KNOWN_INPUTS.has(name))?.name
    if (odd !== undefined || !outputs.some(({ name }) => name === STATES))
      throw new GraphloomError(
        'MODEL_LOAD_FAILED',
        `The model cannot embed texts here: its graph ${odd === undefined ? `has no output ${STATES}` : `wants an input ${odd}`}.`,
      )
    this.#options = options
    this.#hasTokenTypes = inputs.some(({ name }) => name === 'token_type_ids')
    const { limits, meter } = options
    this.#batches = new BatchRunner({ limits, meter, parallelRuns, run: (rows) => this.#run(rows) })
  }

  /**
   * The vectors in the order given. Sequences of like length share a run, also those of different requests; a vector
   * does not depend on what shares its run.
   * @throws GraphloomError `INVALID_INPUT` for a sequence that is empty, too long or has tokens unknown to the model.
   */
  async embed(request: SequenceRequest, signal: AbortSignal): Promise<SequenceResults<Float32Array>> {
    request.sequences.forEach((sequence, i) => this.#check(sequence, i))
    return this.#batches.run(request, signal)
  }

  async #run(rows: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { graph, pooling } = this.#options
    const width = Math.max(...rows.map((row) => row.length))
    const ids = createWholeNumbers(rows.length * width)
    const mask = createWholeNumbers(ids.length)
    rows.forEach((row, r) => {
      row.forEach((id, i) => (ids[r * width + i] = BigInt(id)))
      mask.fill(1n, r * width, r * width + row.length)
    })
    const types = this.#hasTokenTypes ? { token_type_ids: createWholeNumbers(ids.length) } : {}
    const inputs = { input_ids: ids, attention_mask: mask, ...types }
    const { data, dims } = await graph.run({ rows: rows.length, width, inputs }, STATES)
    const size = dims[2]!
    return rows.map((row, r) => {
      const start = r * width * size
      return poolTokens(data.subarray(start, start + row.length * size), size, pooling)
    })
  }

  #check(sequence: readonly number[], index: number): void {
    const { contextTokens, vocabularySize } = this.#options.model
    const path = `tokenIds.${index}`
    if (sequence.length === 0) throw invalidInput(path, 'is empty.')
    if (sequence.length > contextTokens)
      throw invalidInput(path, `has ${sequence.length} tokens; the model takes at most ${contextTokens}.`)
    if (!sequence.every((id) => Number.isInteger(id) && id >= 0 && id < vocabularySize))
      throw invalidInput(path, `has a token that is none of the model's ${vocabularySize}.`)
  }
}

/** Outside of the JavaScript heap, where small arrays may be moved. */
const createWholeNumbers = (count: number): BigInt64Array =>
  new BigInt64Array(new ArrayBuffer(count * BigInt64Array.BYTES_PER_ELEMENT))
