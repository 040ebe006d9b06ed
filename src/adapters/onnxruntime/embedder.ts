import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import { BatchRunner, type SequenceRequest, type SequenceResults } from './batch-runner.js'
import type { ModelFolder, Pooling } from './model-folder.js'
import { poolTokens } from './pooling.js'
import type { RunMeter } from './run-meter.js'
import type { RunLimits } from './runner-protocol.js'

const STATES = 'last_hidden_state'
const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'token_type_ids'])

export interface EmbedderOptions {
  readonly session: InferenceSession
  readonly TensorType: TensorConstructor
  readonly pooling: Pooling
  readonly model: Pick<ModelFolder, 'contextTokens' | 'vocabularySize'>
  /** What one run computes is what a cancel may have to wait for. */
  readonly limits: RunLimits
  readonly meter: Pick<RunMeter, 'noteRun'>
}

/** Turns sequences of tokens into vectors of length 1. */
export class Embedder {
  readonly #options: EmbedderOptions
  readonly #hasTokenTypes: boolean
  readonly #batches: BatchRunner<Float32Array>

  /** @throws GraphloomError `MODEL_LOAD_FAILED` when the graph has another layout than transformers.js gives it. */
  constructor(options: EmbedderOptions) {
    const { inputNames, outputNames } = options.session
    const odd = inputNames.find((name) => !KNOWN_INPUTS.has(name))
    if (odd !== undefined || !outputNames.includes(STATES))
      throw new GraphloomError(
        'MODEL_LOAD_FAILED',
        `The model cannot embed texts here: its graph ${odd === undefined ? `has no output ${STATES}` : `wants an input ${odd}`}.`,
      )
    this.#options = options
    this.#hasTokenTypes = inputNames.includes('token_type_ids')
    const { limits, meter } = options
    this.#batches = new BatchRunner({ limits, meter, run: (rows) => this.#run(rows) })
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
    const { session, TensorType, pooling } = this.#options
    const width = Math.max(...rows.map((row) => row.length))
    const dims = [rows.length, width]
    const ids = new BigInt64Array(rows.length * width)
    const mask = new BigInt64Array(rows.length * width)
    rows.forEach((row, r) => {
      row.forEach((id, i) => (ids[r * width + i] = BigInt(id)))
      mask.fill(1n, r * width, r * width + row.length)
    })
    const feeds: Record<string, Tensor> = {
      input_ids: new TensorType('int64', ids, dims),
      attention_mask: new TensorType('int64', mask, dims),
    }
    if (this.#hasTokenTypes) feeds['token_type_ids'] = new TensorType('int64', new BigInt64Array(ids.length), dims)
    const states = (await session.run(feeds, [STATES]))[STATES] as Tensor
    const size = states.dims[2]!
    const data = states.data as Float32Array
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
