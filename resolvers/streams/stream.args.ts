import { ArgsType, Field, ID } from 'type-graphql'
import { CursorScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'

@ArgsType()
export class StreamArgs {
  @Field(() => ID, { description: 'Id of the object to follow.' })
  readonly id!: string

  @Field(() => CursorScalar, {
    nullable: true,
    description:
      'Go on after the item with this cursor. Without it the stream begins with a snapshot of the whole object.',
  })
  readonly after?: string | null
}

export const toStreamRequest = ({ id, after }: StreamArgs, { signal }: GraphContext) => ({
  id,
  after: after ?? null,
  signal,
})
