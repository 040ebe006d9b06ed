import type { PredictionOutput } from '../../src/domain/prediction.js'
import { createUnion } from '../common/union.js'
import { EmbeddingOutput } from './embedding-output.type.js'
import { TextOutput } from './text-output.type.js'

const TYPE_NAMES: Readonly<Record<PredictionOutput['kind'], string>> = {
  TEXT: 'TextOutput',
  EMBEDDING: 'EmbeddingOutput',
}

export const PredictionOutputUnion = createUnion({
  name: 'PredictionOutput',
  description: 'What a prediction gives, by its kind.',
  types: [TextOutput, EmbeddingOutput],
  typeName: (output: PredictionOutput) => TYPE_NAMES[output.kind],
})
