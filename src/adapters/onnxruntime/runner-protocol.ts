import type { EmbedRequest, GenerateRequest, ModelFiles } from '../../ports/model-runtime.js'

/** What a runner process is told to load, once. */
export interface LoadParams {
  readonly files: ModelFiles
  readonly threads: number
  /** Texts that it generates at once. */
  readonly maxSequences: number
}

export interface LoadResult {
  readonly fingerprint: string
  readonly residentBytes: number
}

export type GenerateParams = GenerateRequest
export type EmbedParams = EmbedRequest
