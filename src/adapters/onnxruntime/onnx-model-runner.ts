import { readFileSync } from 'node:fs'
import type { Attributes } from '@opentelemetry/api'
import type { GenerationDelta, ModelRunner } from '../../ports/model-runtime.js'
import type { SupervisedChild } from '../child-process/supervised-child.js'
import type { CallParams, CallResult, LoadResult, RunnerCall } from './runner-protocol.js'
import { inRunnerSpan } from './runner-span.js'

interface CallOptions<K extends RunnerCall> {
  readonly signal: AbortSignal
  readonly onEvent?: (event: unknown) => void
  /** What the call's span tells of its result. */
  readonly describe: (result: CallResult<K>) => Attributes
}

/** A runner process that has loaded its model. */
export function createOnnxModelRunner(child: SupervisedChild, { fingerprint, residentBytes }: LoadResult): ModelRunner {
  const call = <K extends RunnerCall>(
    name: K,
    params: CallParams<K>,
    { signal, onEvent, describe }: CallOptions<K>,
  ): Promise<CallResult<K>> =>
    inRunnerSpan(`runner.${name}`, child.pid, params.traceparent, async (span) => {
      const result = await child.call<CallResult<K>>(name, params, signal, onEvent)
      span.setAttributes({ ...describe(result), 'graphloom.compute_ms': result.computeMs })
      return result
    })
  return {
    pid: child.pid,
    fingerprint,
    exited: child.exited,
    loadBytes: readMemory(child.pid, 'VmHWM') ?? residentBytes,
    residentBytes: () => readMemory(child.pid, 'VmRSS') ?? residentBytes,
    generate: (request, onDelta, signal) =>
      call('generate', request, {
        signal,
        onEvent: (event) => onDelta(event as GenerationDelta),
        describe: ({ promptTokens, outputTokens, prefillMs }) => ({
          'graphloom.prompt_tokens': promptTokens,
          'graphloom.output_tokens': outputTokens,
          'graphloom.prefill_ms': prefillMs,
        }),
      }),
    embed: (request, signal) =>
      call('embed', request, { signal, describe: ({ vectors }) => ({ 'graphloom.texts': vectors.length }) }),
    classify: (request, signal) =>
      call('classify', request, { signal, describe: ({ scores }) => ({ 'graphloom.texts': scores.length }) }),
    infer: (request, signal) =>
      call('infer', request, { signal, describe: ({ outputs }) => ({ 'graphloom.tensors': outputs.length }) }),
    configure: async (settings) => {
      await child.call('configure', settings, new AbortController().signal)
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
