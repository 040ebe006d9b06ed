import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'

const UNKNOWN_RETRY_MS = 1_000

/** Accepts something, and waits as long as too many wait already. @throws the signal's reason when that aborts. */
export async function whenThereIsRoom<T>(
  accept: () => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  for (;;) {
    try {
      return await accept()
    } catch (error) {
      if (!isErrorWithCode(error, 'OVERLOADED')) throw error
      await clock.sleep(error.details.retryAfterMs ?? UNKNOWN_RETRY_MS, signal)
    }
  }
}
