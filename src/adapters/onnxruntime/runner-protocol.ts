import type { EmbedRequest, GenerateRequest, ModelFiles } from '../../ports/model-runtime.js'

/** What a runner process is told to load, once. */
export interface LoadParams {
  readonly files: ModelFiles
  readonly threads: number
  readonly generation: GenerationLimits
}

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
