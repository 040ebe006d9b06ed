import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { GraphloomError } from '../../kernel/errors.js'
import { countElements, isTensorType, type TensorValue } from '../../domain/tensor.js'
import type { TensorDescription } from '../../domain/model.js'
import type { InferRequest } from '../../ports/model-runtime.js'
import { BatchRunner, type SequenceResults } from './batch-runner.js'
import type { RunMeter } from './run-meter.js'

export interface TensorGraphOptions {
  readonly session: InferenceSession
  readonly inputs: readonly TensorDescription[]
  readonly meter: Pick<RunMeter, 'startRun'>
}

/** What stands in the queue for a request: each is alone in its run, and counts for as much as any other. */
interface Call {
  readonly ids: readonly number[]
  readonly params: InferRequest
}

const ALONE = [0]
/** A larger graph of free sizes is not tried out before its first caller comes. */
const MAX_WARMING_ELEMENTS = 1_000_000

/** A graph that is run on tensors as they come, one request at a time. */
export class TensorGraph {
  readonly #options: TensorGraphOptions
  readonly #runs: BatchRunner<Call, readonly TensorValue[]>

  constructor(options: TensorGraphOptions) {
    this.#options = options
    const { meter } = options
    const run = async ([call]: readonly Call[]) => [await this.#run(call!.params)]
    this.#runs = new BatchRunner({ limits: { maxBatchTokens: 1 }, meter, parallelRuns: 1, run })
  }

  /** @throws GraphloomError `INVALID_INPUT` when the graph fails on the tensors, `PAYLOAD_TOO_LARGE`. */
  async infer(params: InferRequest, signal: AbortSignal): Promise<SequenceResults<readonly TensorValue[]>> {
    const { tenantId, priority } = params
    const done = await this.#runs.run({ sequences: [{ ids: ALONE, params }], tenantId, priority }, signal)
    return { ...done, batch: { ...done.batch, tokens: 0 } }
  }

  /** Runs it on zeros, free sizes being 1. A graph that cannot be run on them is left for its first caller. */
  async warm(): Promise<void> {
    const zeros = this.#options.inputs.map(({ name, type, shape }) => {
      const sizes = shape.map((size) => (typeof size === 'number' ? size : 1))
      return { name, type, shape: sizes }
    })
    if (zeros.reduce((total, { shape }) => total + countElements(shape), 0) > MAX_WARMING_ELEMENTS) return
    const feeds = zeros.map(({ name, type, shape }) => {
      const count = countElements(shape)
      const data = type === 'string' ? new Array<string>(count).fill('') : createElements(type, count)
      return [name, new Tensor(type as 'float32', data as Float32Array, shape)] as const
    })
    await this.#options.session.run(Object.fromEntries(feeds)).catch(() => undefined)
  }

  async #run({ inputs, outputs, maxOutputBytes }: InferRequest): Promise<readonly TensorValue[]> {
    const feeds = inputs.map((input) => [input.name, toTensor(input)] as const)
    const results = await this.#compute(Object.fromEntries(feeds), outputs)
    let left = maxOutputBytes
    return outputs.map((name) => {
      const value = toTensorValue(name, results[name] as Tensor)
      left -= sizeOf(value)
      if (left < 0) throw new GraphloomError('PAYLOAD_TOO_LARGE', `The outputs have more than ${maxOutputBytes} bytes.`)
      return value
    })
  }

  async #compute(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      return await this.#options.session.run(feeds, outputs)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new GraphloomError('INVALID_INPUT', `The model fails on these tensors: ${reason.slice(0, 500)}`, {
        details: { path: 'input.tensors.inputs' },
        cause: error,
      })
    }
  }
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  // ONNX Runtime's native part knows it only so.
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
}

const createElements = (type: string, count: number) => new ARRAYS[type as keyof typeof ARRAYS](count)

/** Bytes are copied to where their elements are aligned. */
function toTensor({ type, shape, data }: TensorValue): Tensor {
  if (!(data instanceof Uint8Array)) return new Tensor('string', data, shape)
  const bytes = data.slice()
  const elements = new ARRAYS[type as keyof typeof ARRAYS](bytes.buffer)
  return new Tensor(type as 'float32', elements as Float32Array, shape)
}

function toTensorValue(name: string, { type, dims, data }: Tensor): TensorValue {
  if (!isTensorType(type))
    throw new GraphloomError('INVALID_INPUT', `The output ${name} is ${type}, which cannot be given.`)
  const shape = [...dims]
  if (Array.isArray(data)) return { name, type, shape, data }
  const { buffer, byteOffset, byteLength } = data as Float32Array
  return { name, type, shape, data: new Uint8Array(buffer, byteOffset, byteLength) }
}

const sizeOf = ({ data }: TensorValue): number =>
  data instanceof Uint8Array ? data.length : data.reduce((total, text) => total + Buffer.byteLength(text), 0)
