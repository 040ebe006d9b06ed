import { setTimeout as delay } from 'node:timers/promises'

const LIMIT_MS = 60_000
const SHORTEST_STEP_MS = 5
const LONGEST_STEP_MS = 50

/**
 * Waits until the condition holds, and gives what it gave; fails loudly when it never does. It asks the less often the
 * longer it waits: the asking itself costs time that what is waited for needs.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  limitMs = LIMIT_MS,
): Promise<NonNullable<T>> {
  const from = Date.now()
  for (;;) {
    const value = await condition()
    if (value) return value
    const waitedMs = Date.now() - from
    if (waitedMs > limitMs) throw new Error(`Waited in vain: ${what}.`)
    await delay(Math.min(LONGEST_STEP_MS, Math.max(SHORTEST_STEP_MS, waitedMs / 10)))
  }
}
