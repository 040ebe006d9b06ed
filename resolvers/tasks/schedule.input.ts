import { ArgsType, Field, Float, InputType, Int } from 'type-graphql'
import type { CatchUpPolicy, OverlapPolicy } from '../../src/domain/schedule.js'
import type { Json } from '../../src/kernel/json.js'
import { JsonScalar } from '../common/scalars.js'
import { CatchUpPolicyEnum, OverlapPolicyEnum } from './schedule.enum.js'
import { TaskBackoffInput, TaskConcurrencyInput } from './task-settings.input.js'

@InputType('TaskTemplateInput', {
  description: 'The task that a schedule makes. What is unset is as its type’s defaults say when it is made.',
})
export class TaskTemplateInput {
  @Field(() => String, { description: 'Name of a type; see `taskTypes`.' })
  readonly type!: string

  @Field(() => JsonScalar, { description: 'What the work is about; it must fit the type’s `inputSchema`.' })
  readonly input!: Json

  @Field(() => String, { nullable: true, description: 'Name of a queue; its type’s queue when unset.' })
  readonly queue?: string | null

  @Field(() => Int, { nullable: true, description: '0 to 9, 9 first, 5 when unset.' })
  readonly priority?: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'The longest that one attempt may take, milliseconds; 1 to 604,800,000.',
  })
  readonly timeoutMs?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Failures that it may have before it has failed for good; 1 to 100.',
  })
  readonly attemptLimit?: number | null

  @Field(() => TaskBackoffInput, { nullable: true, description: 'How long it waits before it is tried again.' })
  readonly backoff?: TaskBackoffInput | null

  @Field(() => TaskConcurrencyInput, {
    nullable: true,
    description: 'What bounds it together with others of the same key; with the overlap policy SKIP alone.',
  })
  readonly concurrency?: TaskConcurrencyInput | null

  @Field(() => Float, {
    nullable: true,
    description: 'Given up if it still waits so long after its time, milliseconds; never when unset. 1 to 604,800,000.',
  })
  readonly expiresAfterMs?: number | null
}

@InputType('UpsertScheduleInput', {
  description: 'A schedule, whole: what is unset is at its default, and not as it was.',
})
export class UpsertScheduleInput {
  @Field(() => String, {
    description:
      'Its name, unique within the tenant: 1 to 128 letters, digits, ".", "_" and "-"; it begins with a letter or digit.',
  })
  readonly name!: string

  @Field(() => String, {
    description:
      'Five fields: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or JAN–DEC), day of week (0–7 or SUN–SAT, 0 and 7 are Sunday); or six, with seconds (0–59) before them. A field is `*`, or a list of values, ranges `a-b` and steps `*/n` or `a-b/n`; `L`, `W` and `#` mean the last day, the nearest weekday and the nth weekday of a month. Where day of month and day of week are both given, one of them is enough. At most 256 characters.\n\nWhen the clock changes: an expression without `*`, `?` and `/` in its seconds, minutes and hours names times of day; one that the clock skips is due once, at the moment after the skipped time, and one that it passes twice is due the first time alone. Any other is a rhythm: it is due whenever the clock shows a time that fits, so not in a skipped hour, and in both of a doubled one.',
  })
  readonly cron!: string

  @Field(() => String, {
    defaultValue: 'UTC',
    description: 'The time zone of the cron expression, by its name in the IANA database, e.g. `Europe/Berlin`.',
  })
  readonly timezone!: string

  @Field(() => Int, {
    defaultValue: 0,
    description:
      'Tasks are made up to so much later than they are due, so that not all come at once, milliseconds; 0 to 3,600,000. How much later follows from the schedule and the due time alone.',
  })
  readonly jitterMs!: number

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it makes no tasks; when unset it stays as it is, and a new one is not paused.',
  })
  readonly paused?: boolean | null

  @Field(() => OverlapPolicyEnum, {
    defaultValue: 'SKIP',
    description: 'What it does while the run before has not ended.',
  })
  readonly overlap!: OverlapPolicy

  @Field(() => CatchUpPolicyEnum, {
    defaultValue: 'LATEST',
    description: 'What becomes of due times that were missed.',
  })
  readonly catchUp!: CatchUpPolicy

  @Field(() => Float, {
    defaultValue: 86_400_000,
    description:
      'Missed due times that are older than this are left out, milliseconds; 0 to 2,592,000,000 (30 days), a day when unset.',
  })
  readonly catchUpWindowMs!: number

  @Field(() => TaskTemplateInput, { description: 'The task that it makes.' })
  readonly task!: TaskTemplateInput
}

@InputType('DeleteScheduleInput', { description: 'What to delete.' })
export class DeleteScheduleInput {
  @Field(() => String, { description: 'Name of a schedule.' })
  readonly name!: string
}

@InputType('PauseScheduleInput', { description: 'What to pause.' })
export class PauseScheduleInput {
  @Field(() => String, { description: 'Name of a schedule.' })
  readonly name!: string
}

@InputType('ResumeScheduleInput', { description: 'What to resume.' })
export class ResumeScheduleInput {
  @Field(() => String, { description: 'Name of a schedule.' })
  readonly name!: string
}

@InputType('RunScheduleNowInput', { description: 'What to run.' })
export class RunScheduleNowInput {
  @Field(() => String, { description: 'Name of a schedule.' })
  readonly name!: string
}

@ArgsType()
export class RunScheduleNowArgs {
  @Field(() => RunScheduleNowInput, { description: 'Which schedule.' })
  readonly input!: RunScheduleNowInput

  @Field(() => String, {
    nullable: true,
    description: 'Asking again with the same key gives the same task. 1 to 200 characters.',
  })
  readonly idempotencyKey?: string | null
}
