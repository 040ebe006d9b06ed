import { Conflict, IdempotencyConflict, InvalidInput, NotFound, Overloaded } from '../common/problem.interface.js'
import { createUnion, problemOr } from '../common/union.js'
import {
  AddedDocuments,
  CancelledIngestion,
  DeletedDocument,
  RetriedDocuments,
  UpdatedDocument,
} from './document.type.js'
import { DeletedGeneration, IndexGeneration } from './generation.type.js'
import { DeletedKnowledgeBase, KnowledgeBase } from './knowledge-base.type.js'
import { DeletedSnapshot, KnowledgeBaseSnapshot, RestoringSnapshot } from './snapshot.type.js'

export const CreateKnowledgeBaseResult = createUnion({
  name: 'CreateKnowledgeBaseResult',
  description: 'The knowledge base, or why there is none.',
  types: [KnowledgeBase, InvalidInput, NotFound, Conflict],
  typeName: problemOr('KnowledgeBase'),
})

export const UpdateKnowledgeBaseResult = createUnion({
  name: 'UpdateKnowledgeBaseResult',
  description: 'The knowledge base as it is now, or why nothing was changed.',
  types: [KnowledgeBase, InvalidInput, NotFound, Conflict],
  typeName: problemOr('KnowledgeBase'),
})

export const DeleteKnowledgeBaseResult = createUnion({
  name: 'DeleteKnowledgeBaseResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedKnowledgeBase, NotFound],
  typeName: problemOr('DeletedKnowledgeBase'),
})

export const AddDocumentsResult = createUnion({
  name: 'AddDocumentsResult',
  description: 'What was accepted, or why nothing was.',
  types: [AddedDocuments, InvalidInput, NotFound, Conflict, IdempotencyConflict, Overloaded],
  typeName: problemOr('AddedDocuments'),
})

export const UpdateDocumentResult = createUnion({
  name: 'UpdateDocumentResult',
  description: 'The document with its task, or why nothing was changed.',
  types: [UpdatedDocument, InvalidInput, NotFound, Conflict, IdempotencyConflict, Overloaded],
  typeName: problemOr('UpdatedDocument'),
})

export const RetryDocumentsResult = createUnion({
  name: 'RetryDocumentsResult',
  description: 'What is tried again, or why nothing is.',
  types: [RetriedDocuments, InvalidInput, NotFound, Conflict, Overloaded],
  typeName: problemOr('RetriedDocuments'),
})

export const CancelIngestionResult = createUnion({
  name: 'CancelIngestionResult',
  description: 'What was cancelled, or why nothing was.',
  types: [CancelledIngestion, NotFound],
  typeName: problemOr('CancelledIngestion'),
})

export const DeleteDocumentResult = createUnion({
  name: 'DeleteDocumentResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedDocument, NotFound],
  typeName: problemOr('DeletedDocument'),
})

export const ReindexKnowledgeBaseResult = createUnion({
  name: 'ReindexKnowledgeBaseResult',
  description: 'The generation that is being built, or why there is none.',
  types: [IndexGeneration, InvalidInput, NotFound, Conflict, IdempotencyConflict, Overloaded],
  typeName: problemOr('IndexGeneration'),
})

export const ActivateGenerationResult = createUnion({
  name: 'ActivateGenerationResult',
  description: 'The knowledge base as it is now, or why searches read what they read before.',
  types: [KnowledgeBase, NotFound, Conflict],
  typeName: problemOr('KnowledgeBase'),
})

export const DeleteGenerationResult = createUnion({
  name: 'DeleteGenerationResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedGeneration, NotFound, Conflict],
  typeName: problemOr('DeletedGeneration'),
})

export const SnapshotKnowledgeBaseResult = createUnion({
  name: 'SnapshotKnowledgeBaseResult',
  description: 'The snapshot, or why there is none.',
  types: [KnowledgeBaseSnapshot, InvalidInput, NotFound, Conflict],
  typeName: problemOr('KnowledgeBaseSnapshot'),
})

export const RestoreSnapshotResult = createUnion({
  name: 'RestoreSnapshotResult',
  description: 'The task that brings documents back, or why there is none.',
  types: [RestoringSnapshot, InvalidInput, NotFound, IdempotencyConflict, Overloaded],
  typeName: problemOr('RestoringSnapshot'),
})

export const DeleteSnapshotResult = createUnion({
  name: 'DeleteSnapshotResult',
  description: 'What was deleted, or why nothing was.',
  types: [DeletedSnapshot, NotFound],
  typeName: problemOr('DeletedSnapshot'),
})
