import { Field, ID, InterfaceType } from 'type-graphql'
import { parseIdKind, type IdKind } from '../../src/kernel/ids.js'

/** The types that ids of each kind name. */
export const TYPE_NAMES: Partial<Record<IdKind, string>> = {
  prediction: 'Prediction',
  model: 'Model',
  modelVersion: 'ModelVersion',
  task: 'Task',
  taskQueue: 'TaskQueue',
  worker: 'Worker',
  taskGraph: 'TaskGraph',
  schedule: 'Schedule',
  knowledgeBase: 'KnowledgeBase',
  document: 'Document',
  documentVersion: 'DocumentVersion',
  chunk: 'Chunk',
  upload: 'Upload',
  answer: 'Answer',
  generation: 'IndexGeneration',
  snapshot: 'KnowledgeBaseSnapshot',
  evaluation: 'Evaluation',
}

@InterfaceType('Node', {
  description: 'Anything with an id of its own. `node(id:)` finds it again.',
  resolveType: (value: { readonly id: string }) => {
    const kind = parseIdKind(value.id)
    return kind ? TYPE_NAMES[kind] : undefined
  },
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque, unique on this server; ids of one kind sort by creation.' })
  readonly id!: string
}
