import type { Clock } from '../../kernel/clock.js'
import { invalidInput } from '../../kernel/errors.js'

const LEAST_EVERY_MS = 1_000
const MOST_EVERY_MS = 60_000

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkEveryMs(everyMs: number): void {
  if (everyMs >= LEAST_EVERY_MS && everyMs <= MOST_EVERY_MS) return
  throw invalidInput('everyMs', `is ${everyMs}; a number from ${LEAST_EVERY_MS} to ${MOST_EVERY_MS} is allowed.`)
}

/**
 * Figures of the present, at once and then every so often, until there are none or the signal aborts. They are read
 * when they are asked for, so that a slow reader gets fewer, and the newest.
 */
export async function* readEvery<T>(
  read: () => T | null,
  { everyMs, clock, signal }: { readonly everyMs: number; readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<T, void, void> {
  for (let figures = read(); figures !== null && !signal.aborted; figures = read()) {
    const readAt = clock.now()
    yield figures
    const leftMs = (): number => readAt + everyMs - clock.now()
    // A timer may be early, and a clock be set back.
    for (let ms = leftMs(); ms > 0 && ms <= everyMs && !signal.aborted; ms = leftMs())
      await clock.sleep(ms, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
  }
}
