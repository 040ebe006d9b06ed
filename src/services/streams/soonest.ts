import type { Clock } from '../../kernel/clock.js'

/** Asks for the next item. That it fails is told to who awaits it, and to nobody when the reader has gone. */
export function askNext<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const next = iterator.next()
  next.catch(() => undefined)
  return next
}

/** The next item, or null when none comes in time. */
export async function soonest<T>(next: Promise<T>, ms: number, clock: Clock): Promise<T | null> {
  const came = new AbortController()
  try {
    return await Promise.race([next, pause(ms, clock, came.signal)])
  } finally {
    came.abort()
  }
}

export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<null> {
  await clock.sleep(Math.max(1, ms), signal).catch(() => undefined)
  return null
}
