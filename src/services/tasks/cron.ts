import { Cron } from 'croner'
import { invalidInput } from '../../kernel/errors.js'

/**
 * The due times of a cron expression in a time zone, Unix milliseconds at whole seconds. An expression whose fields for
 * seconds, minutes and hours have no `*`, `?` or `/` names times of day: one that the clock skips is due once, when the
 * skipped time is over, and one that it passes twice is due the first time alone. Any other names a rhythm: it is due at
 * each moment at which the clock shows a time that fits, so not in a skipped hour, and in both of a doubled one.
 */
export interface CronTimes {
  /** Null when it is never due again. */
  nextAfter(ms: number): number | null
  /** In order. */
  listAfter(ms: number, limit: number): number[]
  /** The latest ones from `fromMs` to `untilMs`, both included, in order. */
  listLatest(range: { readonly fromMs: number; readonly untilMs: number; readonly limit: number }): number[]
}

export interface CronPaths {
  readonly cron: string
  readonly timezone: string
}

const MAX_CHARACTERS = 256
/** Anything else that the library knows (nicknames, a moment in time, `+`) is no cron expression here. */
const FIELD = /^[0-9A-Za-z*?,/#-]+$/
const SECOND_MS = 1_000

/** @throws GraphloomError `INVALID_INPUT` that says what is wrong, at the path of what is wrong. */
export function parseCron(
  cron: string,
  timezone: string,
  paths: CronPaths = { cron: 'cron', timezone: 'timezone' },
): CronTimes {
  checkTimezone(timezone, paths.timezone)
  const pattern = toPattern(cron, paths.cron)
  const times = toTimes(compile(pattern, timezone, paths.cron))
  if (times.nextAfter(0) === null) throw invalidInput(paths.cron, `"${pattern}" is never due: there is no such day.`)
  return times
}

function toPattern(cron: string, path: string): string {
  if (cron.length > MAX_CHARACTERS) throw invalidInput(path, `has more than ${MAX_CHARACTERS} characters.`)
  const fields = cron.trim().split(/\s+/).filter(Boolean)
  if (fields.length !== 5 && fields.length !== 6)
    throw invalidInput(
      path,
      `has ${fields.length} fields; it must have five (minute, hour, day of month, month, day of week), or six with seconds before them.`,
    )
  const wrong = fields.find((field) => !FIELD.test(field))
  if (wrong !== undefined) throw invalidInput(path, `"${wrong}" has characters that no field of a cron expression has.`)
  return fields.join(' ')
}

function compile(pattern: string, timezone: string, path: string): Cron {
  try {
    return new Cron(pattern, { timezone, paused: true, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' })
  } catch (error) {
    const reason = error instanceof Error ? toReason(error.message) : 'not valid'
    throw invalidInput(path, `"${pattern}": ${reason.replace(/\.?$/, '.')}`)
  }
}

/** In what it says the library counts days and months from 0. */
const toReason = (message: string): string =>
  message
    .replace(/^CronPattern: (Syntax error, )?/, '')
    .replace(
      /(Invalid value for (?:day|month): )(-?\d+)/,
      (_whole, before: string, value) => `${before}${Number(value) + 1}`,
    )
    .replace(/\.? Value: (.*), Type: \w+\.?$/, ': $1')

const toTimes = (cron: Cron): CronTimes => ({
  nextAfter: (ms) => cron.nextRun(new Date(ms))?.getTime() ?? null,
  listAfter: (ms, limit) => cron.nextRuns(limit, new Date(ms)).map((date) => date.getTime()),
  listLatest: ({ fromMs, untilMs, limit }) =>
    cron
      // It gives those before the second that it is asked for.
      .previousRuns(limit, new Date(Math.floor(untilMs / SECOND_MS) * SECOND_MS + SECOND_MS))
      .map((date) => date.getTime())
      .filter((ms) => ms >= fromMs)
      .reverse(),
})

/** A name of the IANA database: an offset like `+02:00` has no changes of the clock, and is none. */
function checkTimezone(timezone: string, path: string): void {
  const problem = `"${timezone}" is not a time zone of the IANA database, such as "Europe/Berlin" or "UTC".`
  if (!/^[A-Za-z]/.test(timezone)) throw invalidInput(path, problem)
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch {
    throw invalidInput(path, problem)
  }
}
