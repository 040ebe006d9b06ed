import { readFileSync } from 'node:fs'
import type {
  ClassifyResult,
  EmbedResult,
  GenerationDelta,
  GenerationResult,
  InferResult,
  ModelRunner,
} from '../../ports/model-runtime.js'
import type { SupervisedChild } from '../child-process/supervised-child.js'
import type {
  ClassifyParams,
  ConfigureParams,
  EmbedParams,
  GenerateParams,
  InferParams,
  LoadResult,
} from './runner-protocol.js'
import { inRunnerSpan } from './runner-span.js'

/** A runner process that has loaded its model. */
export function createOnnxModelRunner(child: SupervisedChild, { fingerprint, residentBytes }: LoadResult): ModelRunner {
  return {
    pid: child.pid,
    fingerprint,
    exited: child.exited,
    loadBytes: readMemory(child.pid, 'VmHWM') ?? residentBytes,
    residentBytes: () => readMemory(child.pid, 'VmRSS') ?? residentBytes,
    generate: (request, onDelta, signal) =>
      inRunnerSpan('runner.generate', child.pid, request.traceparent, async (span) => {
        const params: GenerateParams = request
        const result = await child.call<GenerationResult>('generate', params, signal, (event) =>
          onDelta(event as GenerationDelta),
        )
        span.setAttributes({
          'graphloom.prompt_tokens': result.promptTokens,
          'graphloom.output_tokens': result.outputTokens,
          'graphloom.prefill_ms': result.prefillMs,
          'graphloom.compute_ms': result.computeMs,
        })
        return result
      }),
    embed: (request, signal) =>
      inRunnerSpan('runner.embed', child.pid, request.traceparent, async (span) => {
        const params: EmbedParams = request
        const result = await child.call<EmbedResult>('embed', params, signal)
        span.setAttributes({ 'graphloom.texts': result.vectors.length, 'graphloom.compute_ms': result.computeMs })
        return result
      }),
    classify: (request, signal) =>
      inRunnerSpan('runner.classify', child.pid, request.traceparent, async (span) => {
        const params: ClassifyParams = request
        const result = await child.call<ClassifyResult>('classify', params, signal)
        span.setAttributes({ 'graphloom.texts': result.scores.length, 'graphloom.compute_ms': result.computeMs })
        return result
      }),
    infer: (request, signal) =>
      inRunnerSpan('runner.infer', child.pid, request.traceparent, async (span) => {
        const params: InferParams = request
        const result = await child.call<InferResult>('infer', params, signal)
        span.setAttributes({ 'graphloom.tensors': result.outputs.length, 'graphloom.compute_ms': result.computeMs })
        return result
      }),
    configure: async (settings) => {
      const params: ConfigureParams = settings
      await child.call('configure', params, new AbortController().signal)
    },
    stop: () => child.stop(),
  }
}

const KIBIBYTE = 1_024

/** A line of Linux's process table, which does not depend on the page size, in bytes; null elsewhere. */
function readMemory(pid: number, line: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const table = readFileSync(`/proc/${pid}/status`, 'latin1')
    const [, kibibytes] = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(table) ?? []
    return kibibytes === undefined ? null : Number(kibibytes) * KIBIBYTE
  } catch {
    return null
  }
}
