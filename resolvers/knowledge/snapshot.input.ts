import { ArgsType, Field, InputType } from 'type-graphql'

@InputType('SnapshotInput', { description: 'A snapshot of a knowledge base.' })
export class SnapshotInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly knowledgeBase!: string

  @Field(() => String, {
    description:
      'Name of the snapshot, unique within the knowledge base: 1 to 128 letters, digits, ".", "_" and "-"; it begins with a letter or digit.',
  })
  readonly name!: string
}

@ArgsType()
export class RestoreSnapshotArgs {
  @Field(() => SnapshotInput, { description: 'Which snapshot.' })
  readonly input!: SnapshotInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same task; with another, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}
