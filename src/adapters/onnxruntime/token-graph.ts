import { stat } from 'node:fs/promises'
import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node'
import type { TensorDescription } from '../../domain/model.js'
import { countElements } from '../../domain/tensor.js'
import { readGraphSignatureHere } from './onnx-graph.js'
import { createSession, SPIN_MICROSECONDS, toLoadError } from './onnx-session.js'
import { tryOpenOrtLibrary, type OrtLibrary, type Pointer } from './ort-library.js'

/** What is fed to a run by the names of its inputs. */
export type TokenFeeds = Readonly<Record<string, TokenTensor>>

export interface TokenTensor {
  /** Outside of the JavaScript heap, where small arrays may be moved. */
  readonly data: BigInt64Array | Float32Array
  readonly dims: readonly number[]
}

export interface FloatTensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** A graph in memory that takes rows of token ids, all of one width, and gives floats for them. */
export interface TokenGraph extends Disposable {
  readonly binding: 'C API' | 'onnxruntime-node'
  readonly inputs: readonly TensorDescription[]
  readonly outputs: readonly TensorDescription[]
  /** Runs that may go on at once, and are quicker together than one after the other. */
  readonly parallelRuns: number
  /** Whether another run would take no thread from those that go on. */
  readonly hasFreeThread: boolean
  /** The output of this name. */
  run(feeds: TokenFeeds, output: string): Promise<FloatTensor>
}

export interface TokenGraphOptions {
  readonly graphFile: string
  /** Threads of one run, and runs at once where that pays. */
  readonly threads: number
  /** Whether to call ONNX Runtime's C API where it can be loaded. */
  readonly native: boolean
}

/** A graph of at most so many bytes may be in memory twice, where runs come together. */
const MOST_TWICE_BYTES = 64 * 1_024 * 1_024

/**
 * Loads a graph. Through ONNX Runtime's C API runs leave this process's own thread free and several can go on at once:
 * with a thread each they are a tenth quicker than one after the other with all threads, and a thread that something
 * else takes a core from holds up only its own run.
 * @throws GraphloomError `MODEL_LOAD_FAILED`.
 */
export async function openTokenGraph({ graphFile, threads, native }: TokenGraphOptions): Promise<TokenGraph> {
  const signature = await readGraphSignatureHere(graphFile)
  const library = native ? tryOpenOrtLibrary() : null
  if (!library) {
    const { Tensor: TensorType } = await import('onnxruntime-node')
    return new NodeTokenGraph({ session: await createSession(graphFile, threads), TensorType, ...signature })
  }
  const config = { 'session.intra_op.spin_duration_us': SPIN_MICROSECONDS }
  const isSmall = (await stat(graphFile)).size <= MOST_TWICE_BYTES
  const openSingle = isSmall ? () => library.createSession(graphFile, { threads: 1, config }) : null
  try {
    const session = await library.createSession(graphFile, { threads, config })
    return new NativeTokenGraph({ library, session, threads, openSingle, ...signature })
  } catch (error) {
    throw toLoadError(error)
  }
}

interface NodeGraphOptions extends Pick<TokenGraph, 'inputs' | 'outputs'> {
  readonly session: InferenceSession
  readonly TensorType: TensorConstructor
}

class NodeTokenGraph implements TokenGraph {
  readonly binding = 'onnxruntime-node'
  readonly parallelRuns = 1
  readonly hasFreeThread = false
  readonly #options: NodeGraphOptions

  constructor(options: NodeGraphOptions) {
    this.#options = options
  }

  get inputs(): readonly TensorDescription[] {
    return this.#options.inputs
  }

  get outputs(): readonly TensorDescription[] {
    return this.#options.outputs
  }

  async run(inputs: TokenFeeds, output: string): Promise<FloatTensor> {
    const { session, TensorType } = this.#options
    const toTensor = ({ data, dims }: TokenTensor): Tensor =>
      data instanceof BigInt64Array
        ? new TensorType('int64', data, dims)
        : new TensorType('float32', data.subarray(0, countElements(dims)), dims)
    const feeds = Object.entries(inputs).map(([name, tensor]) => [name, toTensor(tensor)] as const)
    const results = await session.run(Object.fromEntries(feeds), [output])
    const { data, dims } = results[output] as Tensor
    return { data: data as Float32Array, dims }
  }

  [Symbol.dispose](): void {
    void this.#options.session.release()
  }
}

interface NativeGraphOptions extends Pick<TokenGraph, 'inputs' | 'outputs'> {
  readonly library: OrtLibrary
  readonly session: Pointer
  readonly threads: number
  /** Loads the graph again, for runs of one thread each; null when that would take too much memory. */
  readonly openSingle: (() => Promise<Pointer>) | null
}

class NativeTokenGraph implements TokenGraph {
  readonly binding = 'C API'
  readonly #options: NativeGraphOptions
  #running = 0
  /** Of these, with all threads. */
  #runningWhole = 0
  /** Takes the runs that are not alone. */
  #single: Pointer | null = null
  #opening: Promise<void> | null = null

  constructor(options: NativeGraphOptions) {
    this.#options = options
  }

  get parallelRuns(): number {
    return this.#options.threads
  }

  get hasFreeThread(): boolean {
    return this.#runningWhole === 0 && this.#running < this.#options.threads
  }

  get inputs(): readonly TensorDescription[] {
    return this.#options.inputs
  }

  get outputs(): readonly TensorDescription[] {
    return this.#options.outputs
  }

  async run(inputs: TokenFeeds, output: string): Promise<FloatTensor> {
    const { library } = this.#options
    const session = this.#chooseSession()
    const isWhole = session === this.#options.session
    // With their arrays, which have to be there until the run is done.
    const tensors: { readonly value: Pointer; readonly data: TokenTensor['data'] }[] = []
    const binding = library.createBinding(session)
    this.#running++
    if (isWhole) this.#runningWhole++
    try {
      for (const [name, { data, dims }] of Object.entries(inputs)) {
        const value = library.createTensor(data, dims)
        tensors.push({ value, data })
        library.bindInput(binding, name, value)
      }
      library.bindOutputToMemory(binding, output)
      await library.run(session, binding)
      return library.takeOutput(binding)
    } finally {
      this.#running--
      if (isWhole) this.#runningWhole--
      tensors.forEach(({ value }) => library.releaseValue(value))
      library.releaseBinding(binding)
    }
  }

  [Symbol.dispose](): void {
    const { library, session } = this.#options
    library.releaseSession(session)
    if (this.#single !== null) library.releaseSession(this.#single)
  }

  /** A run that is alone has all threads. */
  #chooseSession(): Pointer {
    const { session, openSingle } = this.#options
    if (this.#running === 0) return session
    this.#opening ??= openSingle
      ? openSingle().then(
          (single) => void (this.#single = single),
          // Runs go on sharing the threads of the first.
          () => undefined,
        )
      : Promise.resolve()
    return this.#single ?? session
  }
}
