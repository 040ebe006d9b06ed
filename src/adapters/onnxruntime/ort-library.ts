import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import koffi from 'koffi'

/** An address in native memory. */
export type Pointer = bigint

/** Element types by their numbers in `ONNXTensorElementDataType`. */
const FLOAT32 = 1
const INT64 = 7

/** The part of ONNX Runtime's C API that models of tokens need. Every call throws what ONNX Runtime says of a failure. */
export interface OrtLibrary {
  readonly version: string
  /** The loaded file. Once nothing holds it, koffi takes the library out of memory, whatever runs in it. */
  readonly file: unknown
  /** Loads a graph on another thread. */
  createSession(path: string, options: SessionOptions): Promise<Pointer>
  releaseSession(session: Pointer): void
  /** Wraps the memory of an array that lies outside of the JavaScript heap; keep the array while the value lives. */
  createTensor(data: Float32Array | BigInt64Array, dims: readonly number[]): Pointer
  releaseValue(value: Pointer): void
  createBinding(session: Pointer): Pointer
  releaseBinding(binding: Pointer): void
  bindInput(binding: Pointer, name: string, value: Pointer): void
  bindOutput(binding: Pointer, name: string, value: Pointer): void
  /** The run makes the output's value itself; `takeOutput` gives it. */
  bindOutputToMemory(binding: Pointer, name: string): void
  /** A copy of the floats that the last run made for the only output bound to memory. */
  takeOutput(binding: Pointer): { readonly data: Float32Array; readonly dims: readonly number[] }
  /** Runs on another thread. */
  run(session: Pointer, binding: Pointer): Promise<void>
}

export interface SessionOptions {
  readonly threads: number
  /** Entries of the session's configuration, by ONNX Runtime's names. */
  readonly config: Readonly<Record<string, string>>
}

/** Version of the table of functions: its order never changes, later versions only add to its end. */
const API_VERSION = 23
const PERFORMANCE_WARNINGS_OFF = 3
const ALL_OPTIMISATIONS = 99
const ARENA_ALLOCATOR = 1
const DEFAULT_MEMORY = 0
const POINTER_BYTES = 8
const FLOAT_BYTES = 4
/** ONNX Runtime's kernels want more than koffi's 128 KiB. */
const STACK_BYTES = 8 * 1_024 * 1_024

const FILES: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
}

const ADDRESS = 'void *'
const RESULT = koffi.out(koffi.pointer(ADDRESS))
const COUNT = koffi.out(koffi.pointer('size_t'))

type Call = (...args: readonly unknown[]) => unknown
type AsyncCall = Call & { async(...args: readonly unknown[]): void }

/**
 * Opens the shared library within the onnxruntime-node package.
 * @throws Error where there is none for this platform, or it cannot be loaded.
 */
export function openOrtLibrary(): OrtLibrary {
  koffi.config({ async_stack_size: STACK_BYTES })
  const require = createRequire(import.meta.url)
  const folder = join(dirname(require.resolve('onnxruntime-node/package.json')), 'bin/napi-v6')
  const library = koffi.load(join(folder, process.platform, process.arch, FILES[process.platform] ?? 'none'))
  const base = library.func('OrtGetApiBase', ADDRESS, [])() as Pointer
  const at = (table: Pointer, index: number, result: string, args: Parameters<typeof koffi.proto>[1]): AsyncCall =>
    koffi.decode(
      koffi.decode(table, index * POINTER_BYTES, ADDRESS) as Pointer,
      koffi.proto(null, result, args as never),
    ) as AsyncCall
  const api = at(base, 0, ADDRESS, ['uint32'] as never)(API_VERSION) as Pointer | null
  if (api === null) throw new Error(`ONNX Runtime has no interface of version ${API_VERSION}.`)
  const version = at(base, 1, 'str', [] as never)() as string
  const calls = createLibrary(version, (index, result, args) => at(api, index, result, args as never))
  return { ...calls, file: library }
}

/** The library, or null where it cannot be loaded: the reason then goes to the server's log. */
export function tryOpenOrtLibrary(): OrtLibrary | null {
  try {
    return openOrtLibrary()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.stderr.write(`ONNX Runtime is called through onnxruntime-node: ${reason}\n`)
    return null
  }
}

type Bind = (index: number, result: string, args: readonly unknown[]) => AsyncCall

/** Numbers are places in the table `OrtApi` of onnxruntime_c_api.h. All but those that free give a status. */
function bindCalls(bind: Bind) {
  const status = (index: number, ...args: readonly unknown[]): AsyncCall => bind(index, ADDRESS, args)
  const free = (index: number): Call => bind(index, 'void', [ADDRESS])
  const path = process.platform === 'win32' ? 'str16' : 'str'
  return {
    getErrorMessage: bind(2, 'str', [ADDRESS]),
    createEnv: status(3, 'int', 'str', RESULT),
    createSession: status(7, ADDRESS, path, ADDRESS, RESULT),
    createSessionOptions: status(10, RESULT),
    setOptimisation: status(23, ADDRESS, 'int'),
    setIntraThreads: status(24, ADDRESS, 'int'),
    setInterThreads: status(25, ADDRESS, 'int'),
    createRunOptions: status(39, RESULT),
    tensorData: status(51, ADDRESS, RESULT),
    dimensionsCount: status(61, ADDRESS, COUNT),
    dimensions: status(62, ADDRESS, 'int64 *', 'size_t'),
    tensorShape: status(65, ADDRESS, RESULT),
    freeMemory: status(76, ADDRESS, ADDRESS),
    defaultAllocator: status(78, RESULT),
    releaseShape: free(99),
    createTensor: status(49, ADDRESS, ADDRESS, 'size_t', 'int64 *', 'size_t', 'int', RESULT),
    createMemoryInfo: status(69, 'int', 'int', RESULT),
    releaseStatus: free(93),
    releaseSession: free(95),
    releaseValue: free(96),
    releaseSessionOptions: free(100),
    addConfig: status(130, ADDRESS, 'str', 'str'),
    run: status(133, ADDRESS, ADDRESS, ADDRESS),
    createBinding: status(134, ADDRESS, RESULT),
    releaseBinding: free(135),
    bindInput: status(136, ADDRESS, 'str', ADDRESS),
    bindOutput: status(137, ADDRESS, 'str', ADDRESS),
    bindOutputToMemory: status(138, ADDRESS, 'str', ADDRESS),
    boundOutputs: status(140, ADDRESS, ADDRESS, RESULT, COUNT),
  }
}

type Calls = ReturnType<typeof bindCalls>

/** Calls whose failures are thrown with ONNX Runtime's words. */
function createChecks(calls: Calls) {
  const check = (failure: unknown): void => {
    if (failure === null) return
    const message = String(calls.getErrorMessage(failure))
    calls.releaseStatus(failure)
    throw new Error(message)
  }
  const create = (call: Call, ...args: readonly unknown[]): Pointer => {
    const result: [Pointer | null] = [null]
    check(call(...args, result))
    return result[0]!
  }
  return { check, create }
}

function createLibrary(version: string, bind: Bind): Omit<OrtLibrary, 'file'> {
  const calls = bindCalls(bind)
  const { check, create } = createChecks(calls)
  const environment = create(calls.createEnv, PERFORMANCE_WARNINGS_OFF, 'graphloom')
  const memory = create(calls.createMemoryInfo, ARENA_ALLOCATOR, DEFAULT_MEMORY)
  const runOptions = create(calls.createRunOptions)
  const allocator = create(calls.defaultAllocator)
  return {
    version,
    createSession: async (file, { threads, config }) => {
      const options = create(calls.createSessionOptions)
      try {
        check(calls.setOptimisation(options, ALL_OPTIMISATIONS))
        check(calls.setIntraThreads(options, threads))
        check(calls.setInterThreads(options, 1))
        for (const [key, value] of Object.entries(config)) check(calls.addConfig(options, key, value))
        const session: [Pointer | null] = [null]
        await runAsync(calls.createSession, check, [environment, file, options, session])
        return session[0]!
      } finally {
        calls.releaseSessionOptions(options)
      }
    },
    releaseSession: calls.releaseSession,
    createTensor: (data, dims) => {
      const type = data instanceof Float32Array ? FLOAT32 : INT64
      const shape = BigInt64Array.from(dims, BigInt)
      return create(calls.createTensor, memory, data, data.byteLength, shape, dims.length, type)
    },
    releaseValue: calls.releaseValue,
    createBinding: (session) => create(calls.createBinding, session),
    releaseBinding: calls.releaseBinding,
    bindInput: (binding, name, value) => check(calls.bindInput(binding, name, value)),
    bindOutput: (binding, name, value) => check(calls.bindOutput(binding, name, value)),
    bindOutputToMemory: (binding, name) => check(calls.bindOutputToMemory(binding, name, memory)),
    takeOutput: (binding) => {
      const values = create((result) => calls.boundOutputs(binding, allocator, result, [0]))
      const value = koffi.decode(values, ADDRESS) as Pointer
      try {
        return copyFloats(calls, value)
      } finally {
        calls.releaseValue(value)
        check(calls.freeMemory(allocator, values))
      }
    },
    run: (session, binding) => runAsync(calls.run, check, [session, runOptions, binding]),
  }
}

function copyFloats(calls: Calls, value: Pointer): { readonly data: Float32Array; readonly dims: readonly number[] } {
  const { check, create } = createChecks(calls)
  const shape = create(calls.tensorShape, value)
  try {
    const count: [number] = [0]
    check(calls.dimensionsCount(shape, count))
    const sizes = new BigInt64Array(count[0])
    check(calls.dimensions(shape, sizes, sizes.length))
    const dims = Array.from(sizes, Number)
    const length = dims.reduce((total, size) => total * size, 1)
    const view = koffi.view(create(calls.tensorData, value), length * FLOAT_BYTES)
    return { data: new Float32Array(view.slice(0)), dims }
  } finally {
    calls.releaseShape(shape)
  }
}

function runAsync(call: AsyncCall, check: (failure: unknown) => void, args: readonly unknown[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  call.async(...args, (error: unknown, failure: unknown) => {
    try {
      if (error) throw error as Error
      check(failure)
      resolve()
    } catch (thrown) {
      reject(thrown)
    }
  })
  return promise
}
