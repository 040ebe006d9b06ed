import { setTimeout as delay } from 'node:timers/promises'

const LIMIT_MS = 60_000
const STEP_MS = 5

/** Waits until the condition holds, and gives what it gave; fails loudly when it never does. */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  limitMs = LIMIT_MS,
): Promise<NonNullable<T>> {
  const until = Date.now() + limitMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > until) throw new Error(`Waited in vain: ${what}.`)
    await delay(STEP_MS)
  }
}
