import type {
  ClassifyRequest,
  ClassifyResult,
  EmbedRequest,
  EmbedResult,
  GenerateRequest,
  GenerationResult,
  InferRequest,
  InferResult,
  ModelFiles,
  RunnerSettings,
} from '../../ports/model-runtime.js'

/** What a runner process is told to load, once. */
export interface LoadParams {
  readonly files: ModelFiles
  readonly threads: number
  readonly generation: GenerationLimits
  readonly limits: RunLimits
}

/** What holds for a run; it may be another for the next, so it is read before each. */
export type RunLimits = { -readonly [K in keyof RunnerSettings]: RunnerSettings[K] }

/** What the texts that a runner generates at once may take. */
export interface GenerationLimits {
  readonly maxRows: number
  readonly runningBytes: number
  readonly keptBytes: number
  /** Whether ONNX Runtime is called by its C API where that can be loaded. */
  readonly native: boolean
}

export interface LoadResult {
  readonly fingerprint: string
  readonly residentBytes: number
}

/** What a runner process is called to work on, and what it gives back. */
export interface RunnerCalls {
  readonly generate: { readonly params: GenerateRequest; readonly result: GenerationResult }
  readonly embed: { readonly params: EmbedRequest; readonly result: EmbedResult }
  readonly classify: { readonly params: ClassifyRequest; readonly result: ClassifyResult }
  readonly infer: { readonly params: InferRequest; readonly result: InferResult }
}

export type RunnerCall = keyof RunnerCalls
export type CallParams<K extends RunnerCall> = RunnerCalls[K]['params']
export type CallResult<K extends RunnerCall> = RunnerCalls[K]['result']
