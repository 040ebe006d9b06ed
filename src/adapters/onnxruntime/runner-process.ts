import { createRequire } from 'node:module'
import { cpus, setPriority } from 'node:os'
import { GraphloomError } from '../../kernel/errors.js'
import type { LoadPhase, LoadProgress } from '../../domain/model.js'
import type { RunnerSettings } from '../../ports/model-runtime.js'
import { serveParent, type CallContext } from '../child-process/serve-parent.js'
import type { LoadedModel, ModelCalls } from './loaded-model.js'
import { RunMeter } from './run-meter.js'
import type { CallParams, CallResult, LoadParams, LoadResult, RunLimits, RunnerCall } from './runner-protocol.js'
import { verifyChecksums } from './verify-checksums.js'

/** Below the server's, so that it answers while a model computes. */
const NICENESS = 2
const TELL_EVERY_MS = 20

let model: LoadedModel | null = null
/** Read by the model before each run. */
let limits: RunLimits | null = null
const meter = new RunMeter()

async function load(params: LoadParams, { emit, signal }: CallContext): Promise<LoadResult> {
  if (model) throw new GraphloomError('CONFLICT', 'This process has a model already.')
  setPriority(NICENESS)
  let totalBytes = 0
  const tell = (phase: LoadPhase, doneBytes: number): void => {
    void emit({ phase, doneBytes, totalBytes } satisfies LoadProgress)
  }
  let toldAt = 0
  const onVerified = (doneBytes: number, total: number): void => {
    totalBytes = total
    const now = performance.now()
    if (now - toldAt < TELL_EVERY_MS && doneBytes < total) return
    toldAt = now
    tell('VERIFYING', doneBytes)
  }
  tell('STARTING', 0)
  const verify = (): Promise<void> => verifyChecksums(params.files, onVerified, signal)
  // Nothing of files that others may have exchanged is read before it is known to be what was checked.
  const isTrusted = params.files.root === undefined
  if (!isTrusted) await verify()
  // At the same time: hashing large weights takes as long as reading them. What cannot be read is told by its checksum.
  const reading = readModel(params)
  reading.catch(() => undefined)
  if (isTrusted) await verify()
  tell('READING', 0)
  const loaded = await reading
  tell('WARMING', totalBytes)
  await loaded.warm()
  signal.throwIfAborted()
  model = loaded
  limits = params.limits
  return { fingerprint: fingerprint(loaded.binding), residentBytes: process.memoryUsage.rss() }
}

async function readModel(params: LoadParams): Promise<LoadedModel> {
  // ONNX Runtime's native part takes and gives float16 as whole numbers of 16 bits; its JavaScript would rather not.
  Reflect.deleteProperty(globalThis, 'Float16Array')
  const { loadModel } = await import('./loaded-model.js')
  return loadModel(params, meter)
}

function fingerprint(binding: string): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { readonly version: string }
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU'
  return `ONNX Runtime ${version}, ${binding} / ${process.platform} ${process.arch} / ${cpu}`
}

/** Reports runs until the process ends. */
function reportRuns(_params: null, { emit }: CallContext): Promise<never> {
  meter.start((report) => void emit(report))
  return new Promise(() => undefined)
}

/** Serves calls of one kind. What a call took is reported before its end is told. */
const serve =
  <K extends RunnerCall>(name: K) =>
  async (params: CallParams<K>, context: CallContext): Promise<CallResult<K>> => {
    const calls: ModelCalls | null = model
    const call = calls?.[name]
    if (!call) throw new GraphloomError('CONFLICT', `The model of this process cannot ${name}.`)
    try {
      return await call(params, context)
    } finally {
      meter.flush()
    }
  }

serveParent({
  load,
  reportRuns,
  generate: serve('generate'),
  embed: serve('embed'),
  classify: serve('classify'),
  infer: serve('infer'),
  configure: (settings: RunnerSettings) => {
    if (limits) Object.assign(limits, settings)
    return Promise.resolve(null)
  },
})
