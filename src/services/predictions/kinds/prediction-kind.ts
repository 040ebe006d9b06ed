import type { Clock } from '../../../kernel/clock.js'
import { invalidInput } from '../../../kernel/errors.js'
import type { ModelTask, ModelVersionDocument } from '../../../domain/model.js'
import type {
  BatchInfo,
  DraftInfo,
  FinishReason,
  PredictionDocument,
  PredictionInput,
  PredictionKind,
  PredictionOutput,
  PredictionTimings,
  Usage,
} from '../../../domain/prediction.js'
import type { ModelRunner } from '../../../ports/model-runtime.js'
import type { TextCodec, TokenSequence } from '../../../ports/text-codec.js'
import type { ModelSlot } from '../../models/resident-version.js'
import type { PredictionRequest } from '../prediction-input.js'
import { callUntilDone } from '../runner-calls.js'
import type { TokenLog } from '../prediction-store.js'

/** What the services know of a kind of prediction: a new one is a file beside this one and a row of the table. */
export interface KindDefinition<K extends PredictionKind = PredictionKind> {
  /** Task of the models that serve it. */
  readonly task: ModelTask
  /** Whether parts of its output come before the whole. */
  readonly isStreamed?: true
  /** What is stored of a request, with defaults filled in. @throws GraphloomError `INVALID_INPUT` with the path. */
  parse(request: Extract<PredictionRequest, { readonly kind: K }>): Extract<PredictionInput, { readonly kind: K }>
  /**
   * The input in tokens, and whether the version can take it; none for a kind that has no texts.
   * @throws GraphloomError `INVALID_INPUT` with the path of what does not fit.
   */
  encode(
    input: Extract<PredictionInput, { readonly kind: K }>,
    context: EncodeContext,
  ): Promise<readonly TokenSequence[]>
  /** Does it, and does it once more where a crash took it along. */
  run(input: Extract<PredictionInput, { readonly kind: K }>, context: RunContext): Promise<RunOutcome>
  /** Sequences that the model computed for an output. */
  countInferences(output: PredictionOutput): number
}

export interface EncodeContext {
  readonly version: ModelVersionDocument
  /** Folder of the version's files. */
  readonly folder: string
  readonly codec: TextCodec
  readonly signal?: AbortSignal
}

export interface RunContext {
  readonly prediction: PredictionDocument
  readonly version: ModelVersionDocument
  readonly sequences: readonly TokenSequence[]
  /** Tokens of all sequences. */
  readonly inputTokens: number
  readonly slot: ModelSlot
  /** Whether the log has a part of the answer already, with which it is to go on. */
  readonly isResumed: boolean
  readonly log: TokenLog
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told once by a kind that has a part of its output before the whole: what there is of it when it fails. */
  readonly onPartial: (partial: () => PartialOutput | null) => void
}

export interface PartialOutput {
  readonly output: PredictionOutput
  readonly outputTokens: number
  readonly timeToFirstTokenMs: number | null
}

/** What a prediction that succeeded gave. */
export interface RunOutcome {
  readonly output: PredictionOutput
  readonly finishReason: FinishReason | null
  readonly usage: Usage
  readonly timings: Partial<PredictionTimings>
  readonly replayDiverged: boolean
  readonly batch: BatchInfo | null
  readonly draft: DraftInfo | null
}

/** What a runner is told of every request for sequences. */
export const toRunnerRequest = ({ prediction }: RunContext) => ({
  id: prediction.id,
  tenantId: prediction.tenantId,
  priority: prediction.priority,
  ...(prediction.traceparent === null ? {} : { traceparent: prediction.traceparent }),
})

/** Calls a runner, and another when that ends meanwhile: such a call has no effect but its result. */
export const callRunner = <T>(
  { slot, signal }: RunContext,
  call: (runner: ModelRunner, signal: AbortSignal) => Promise<T>,
): Promise<T> => callUntilDone({ slot, signal, call: (runner) => call(runner, signal) })

/** The outcome of a kind whose whole input is computed in one go. */
export const toRunOutcome = (
  output: PredictionOutput,
  { computeMs, batch }: { readonly computeMs: number; readonly batch: BatchInfo },
  { inputTokens }: RunContext,
): RunOutcome => ({
  output,
  finishReason: null,
  usage: { inputTokens, cachedInputTokens: 0, outputTokens: 0 },
  timings: { computeMs },
  replayDiverged: false,
  batch,
  draft: null,
})

export const tooLong = (path: string, tokens: number, limit: number, together = '') =>
  invalidInput(path, `has ${tokens} tokens${together}; the model takes at most ${limit}.`)

/** The texts at `path`, with the model's special tokens. @throws GraphloomError `INVALID_INPUT` for one too long. */
export async function encodeTexts(
  texts: readonly string[],
  path: string,
  { version, folder, codec, signal }: EncodeContext,
): Promise<readonly TokenSequence[]> {
  const sequences = await codec.encodeForEmbedding(folder, texts, signal)
  return sequences.map((ids, i) => {
    if (ids.length > version.contextTokens) throw tooLong(`${path}.${i}`, ids.length, version.contextTokens)
    return { ids, typeIds: null }
  })
}
