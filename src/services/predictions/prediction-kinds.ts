import type { PredictionInput, PredictionKind } from '../../domain/prediction.js'
import { classification } from './kinds/classification.js'
import { embedding } from './kinds/embedding.js'
import type { KindDefinition } from './kinds/prediction-kind.js'
import { rerank } from './kinds/rerank.js'
import { tensor } from './kinds/tensor.js'
import { chat, completion } from './kinds/text.js'
import type { PredictionRequest } from './prediction-input.js'

const KINDS: { readonly [K in PredictionKind]: KindDefinition<K> } = {
  CHAT: chat,
  COMPLETION: completion,
  EMBEDDING: embedding,
  RERANK: rerank,
  CLASSIFICATION: classification,
  TENSOR: tensor,
}

/** Give it only what is of its kind. */
export const kindOf = (kind: PredictionKind): KindDefinition => KINDS[kind] as unknown as KindDefinition

/** What is stored of a request, with defaults filled in. @throws GraphloomError `INVALID_INPUT` with the path. */
export const parseInput = (request: PredictionRequest): PredictionInput => kindOf(request.kind).parse(request)
