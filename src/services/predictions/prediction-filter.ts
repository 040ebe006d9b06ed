import type { PredictionKind, PredictionState } from '../../domain/prediction.js'
import type { Filter } from '../../ports/document-store.js'

export interface PredictionFilter {
  readonly state?: readonly PredictionState[]
  readonly kind?: PredictionKind
  readonly modelVersionId?: string
  readonly requestedModel?: string
  readonly createdAfter?: number
  readonly createdBefore?: number
}

/** Those of answers are listed by nobody. */
export function toStoreFilter(filter: PredictionFilter): Filter {
  const { state, kind, modelVersionId, requestedModel, createdAfter, createdBefore } = filter
  return {
    answerId: { eq: null },
    ...(state && { state: { in: state } }),
    ...(kind && { kind: { eq: kind } }),
    ...(modelVersionId !== undefined && { modelVersionId: { eq: modelVersionId } }),
    ...(requestedModel !== undefined && { requestedModel: { eq: requestedModel } }),
    ...((createdAfter !== undefined || createdBefore !== undefined) && {
      createdAt: {
        ...(createdAfter !== undefined && { gt: createdAfter }),
        ...(createdBefore !== undefined && { lt: createdBefore }),
      },
    }),
  }
}
