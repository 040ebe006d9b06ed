import { Conflict, IdempotencyConflict, InvalidInput, NotFound, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import { DeletedEvaluation, Evaluation } from './evaluation.type.js'

export const EvaluateRetrievalResult = createUnion({
  name: 'EvaluateRetrievalResult',
  description: 'The evaluation, which a task does, or why there is none.',
  types: [Evaluation, InvalidInput, NotFound, IdempotencyConflict, Overloaded],
  typeName: problemOr('Evaluation'),
})

export const DeleteEvaluationResult = createUnion({
  name: 'DeleteEvaluationResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedEvaluation, NotFound, Conflict],
  typeName: problemOr('DeletedEvaluation'),
})
