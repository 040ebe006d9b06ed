import type { StoredDocument } from './stored-document.js'

/** What a model does. */
export const MODEL_TASKS = ['CHAT', 'TEXT_EMBEDDING'] as const
export type ModelTask = (typeof MODEL_TASKS)[number]

export interface TensorDescription {
  readonly name: string
  /** Element type as ONNX calls it, e.g. `float32`. */
  readonly type: string
  /** Sizes, or the name of a size that is free. */
  readonly shape: readonly (number | string)[]
}

export const MODEL_VERSION_STATES = ['UNLOADED', 'LOADING', 'WARMING', 'READY', 'UNLOADING', 'FAILED'] as const
export type ModelVersionState = (typeof MODEL_VERSION_STATES)[number]

export const LOAD_PHASES = ['VERIFYING', 'STARTING', 'READING', 'WARMING'] as const
export type LoadPhase = (typeof LOAD_PHASES)[number]

export interface ModelDocument extends StoredDocument {
  readonly name: string
  readonly task: ModelTask
  readonly description: string
  readonly license: string
}

export interface LoadProgress {
  readonly phase: LoadPhase
  readonly doneBytes: number
  readonly totalBytes: number
}

/** Files that came with the server. */
export interface BundledSource {
  readonly kind: 'BUNDLED'
  /** Folder below the bundled models. */
  readonly folder: string
  readonly origin: string
}

/** Files in a folder that the operator allows models in. */
export interface FileSource {
  readonly kind: 'FILE'
  /** The allowed folder, absolute and without links. */
  readonly root: string
  /** The model's folder below it; empty when it is the allowed folder itself. */
  readonly folder: string
}

export type ModelSource = BundledSource | FileSource

export interface ModelVersionDocument extends StoredDocument {
  readonly modelId: string
  readonly modelName: string
  readonly version: string
  readonly task: ModelTask
  readonly source: ModelSource
  readonly sizeBytes: number
  /** SHA-256 of the manifest: of the sorted lines `<sha256>  <file>`. */
  readonly sha256: string
  readonly checksums: Readonly<Record<string, string>>
  readonly dtype: string
  readonly contextTokens: number
  readonly embeddingDimensions: number | null
  readonly inputs: readonly TensorDescription[]
  readonly outputs: readonly TensorDescription[]
  readonly state: ModelVersionState
  readonly stateReason: string | null
  readonly loadProgress: LoadProgress | null
  readonly residentBytes: number | null
  readonly loadedAt: number | null
  readonly lastUsedAt: number | null
}

export interface ModelAliasDocument extends StoredDocument {
  readonly modelId: string
  readonly name: string
  readonly modelVersionId: string
  readonly setBy: string
}
