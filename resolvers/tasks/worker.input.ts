import { Field, Float, ID, InputType, Int } from 'type-graphql'
import type { ErrorCode } from '../../src/kernel/error-catalogue.js'
import { ErrorCodeEnum } from '../common/problem.interface.js'
import { JsonScalar } from '../common/scalars.js'

const TASK_ID = 'Id of the task.'
const TOKEN = 'The claim’s `token`.'
const LEASE = 'How long the tasks are the worker’s without a heartbeat, milliseconds; 1,000 to 3,600,000.'

@InputType('WorkerInput', { description: 'Who claims.' })
export class WorkerInput {
  @Field(() => String, { description: 'Unique among the tenant’s workers; 1 to 256 characters.' })
  readonly name!: string

  @Field(() => String, { description: 'Machine that it runs on; 1 to 256 characters.' })
  readonly host!: string

  @Field(() => Int, { description: 'Number of its process; 0 or more.' })
  readonly pid!: number
}

@InputType('ClaimTasksInput', { description: 'Which tasks a worker wants.' })
export class ClaimTasksInput {
  @Field(() => [String], { description: 'Names of types that it can do; 1 to 100.' })
  readonly types!: string[]

  @Field(() => Int, { defaultValue: 1, description: 'The most tasks; 1 to 100.' })
  readonly count!: number

  @Field(() => Float, { defaultValue: 30_000, description: LEASE })
  readonly leaseMs!: number

  @Field(() => Float, {
    defaultValue: 0,
    description: 'How long to wait for the first task when there is none, milliseconds; 0 to 30,000.',
  })
  readonly waitMs!: number

  @Field(() => WorkerInput, { description: 'Who claims.' })
  readonly worker!: WorkerInput

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Tasks of all tenants, for administrators; else those of the caller’s tenant alone.',
  })
  readonly allTenants!: boolean
}

@InputType('TaskClaimInput', { description: 'A claim.' })
export class TaskClaimInput {
  @Field(() => ID, { description: TASK_ID })
  readonly id!: string

  @Field(() => String, { description: TOKEN })
  readonly token!: string
}

@InputType('HeartbeatTaskInput', { description: 'Claims to extend.' })
export class HeartbeatTaskInput {
  @Field(() => [TaskClaimInput], { description: 'At most 1,000.' })
  readonly claims!: TaskClaimInput[]

  @Field(() => Float, { defaultValue: 30_000, description: `${LEASE} From now on.` })
  readonly leaseMs!: number
}

@InputType('TaskProgressInput', { description: 'How far the work is.' })
export class TaskProgressInput {
  @Field(() => Float, { description: 'How much is done, in a unit of the type’s own; 0 or more. It does not go back.' })
  readonly done!: number

  @Field(() => Float, {
    nullable: true,
    description: 'How much there is to do; 0 or more, left out when it is not known.',
  })
  readonly total?: number | null

  @Field(() => String, {
    nullable: true,
    description: 'What is being done, for people; at most 500 characters are kept.',
  })
  readonly message?: string | null
}

@InputType('ReportTaskProgressInput', { description: 'What the work tells of itself.' })
export class ReportTaskProgressInput extends TaskClaimInput {
  @Field(() => TaskProgressInput, { nullable: true, description: 'How far it is; left out when there is no news.' })
  readonly progress?: TaskProgressInput | null

  @Field(() => [String], {
    defaultValue: [],
    description: 'Lines for the attempt’s log; at most 1,000, of which at most 2,000 characters each are kept.',
  })
  readonly log!: string[]
}

@InputType('CompleteTaskInput', { description: 'What the work gave.' })
export class CompleteTaskInput extends TaskClaimInput {
  @Field(() => JsonScalar, { nullable: true, description: 'By the output schema of the type.' })
  readonly output?: unknown
}

@InputType('TaskErrorInput', { description: 'Why an attempt failed.' })
export class TaskErrorInput {
  @Field(() => ErrorCodeEnum, {
    defaultValue: 'UNAVAILABLE',
    description: 'What kind of error it is; `DEADLINE_EXCEEDED` after the attempt’s `timeoutMs` ends it as TIMED_OUT.',
  })
  readonly code!: ErrorCode

  @Field(() => String, { description: 'What went wrong, for people; at most 2,000 characters are kept.' })
  readonly message!: string

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it is worth trying again; when unset, as errors with this code are (`ErrorCode`), and INTERNAL is too.',
  })
  readonly retryable?: boolean | null

  @Field(() => Float, {
    nullable: true,
    description: 'Not before so many milliseconds have passed; 0 to 604,800,000.',
  })
  readonly retryAfterMs?: number | null
}

@InputType('FailTaskInput', { description: 'Why the work failed.' })
export class FailTaskInput extends TaskClaimInput {
  @Field(() => TaskErrorInput, { description: 'Why.' })
  readonly error!: TaskErrorInput
}

@InputType('ReleaseTaskInput', { description: 'A claim to give back.' })
export class ReleaseTaskInput extends TaskClaimInput {}
