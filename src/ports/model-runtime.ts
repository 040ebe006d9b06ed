import type { LoadProgress, ModelTask, ModelTraits, TensorDescription } from '../domain/model.js'
import type { BatchInfo, DraftInfo, FinishReason, GenerationSettings, OutputToken } from '../domain/prediction.js'
import type { TensorValue } from '../domain/tensor.js'
import type { TokenSequence } from './text-codec.js'

/** A model version's files, and what is needed to run them. Paths are absolute. */
export interface ModelFiles {
  readonly folder: string
  /** A graph in the folder that is the whole model, whatever lies beside it. */
  readonly graphFile?: string | undefined
  /** Folder that no file may lie outside of, wherever links lead; not set where whoever made the files is trusted. */
  readonly root?: string
  /** Files in `folder` with the SHA-256 that they must have. */
  readonly checksums: Readonly<Record<string, string>>
}

/** What a model's own files say about it. */
export interface ModelDescription {
  readonly task: ModelTask
  readonly dtype: string
  readonly sizeBytes: number
  /**
   * The most tokens that a sequence may have: prompt and answer together for CHAT, a pair of texts for RERANK, one text
   * for others; 0 for TENSOR.
   */
  readonly contextTokens: number
  readonly embeddingDimensions: number | null
  readonly inputs: readonly TensorDescription[]
  readonly outputs: readonly TensorDescription[]
  readonly traits: ModelTraits
}

/** A model whose files are not trusted. */
export interface InspectRequest {
  readonly folder: string
  /** A graph in the folder that is the whole model, whatever lies beside it. */
  readonly graphFile?: string | undefined
  /** Folder that no file may lie outside of, wherever links lead. */
  readonly root: string
  readonly signal: AbortSignal
}

/** What a model's configuration says, whose weights may be missing. */
export type ModelOutline = Pick<ModelDescription, 'task' | 'contextTokens' | 'embeddingDimensions'>

export interface ModelInspection {
  readonly description: ModelDescription
  /** SHA-256 of each file that the model consists of, by its path below the folder. */
  readonly checksums: Readonly<Record<string, string>>
}

/** What of a runner can be changed while it runs. */
export interface RunnerSettings {
  /** Tokens that one run computes at most, padding included; a longer sequence has a run of its own. */
  readonly maxBatchTokens: number
}

/** What a runner's model did since its last report. Runs that failed are in it, warm-up is not. */
export interface RunReport {
  /** How many sequences each run of the graph had. */
  readonly batchSizes: readonly number[]
  /** Time in which the graph ran, milliseconds; that of runs side by side counts once. */
  readonly computeMs: number
  /** Tokens that were chosen, end tokens included; those that are replayed were counted when they were chosen. */
  readonly generatedTokens: number
  /**
   * Time from a token of a text to its next, milliseconds: one for each generated token but a text's first. Tokens of
   * one run share its time evenly.
   */
  readonly interTokenMs: readonly number[]
}

export interface StartRunnerRequest {
  readonly versionId: string
  readonly files: ModelFiles
  /** Threads of one run; at least 1. */
  readonly threads: number
  readonly settings: RunnerSettings
  readonly onProgress: (progress: LoadProgress) => void
  /**
   * Told what the model did, whatever came of the work that it was for: before a piece of work's end for all the runs
   * that it waited for, a moment after it for those that went on without it. What a process that crashed had not yet
   * told is lost.
   */
  readonly onRuns: (report: RunReport) => void
  readonly signal: AbortSignal
  /** W3C `traceparent` of the span that the runner's spans belong to. */
  readonly traceparent?: string
}

export interface GenerateRequest {
  readonly id: string
  /** Texts of one tenant share what their prompts have in common; among tenants places are shared out fairly. */
  readonly tenantId: string
  readonly promptTokenIds: readonly number[]
  readonly settings: GenerationSettings
  readonly seed: number
  /** Tokens that were emitted before, by a process that is gone: replayed one by one, never sampled again. */
  readonly emitted: readonly EmittedToken[]
  /** 0 to 9; 5 and above is interactive. */
  readonly priority: number
  readonly traceparent?: string
}

export interface EmittedToken {
  readonly id: number
  readonly text: string
}

/**
 * Tokens that are final: their text ends at a character's end and can no longer turn out to be part of a stop string.
 */
export interface GenerationDelta {
  readonly text: string
  readonly tokens: readonly OutputToken[]
}

export interface GenerationResult {
  readonly finishReason: FinishReason
  readonly promptTokens: number
  /** Tokens of the prompt that an earlier prompt had computed. */
  readonly cachedPromptTokens: number
  /** Sampled tokens, replayed ones and the end token included, before stop strings were cut. */
  readonly outputTokens: number
  /** Whether a replayed token was another than the one computed here (another CPU type or runtime). */
  readonly replayDiverged: boolean
  readonly prefillMs: number
  readonly timeToFirstTokenMs: number | null
  readonly computeMs: number
  readonly batch: BatchInfo
  /** Runs of the model to be counted for it: a run of several texts is counted for the first of them. */
  readonly executions: number
  readonly draft: DraftInfo
  /** Whether the model ended the text by itself: a constrained text is whole then. */
  readonly endedByModel: boolean
}

export interface EmbedRequest {
  readonly id: string
  /** Among tenants runs are shared out fairly. */
  readonly tenantId: string
  /** 0 to 9; 5 and above is interactive. */
  readonly priority: number
  /** One sequence of token ids per text. */
  readonly tokenIds: readonly (readonly number[])[]
  /** Components that vectors are cut to; all when not set. */
  readonly dimensions?: number
  readonly traceparent?: string
}

export interface EmbedResult {
  /** One vector per text, in order, of `embeddingDimensions` components or fewer; of length 1 where the model says so. */
  readonly vectors: readonly Float32Array[]
  readonly computeMs: number
  /** The run of the first text. */
  readonly batch: BatchInfo
  /** Runs of the model to be counted for it: a run of several requests is counted for the first of them. */
  readonly executions: number
}

export interface ClassifyRequest extends Omit<EmbedRequest, 'tokenIds' | 'dimensions'> {
  /** Texts or pairs of texts. */
  readonly sequences: readonly TokenSequence[]
}

export interface ClassifyResult extends Omit<EmbedResult, 'vectors'> {
  /** For each sequence, in order: one score for each of the model's labels, as its activation makes it of the logit. */
  readonly scores: readonly Float32Array[]
}

export interface InferRequest extends Omit<EmbedRequest, 'tokenIds' | 'dimensions'> {
  /** All inputs of the graph, of the types and shapes that it declares. */
  readonly inputs: readonly TensorValue[]
  /** Names of the outputs to give. */
  readonly outputs: readonly string[]
  /** Past it, the call fails with `PAYLOAD_TOO_LARGE`. */
  readonly maxOutputBytes: number
}

export interface InferResult extends Omit<EmbedResult, 'vectors'> {
  /** In the order of the names. */
  readonly outputs: readonly TensorValue[]
}

/** How a runner process ended: asked to, or not. */
export interface RunnerExit {
  readonly expected: boolean
  /** E.g. `exit code 134` or `signal SIGKILL`. */
  readonly reason: string
}

/** A resident model version: one process with its weights in memory. */
export interface ModelRunner {
  readonly pid: number
  /** Runtime name and version and CPU type: what the promise of equal text holds for. */
  readonly fingerprint: string
  /** Resolves once, when the process has ended. Never rejects. */
  readonly exited: Promise<RunnerExit>
  /** The most memory that the process took while it loaded, bytes. */
  readonly loadBytes: number
  /** Resident memory of the process, bytes; pages that it shares with others are counted too. */
  residentBytes(): number | null
  /**
   * Generates text. `onDelta` is called in order, never after the promise settled. Aborting the signal starts no
   * further step, and rejects with the signal's reason. A process that ends meanwhile rejects with `RUNNER_CRASHED`,
   * its `RunnerExit` as the cause.
   */
  generate(
    request: GenerateRequest,
    onDelta: (delta: GenerationDelta) => void,
    signal: AbortSignal,
  ): Promise<GenerationResult>
  embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedResult>
  /** Holds from the next run on. A process that ends meanwhile rejects with `RUNNER_CRASHED`. */
  configure(settings: RunnerSettings): Promise<void>
  classify(request: ClassifyRequest, signal: AbortSignal): Promise<ClassifyResult>
  /** Runs a graph once. `INVALID_INPUT` with what ONNX Runtime says when it fails on these tensors. */
  infer(request: InferRequest, signal: AbortSignal): Promise<InferResult>
  /** Ends the process; running work is rejected with `RUNNER_CRASHED`. Resolves when it is gone. */
  stop(): Promise<void>
}

/** Runs models. */
export interface ModelRuntime extends AsyncDisposable {
  /** Reads what the files say, without loading weights. `INVALID_INPUT` names the file that is missing or wrong. */
  describe(folder: string): Promise<ModelDescription>
  /**
   * Reads and checks everything that can be told without loading weights, in a process of its own: files made to do harm
   * end at most that process. Models are inspected one after the other. `INVALID_INPUT` names the file that is missing or
   * wrong; `OVERLOADED` when too many wait.
   */
  inspect(request: InspectRequest): Promise<ModelInspection>
  /** What a model is, from its configuration alone; as `inspect`, and weights are not looked for. */
  outline(request: InspectRequest): Promise<ModelOutline>
  /** Memory that a runner may come to need for its work, beyond what it takes when it is warm, bytes. */
  workingBytes(model: Pick<ModelDescription, 'task' | 'contextTokens' | 'inputs'>): number
  /**
   * Starts a runner process and resolves when it is warm. `MODEL_LOAD_FAILED` says why not, with `RUNNER_CRASHED` as its
   * cause when the process ended.
   */
  startRunner(request: StartRunnerRequest): Promise<ModelRunner>
}
