import { Field, ID, ObjectType } from 'type-graphql'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { Task } from '../tasks/task.type.js'

@ObjectType('KnowledgeBaseSnapshot', {
  implements: Node,
  description:
    'What searches found in a knowledge base at a time, by name. Documents that are deleted go from it as well.',
})
export class KnowledgeBaseSnapshot extends Node {
  @Field(() => String, { description: 'Its name, unique within the knowledge base.' })
  readonly name!: string

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number
}

@ObjectType('RestoringSnapshot', { description: 'Documents are being brought back to what they were in a snapshot.' })
export class RestoringSnapshot {
  @Field(() => Task, { description: 'The task that does it; follow it by `taskEvents`.' })
  readonly task!: object
}

@ObjectType('DeletedSnapshot', { description: 'A snapshot was deleted.' })
export class DeletedSnapshot {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}
