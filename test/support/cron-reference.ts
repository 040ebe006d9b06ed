/** The slow way to know when a cron expression is due: each step of the clock is looked at. */
export interface CronReference {
  /** Due times in the stretch, Unix milliseconds. */
  listDue(fields: CronFields): number[]
}

/** What a field allows; null is everything. */
type Allowed = ReadonlySet<number> | null

export interface CronFields {
  readonly second: Allowed
  readonly minute: Allowed
  readonly hour: Allowed
  readonly day: Allowed
  readonly month: Allowed
  readonly weekday: Allowed
  /** None of seconds, minutes and hours is written with `*` or `/`. */
  readonly namesTimesOfDay: boolean
}

/** Looks at every `stepMs` of the stretch, a second or a minute. */
export function createCronReference(
  timezone: string,
  stretch: { readonly fromMs: number; readonly untilMs: number; readonly stepMs: number },
): CronReference {
  const { fromMs, untilMs, stepMs } = stretch
  const toWall = createWallClock(timezone)
  const steps: { readonly at: number; readonly wall: number }[] = []
  for (let at = fromMs; at <= untilMs; at += stepMs) steps.push({ at, wall: toWall(at) })
  return {
    listDue: (fields) => {
      const due: number[] = []
      let latest = steps[0]!.wall - stepMs
      for (const { at, wall } of steps) {
        const isSecondTime = wall <= latest
        let fits = matches(fields, wall) && !(fields.namesTimesOfDay && isSecondTime)
        if (fields.namesTimesOfDay)
          for (let skipped = latest + stepMs; skipped < wall; skipped += stepMs) fits ||= matches(fields, skipped)
        if (fits) due.push(at)
        latest = Math.max(latest, wall)
      }
      return due
    },
  }
}

/** What a clock on the wall shows, as if it were UTC. */
function createWallClock(timezone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second)
  }
}

function matches({ second, minute, hour, day, month, weekday }: CronFields, wall: number): boolean {
  const date = new Date(wall)
  const fits = (allowed: Allowed, value: number): boolean => allowed === null || allowed.has(value)
  if (!fits(second, date.getUTCSeconds()) || !fits(minute, date.getUTCMinutes())) return false
  if (!fits(hour, date.getUTCHours()) || !fits(month, date.getUTCMonth() + 1)) return false
  const dayFits = fits(day, date.getUTCDate())
  const weekdayFits = fits(weekday, date.getUTCDay())
  // Where both are given, one of them is enough.
  return day !== null && weekday !== null ? dayFits || weekdayFits : dayFits && weekdayFits
}
