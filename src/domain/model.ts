import type { StoredDocument } from './stored-document.js'

/** What a model does. */
export const MODEL_TASKS = ['CHAT', 'TEXT_EMBEDDING', 'RERANK', 'CLASSIFICATION', 'TENSOR'] as const
export type ModelTask = (typeof MODEL_TASKS)[number]

export interface TensorDescription {
  readonly name: string
  /** Element type as ONNX calls it, e.g. `float32`. */
  readonly type: string
  /** Sizes, or the name of a size that is free. */
  readonly shape: readonly (number | string)[]
}

/** What a model's files say of its texts and answers, beside their sizes. */
export interface ModelTraits {
  /** What a classifier tells apart, in the order of its scores; empty for other models. */
  readonly labels: readonly string[]
  /** What an embedding model wants written before a text, by what the text is for; empty is nothing. */
  readonly prompts: { readonly query: string; readonly document: string; readonly other: string }
  /** Numbers of components that an embedding model's vectors may be cut to. */
  readonly shorterDimensions: readonly number[]
}

export const NO_TRAITS: ModelTraits = {
  labels: [],
  prompts: { query: '', document: '', other: '' },
  shorterDimensions: [],
}

export const MODEL_VERSION_STATES = [
  'DOWNLOADING',
  'UNLOADED',
  'LOADING',
  'WARMING',
  'READY',
  'UNLOADING',
  'FAILED',
] as const
export type ModelVersionState = (typeof MODEL_VERSION_STATES)[number]

export const LOAD_PHASES = ['DOWNLOADING', 'STARTING', 'VERIFYING', 'READING', 'WARMING'] as const
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
  /** How long the rest of the step takes at the rate measured so far, milliseconds; null until there is one. */
  readonly etaMs?: number | null
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
  /** Name of a graph in the folder that is the whole model; null when the folder is. */
  readonly file: string | null
}

/** A file of a model at the hub, with the checksum that the hub lists. */
export interface HubFile {
  /** Below the repository, with `/` between its parts. */
  readonly path: string
  readonly sizeBytes: number
  /** Of the content, or of the content as git stores it: `blob <size>` and a zero byte go before it. */
  readonly checksum: { readonly algorithm: 'sha256' | 'git-sha1'; readonly hex: string }
}

/** Files of a model hub, which lie in the server's own folder once they are downloaded. */
export interface HubSource {
  readonly kind: 'HUB'
  readonly repository: string
  /** The branch, tag or commit that was asked for. */
  readonly revision: string
  /** What it meant at the time. */
  readonly commit: string
  readonly files: readonly HubFile[]
}

export type ModelSource = BundledSource | FileSource | HubSource

/** How a version is run. All of it can be changed while it runs. */
export interface ModelSettings {
  /** Tokens that one run computes at most, padding included; a longer sequence has a run of its own. */
  readonly maxBatchTokens: number
  /** Predictions that may wait. */
  readonly maxQueueLength: number
  /** Unloaded after so many milliseconds without work; 0 is never. */
  readonly idleTtlMs: number
  /** Threads of one run. */
  readonly threads: number
  /** Whether answers may be given again for the same question. */
  readonly cacheResponses: boolean
  /** Whether tokens of texts are drafted where a request does not say. */
  readonly draft: boolean
  /** How long a prediction may take from the start of its work, milliseconds; 0 is any time. */
  readonly timeoutMs: number
  /** Never unloaded to make room for others, nor for want of work. */
  readonly pinned: boolean
  /** Of predictions that state none; 0 to 9. */
  readonly priority: number
}

export interface ModelVersionDocument extends StoredDocument {
  readonly modelId: string
  readonly modelName: string
  readonly version: string
  readonly task: ModelTask
  readonly source: ModelSource
  readonly sizeBytes: number
  /** SHA-256 of the manifest: of the sorted lines `<sha256>  <file>`; null while not all files are here. */
  readonly sha256: string | null
  /** Empty while not all files are here, as are inputs and outputs. */
  readonly checksums: Readonly<Record<string, string>>
  readonly dtype: string
  readonly contextTokens: number
  readonly embeddingDimensions: number | null
  readonly inputs: readonly TensorDescription[]
  readonly outputs: readonly TensorDescription[]
  /** Not there in versions that were registered before there were any. */
  readonly traits?: ModelTraits
  readonly state: ModelVersionState
  readonly stateReason: string | null
  readonly loadProgress: LoadProgress | null
  readonly residentBytes: number | null
  readonly loadedAt: number | null
  readonly lastUsedAt: number | null
  /** The most memory that its process took while it was loaded last, bytes. */
  readonly loadBytes?: number
  /** What was set for it; the server's defaults hold for the rest. */
  readonly settings?: Partial<ModelSettings>
}

export interface ModelAliasDocument extends StoredDocument {
  readonly modelId: string
  readonly name: string
  readonly modelVersionId: string
  readonly setBy: string
  /** What it named before, the newest first. */
  readonly history?: readonly AliasSetting[]
}

/** What an alias was set to. */
export interface AliasSetting {
  readonly modelVersionId: string
  readonly setBy: string
  /** Unix milliseconds. */
  readonly setAt: number
}
