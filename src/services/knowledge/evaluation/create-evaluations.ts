import type { DocumentStore } from '../../../ports/document-store.js'
import type { Payloads } from '../../payloads.js'
import type { TaskType } from '../../tasks/task-type.js'
import type { AnswersService } from '../answers/answers.service.js'
import { AnswerChecker } from './answer-checker.js'
import { createEvaluateType, type EvaluateTypeOptions } from './evaluate-type.js'
import { EvaluationAcceptance, type EvaluationAcceptanceOptions } from './evaluation-acceptance.js'
import { EvaluationStore } from './evaluation-store.js'
import { EvaluationsService, type EvaluationsServiceOptions } from './evaluations.service.js'

export interface EvaluationsOptions
  extends
    Pick<EvaluateTypeOptions, 'search' | 'records'>,
    Pick<EvaluationAcceptanceOptions, 'bases' | 'uploads'>,
    Pick<EvaluationsServiceOptions, 'access'> {
  readonly store: DocumentStore
  readonly documents: EvaluateTypeOptions['documents']
  readonly payloads: Payloads
}

export interface Evaluations {
  /** The task that evaluates. */
  readonly type: TaskType
  isBlobReferenced(blobId: string): Promise<boolean>
  /** The service, once there are tasks and answers. */
  open(work: EvaluationsServiceOptions['work'], answers: AnswersService): EvaluationsService
}

/** Wires what evaluations need. */
export function createEvaluations(options: EvaluationsOptions): Evaluations {
  const evaluations = new EvaluationStore(options.store, options.payloads)
  const opened: { answers?: AnswersService } = {}
  const answerChecker = new AnswerChecker(() => opened.answers!)
  const acceptance = new EvaluationAcceptance({ ...options, evaluations })
  const parts = { ...options, evaluations, answerChecker, acceptance }
  return {
    type: createEvaluateType(parts),
    isBlobReferenced: (blobId) => evaluations.isBlobReferenced(blobId),
    open: (work, answers) => {
      opened.answers = answers
      return new EvaluationsService({ ...parts, work })
    },
  }
}
