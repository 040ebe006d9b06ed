import type { Logger } from 'pino'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { LoadProgress } from '../../domain/model.js'
import type { ModelRunner, ModelRuntime, RunReport, StartRunnerRequest } from '../../ports/model-runtime.js'
import { SupervisedChild } from '../child-process/supervised-child.js'
import { describeModel } from './describe-model.js'
import { ModelInspector } from './model-inspector.js'
import { createOnnxModelRunner } from './onnx-model-runner.js'
import type { GenerationLimits, LoadParams, LoadResult } from './runner-protocol.js'
import { workingBytes } from './working-bytes.js'

export interface OnnxModelRuntimeOptions {
  readonly logger: Logger
  readonly generation?: Partial<GenerationLimits>
}

const GENERATION: GenerationLimits = {
  maxRows: 8,
  runningBytes: 1_536 * 1_024 * 1_024,
  keptBytes: 256 * 1_024 * 1_024,
  native: true,
}

/** Runs ONNX models in the layout of transformers.js, each in a process of its own. */
export function createOnnxModelRuntime({ logger, generation }: OnnxModelRuntimeOptions): ModelRuntime {
  const limits = { ...GENERATION, ...generation }
  const inspector = new ModelInspector({ logger })
  const children = new Set<SupervisedChild>()
  let closed = false

  const startRunner = async (request: StartRunnerRequest): Promise<ModelRunner> => {
    if (closed) throw new GraphloomError('UNAVAILABLE', 'The server is stopping.')
    request.signal.throwIfAborted()
    const child = new SupervisedChild({
      entry: new URL('./runner-process.js', import.meta.url),
      name: 'runner',
      crashCode: 'RUNNER_CRASHED',
      logger,
    })
    children.add(child)
    void child.exited.then(() => children.delete(child))
    try {
      const loaded = await load(child, request, limits)
      watchRuns(child, request)
      return createOnnxModelRunner(child, loaded)
    } catch (error) {
      await child.stop()
      throw request.signal.aborted ? error : toLoadFailure(error, request.files.folder)
    }
  }
  return {
    describe: (folder) => describeModel(folder),
    inspect: (request) => inspector.inspect(request),
    outline: (request) => inspector.outline(request),
    workingBytes: (model) => workingBytes(model, limits),
    startRunner,
    [Symbol.asyncDispose]: async () => {
      closed = true
      await Promise.all([inspector[Symbol.asyncDispose](), ...Array.from(children, (child) => child.stop())])
    },
  }
}

function load(child: SupervisedChild, request: StartRunnerRequest, generation: GenerationLimits): Promise<LoadResult> {
  const { files, threads, settings, onProgress, signal } = request
  const params: LoadParams = { files, threads, generation, limits: settings }
  return child.call<LoadResult>('load', params, signal, (event) => onProgress(event as LoadProgress))
}

/** Hears of its runs until it ends. */
function watchRuns(child: SupervisedChild, { onRuns }: StartRunnerRequest): void {
  const watching = child.call('reportRuns', null, new AbortController().signal, (event) => onRuns(event as RunReport))
  watching.catch(() => undefined)
}

/** Where files lie on the server's machine is not for clients. */
function toLoadFailure(error: unknown, folder: string): GraphloomError {
  const message = error instanceof GraphloomError ? error.message : 'its process failed unexpectedly.'
  const reason = message.replaceAll(`${folder}/`, '')
  const isWhole = isErrorWithCode(error, 'MODEL_LOAD_FAILED')
  return new GraphloomError('MODEL_LOAD_FAILED', isWhole ? reason : `The model could not be loaded: ${reason}`, {
    cause: error,
  })
}
