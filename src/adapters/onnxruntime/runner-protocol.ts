import type {
  ClassifyRequest,
  EmbedRequest,
  GenerateRequest,
  InferRequest,
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

export type GenerateParams = GenerateRequest
export type EmbedParams = EmbedRequest
export type ClassifyParams = ClassifyRequest
export type InferParams = InferRequest
export type ConfigureParams = RunnerSettings
