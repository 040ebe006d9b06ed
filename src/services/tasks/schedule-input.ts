import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { CatchUpPolicy, OverlapPolicy, TaskTemplate } from '../../domain/schedule.js'
import { parseCron, type CronTimes } from './cron.js'
import { checkNumber, MAX_DURATION_MS, type EnqueueRequest } from './enqueue-request.js'

/** A schedule as it is asked for. */
export interface ScheduleSettings {
  readonly name: string
  readonly cron: string
  readonly timezone: string
  readonly jitterMs: number
  /** Left as it is when it is not given; a new schedule is not paused then. */
  readonly paused?: boolean | undefined
  readonly overlap: OverlapPolicy
  readonly catchUp: CatchUpPolicy
  readonly catchUpWindowMs: number
  readonly template: Omit<TaskTemplate, 'backoff'> & Pick<EnqueueRequest, 'backoff'>
  readonly input: Json
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const MAX_JITTER_MS = 3_600_000
const MAX_WINDOW_MS = 30 * 86_400_000
/** With what goes before it, it is a task's idempotency key. */
const MAX_KEY_CHARACTERS = 200

/**
 * All of it but the task, which is checked as one that is enqueued.
 * @throws GraphloomError `INVALID_INPUT` that names the first value that is wrong.
 */
export function checkScheduleSettings(settings: Omit<ScheduleSettings, 'input'>): CronTimes {
  const { name, cron, timezone, jitterMs, catchUpWindowMs, overlap, template } = settings
  if (!NAME.test(name))
    throw invalidInput(
      'input.name',
      'must have 1 to 128 letters, digits, ".", "_" and "-", and begin with a letter or digit.',
    )
  const times = parseCron(cron, timezone, { cron: 'input.cron', timezone: 'input.timezone' })
  checkNumber('input.jitterMs', jitterMs, { least: 0, most: MAX_JITTER_MS, isWhole: true })
  checkNumber('input.catchUpWindowMs', catchUpWindowMs, { least: 0, most: MAX_WINDOW_MS })
  checkNumber('input.task.expiresAfterMs', template.expiresAfterMs, { least: 1, most: MAX_DURATION_MS })
  if (template.concurrency && overlap !== 'SKIP')
    throw invalidInput(
      'input.task.concurrency',
      `goes with the overlap policy SKIP alone: with ${overlap} the runs wait behind each other.`,
    )
  return times
}

export function checkRunKey(path: string, key: string | undefined): void {
  if (key === undefined || (key.length > 0 && key.length <= MAX_KEY_CHARACTERS)) return
  throw invalidInput(path, `must have 1 to ${MAX_KEY_CHARACTERS} characters.`)
}
