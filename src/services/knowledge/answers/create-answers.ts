import type { DocumentStore } from '../../../ports/document-store.js'
import type { EventLog } from '../../../ports/event-log.js'
import type { Tasks } from '../../tasks/start-tasks.js'
import type { TaskType } from '../../tasks/task-type.js'
import type { AnswerRunOptions } from './answer-run.js'
import { AnswerStore } from './answer-store.js'
import { createAnswerType } from './answer-type.js'
import { AnswersService, type AnswersServiceOptions } from './answers.service.js'
import { createKeptVectors } from './text-reader.js'
import { CitedTexts, type CitedTextsOptions } from './cited-texts.js'

export interface AnswersOptions
  extends
    Omit<AnswerRunOptions, 'store' | 'kept'>,
    Pick<AnswersServiceOptions, 'access' | 'bases' | 'streams' | 'maxJoinedBytes' | 'currentTrace'> {
  readonly bases: AnswersServiceOptions['bases'] & AnswerRunOptions['bases']
}

export interface Answers {
  /** The task that answers. */
  readonly type: TaskType
  isBlobReferenced(blobId: string): Promise<boolean>
  /** The service, once there are tasks and documents. */
  open(work: Pick<Tasks, 'acceptance' | 'tasks'>, documents: CitedTextsOptions['documents']): AnswersService
}

/** Wires what answers need. */
export function createAnswers(
  state: { readonly documents: DocumentStore; readonly events: EventLog },
  options: AnswersOptions,
): Answers {
  const store = new AnswerStore(state.documents, state.events)
  return {
    type: createAnswerType({ ...options, store, kept: createKeptVectors() }),
    isBlobReferenced: (blobId) => store.isBlobReferenced(blobId),
    open: ({ acceptance, tasks }, documents) => {
      const texts = new CitedTexts({ ...options, documents })
      return new AnswersService({ ...options, store, texts, acceptance, tasks })
    },
  }
}
