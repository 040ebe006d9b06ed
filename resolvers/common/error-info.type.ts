import { Field, ObjectType } from 'type-graphql'
import type { ErrorCode } from '../../src/kernel/error-catalogue.js'
import { ErrorCodeEnum } from './problem.interface.js'

@ObjectType('ErrorInfo', { description: 'Why a piece of work failed.' })
export class ErrorInfoType {
  @Field(() => ErrorCodeEnum, { description: 'What kind of error it is, for programs.' })
  readonly code!: ErrorCode

  @Field(() => String, { description: 'What went wrong, in English, for people.' })
  readonly message!: string

  @Field(() => Boolean, { description: 'Whether the same work may succeed when it is asked for again.' })
  readonly retryable!: boolean

  @Field(() => String, {
    nullable: true,
    description: 'For INTERNAL: the id under which the server’s log has the cause.',
  })
  readonly errorId?: string | null
}
