import { Field, InterfaceType, ObjectType } from 'type-graphql'
import { ERROR_CATALOGUE, type ErrorCode } from '../../src/kernel/error-catalogue.js'
import { GraphloomError } from '../../src/kernel/errors.js'
import { createEnum } from './enums.js'
import { LongScalar } from './scalars.js'

const codes = Object.keys(ERROR_CATALOGUE) as ErrorCode[]

export const ErrorCodeEnum = createEnum<ErrorCode>({
  name: 'ErrorCode',
  description: 'Every code that an error of this server can have.',
  values: Object.fromEntries(codes.map((code) => [code, ERROR_CATALOGUE[code].summary])) as Record<ErrorCode, string>,
})

@InterfaceType('Problem', {
  description: 'A reason why a mutation did not do what was asked. A client should handle it.',
  resolveType: (value: { readonly __typename: string }) => value.__typename,
})
export abstract class Problem {
  @Field(() => ErrorCodeEnum, { description: 'What kind of problem it is, for programs.' })
  readonly code!: ErrorCode

  @Field(() => String, { description: 'What was wrong and what to do, in English, for people.' })
  readonly message!: string

  @Field(() => Boolean, { description: 'Whether the same request may succeed later, unchanged.' })
  readonly retryable!: boolean
}

@ObjectType('NotFound', {
  implements: Problem,
  description: 'There is nothing with this id or name that the caller can see.',
})
export class NotFound extends Problem {}

@ObjectType('Conflict', { implements: Problem, description: 'The object is in a state in which this cannot be done.' })
export class Conflict extends Problem {}

@ObjectType('IdempotencyConflict', {
  implements: Problem,
  description: 'The idempotency key was used before with another input.',
})
export class IdempotencyConflict extends Problem {}

@ObjectType('InvalidInput', {
  implements: Problem,
  description: 'The input breaks a rule that the schema cannot express.',
})
export class InvalidInput extends Problem {
  @Field(() => String, { nullable: true, description: 'Where in the input, e.g. `input.chat.messages.0.role`.' })
  readonly path!: string | null
}

@ObjectType('Overloaded', { implements: Problem, description: 'A queue is full. Nothing was stored.' })
export class Overloaded extends Problem {
  @Field(() => Number, { description: 'When it is worth trying again, in milliseconds; above 0.' })
  readonly retryAfterMs!: number
}

@ObjectType('OutOfMemory', {
  implements: Problem,
  description:
    'The model version needs more memory than can be had now, also by unloading others that nobody uses. Nothing was loaded.',
})
export class OutOfMemory extends Problem {
  @Field(() => LongScalar, { description: 'Memory that it needs, bytes.' })
  readonly requiredBytes!: number

  @Field(() => LongScalar, { description: 'Memory that it could have now, bytes.' })
  readonly availableBytes!: number
}

@ObjectType('LoadFailed', { implements: Problem, description: 'The model version could not be loaded.' })
export class LoadFailed extends Problem {}

@ObjectType('Unavailable', {
  implements: Problem,
  description: 'Something outside of the server that this needs cannot be reached. Nothing was changed.',
})
export class Unavailable extends Problem {
  @Field(() => Number, { description: 'When it is worth trying again, in milliseconds; above 0.' })
  readonly retryAfterMs!: number
}

const TYPE_OF_CODE = {
  NOT_FOUND: 'NotFound',
  CONFLICT: 'Conflict',
  IDEMPOTENCY_CONFLICT: 'IdempotencyConflict',
  INVALID_INPUT: 'InvalidInput',
  OVERLOADED: 'Overloaded',
  OUT_OF_MEMORY: 'OutOfMemory',
  MODEL_LOAD_FAILED: 'LoadFailed',
} as const satisfies Partial<Record<ErrorCode, string>>

export type ProblemRoot = Problem & { readonly __typename: string }

/** The result of a mutation: what `work` gives, or the problem that a client should handle. */
export async function answer<T>(work: () => Promise<T>): Promise<T | ProblemRoot> {
  try {
    return await work()
  } catch (error) {
    const problem = error instanceof GraphloomError ? toProblem(error) : null
    if (problem) return problem
    throw error
  }
}

/** As `answer`, for results that have `Unavailable` among their members; in others it is no outcome of the mutation. */
export async function answerOrUnavailable<T>(work: () => Promise<T>): Promise<T | ProblemRoot> {
  try {
    return await answer(work)
  } catch (error) {
    if (error instanceof GraphloomError && error.code === 'UNAVAILABLE') return toNamedProblem('Unavailable', error)
    throw error
  }
}

type ProblemParts = Pick<GraphloomError, 'code' | 'message' | 'retryable' | 'details'>

/** Null for an error that no union has. */
export function toProblem(error: ProblemParts): ProblemRoot | null {
  const typeName = (TYPE_OF_CODE as Partial<Record<ErrorCode, string>>)[error.code]
  return typeName ? toNamedProblem(typeName, error) : null
}

function toNamedProblem(typeName: string, error: ProblemParts): ProblemRoot {
  const { code, message, retryable, details } = error
  return {
    __typename: typeName,
    code,
    message,
    retryable,
    path: details.path ?? null,
    retryAfterMs: details.retryAfterMs ?? 1_000,
    requiredBytes: details.requiredBytes ?? 0,
    availableBytes: details.availableBytes ?? 0,
  } as ProblemRoot
}
