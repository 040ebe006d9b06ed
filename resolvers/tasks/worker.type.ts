import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { WorkerState } from '../../src/domain/worker.js'
import { createConnectionType } from '../common/connection.type.js'
import { createEnum } from '../common/enums.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { Task } from './task.type.js'

export const WorkerStateEnum = createEnum<WorkerState>({
  name: 'WorkerState',
  description: 'Whether a worker is there.',
  values: {
    ONLINE: 'It gave a sign of life within its lease, or within 35 seconds where that is shorter.',
    SILENT: 'It gave no sign of life for longer than that; its tasks go to others as soon as their leases pass.',
    STOPPED: 'It stopped in order.',
  },
})

@ObjectType('Worker', {
  implements: Node,
  description: 'A process that works on tasks: the server itself, or one elsewhere that claims them by `claimTasks`.',
})
export class Worker extends Node {
  @Field(() => String, {
    description: 'Unique among the workers of its tenant, or of the server; 1 to 256 characters.',
  })
  readonly name!: string

  @Field(() => String, { description: 'Machine that it runs on.' })
  readonly host!: string

  @Field(() => Int, { description: 'Number of its process.' })
  readonly pid!: number

  @Field(() => [String], { description: 'Types of tasks that it works on.' })
  readonly types!: readonly string[]

  @Field(() => DateTimeScalar, { description: 'When it was first seen.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When it last gave a sign of life; stored every few seconds.' })
  readonly lastHeartbeatAt!: number

  @Field(() => Float, { description: 'How long it may be silent before its tasks go to others, milliseconds.' })
  readonly leaseMs!: number
}

export const WorkerConnection = createConnectionType(Worker, 'Worker')

@ObjectType('ClaimedTask', { description: 'A task that a worker has until its lease passes.' })
export class ClaimedTaskType {
  @Field(() => Task, { description: 'The task, RUNNING.' })
  readonly task!: Task

  @Field(() => String, { description: 'Secret that names this claim in all that the worker tells of the task.' })
  readonly token!: string

  @Field(() => DateTimeScalar, { description: 'Until when it is the worker’s, unless the lease is extended.' })
  readonly leaseUntil!: number
}

@ObjectType('ClaimedTasks', { description: 'What a worker is given to do.' })
export class ClaimedTasks {
  @Field(() => [ClaimedTaskType], { description: 'At most as many as were asked for; none when nothing waits.' })
  readonly tasks!: readonly ClaimedTaskType[]
}

@ObjectType('TaskClaimState', { description: 'How a worker’s claim stands.' })
export class TaskClaimState {
  @Field(() => ID, { description: 'Id of the task.' })
  readonly id!: string

  @Field(() => Boolean, {
    description: 'The task is not this worker’s any more: stop; whatever is told of it is refused with Conflict.',
  })
  readonly isLost!: boolean

  @Field(() => Boolean, {
    description:
      'Stop, then call `failTask`: somebody cancelled the task, which ends as CANCELLED then, or the attempt has had its `timeoutMs`, and has failed.',
  })
  readonly isCancelled!: boolean
}

@ObjectType('TaskClaimStates', { description: 'How a worker’s claims stand, in the order that was asked in.' })
export class TaskClaimStates {
  @Field(() => [TaskClaimState], { description: 'One for each claim.' })
  readonly claims!: readonly TaskClaimState[]
}
