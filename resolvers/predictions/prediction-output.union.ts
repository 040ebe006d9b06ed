import type { PredictionOutput } from '../../src/domain/prediction.js'
import { createUnion } from '../common/union.js'
import { ClassificationOutput } from './classification-output.type.js'
import { EmbeddingOutput } from './embedding-output.type.js'
import { RankingOutput } from './ranking-output.type.js'
import { TensorOutput } from './tensor-output.type.js'
import { TextOutput } from './text-output.type.js'

const TYPE_NAMES: Readonly<Record<PredictionOutput['kind'], string>> = {
  TEXT: 'TextOutput',
  EMBEDDING: 'EmbeddingOutput',
  RANKING: 'RankingOutput',
  CLASSIFICATION: 'ClassificationOutput',
  TENSOR: 'TensorOutput',
}

export const PredictionOutputUnion = createUnion({
  name: 'PredictionOutput',
  description: 'What a prediction gives, by its kind.',
  types: [TextOutput, EmbeddingOutput, RankingOutput, ClassificationOutput, TensorOutput],
  typeName: (output: PredictionOutput) => TYPE_NAMES[output.kind],
})
