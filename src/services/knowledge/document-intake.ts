import type { Json } from '../../kernel/json.js'
import type { KnowledgeBaseDocument, KnowledgeDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import { toArgumentMistake } from '../tasks/argument-mistake.js'
import type { TaskAcceptance } from '../tasks/task-acceptance.js'
import type { DocumentAcceptance } from './document-acceptance.js'
import type { NewDocument } from './document-input.js'
import { INGEST_TASK } from './ingest-type.js'
import { isInAudience, readersOf } from './knowledge-access.js'

export interface DocumentIntakeOptions {
  readonly acceptance: DocumentAcceptance
  readonly tasks: Pick<TaskAcceptance, 'accept'>
}

export interface GivenDocuments {
  readonly base: KnowledgeBaseDocument
  readonly documents: readonly NewDocument[]
  readonly idempotencyKey: string | null
}

export interface AddedDocuments {
  readonly task: TaskDocument
  readonly documents: readonly KnowledgeDocument[]
}

/**
 * Documents as a task, which is on disk then, and the records that they have from now on.
 * @throws GraphloomError as `TaskAcceptance.accept`, with the paths of the caller's input.
 */
export async function takeDocuments(
  { acceptance, tasks }: DocumentIntakeOptions,
  principal: Principal,
  { base, documents, idempotencyKey }: GivenDocuments,
): Promise<AddedDocuments> {
  const input = { knowledgeBaseId: base.id, documents } as unknown as Json
  const request = { type: INGEST_TASK, input, ...(idempotencyKey !== null && { idempotencyKey }) }
  const task = await tasks.accept(principal, request).catch((error: unknown) => {
    throw toArgumentMistake(error, 'input.')
  })
  const origin = { taskId: task.id, tenantId: principal.tenantId, createdBy: task.createdBy }
  const readers = readersOf(principal)
  const added: KnowledgeDocument[] = []
  for (const entry of documents.entries()) {
    const accepted = await acceptance.ensure(base, origin, entry)
    if (accepted && isInAudience(accepted.document.audience, readers)) added.push(accepted.document)
  }
  return { task, documents: added }
}
