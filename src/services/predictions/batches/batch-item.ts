import type { ErrorInfo } from '../../../kernel/errors.js'
import type { FinishReason, PredictionKind, PredictionOutput, Usage } from '../../../domain/prediction.js'
import type { Stored, StoredDocument } from '../../../domain/stored-document.js'

export const MAX_BATCH_ITEMS = 10_000

/** What became of one item of a batch. */
export interface BatchResult {
  /** Place of the item among the inputs, from 0. */
  readonly index: number
  readonly kind: PredictionKind
  /** Null for an item that failed. */
  readonly output: Stored<PredictionOutput> | null
  readonly error: ErrorInfo | null
  readonly finishReason: FinishReason | null
  readonly seed: number | null
  readonly usage: Usage
}

/** What there is of a batch up to a place in its results. */
export interface BatchTotals {
  readonly succeeded: number
  readonly failed: number
  readonly usage: Usage
}

/** Results that were stored together, in the order in which they came. */
export interface BatchResultsDocument extends StoredDocument {
  readonly taskId: string
  /** Results before these, and up to the last of these. */
  readonly from: number
  readonly through: number
  readonly results: readonly BatchResult[]
  readonly totals: BatchTotals
  /** Versions that the batch's model references stood for when it began, by reference. */
  readonly versions: Readonly<Record<string, string>>
  readonly outputBlobId: string | null
}

export const NO_TOTALS: BatchTotals = {
  succeeded: 0,
  failed: 0,
  usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
}

export function addResult({ succeeded, failed, usage }: BatchTotals, result: BatchResult): BatchTotals {
  const isFailed = result.error !== null
  return {
    succeeded: succeeded + (isFailed ? 0 : 1),
    failed: failed + (isFailed ? 1 : 0),
    usage: {
      inputTokens: usage.inputTokens + result.usage.inputTokens,
      cachedInputTokens: usage.cachedInputTokens + result.usage.cachedInputTokens,
      outputTokens: usage.outputTokens + result.usage.outputTokens,
    },
  }
}
