import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'

const RETRY_MS = 250

export interface StoringOptions {
  /** Id of the task that is to be stored, or read. */
  readonly task: string
  /** When it aborts, the failure is thrown. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Stores what came of work, or reads what is to be worked on. While the store takes nothing, as with a full disk, it is
 * tried again: the work is done, and would otherwise be done once more.
 */
export async function storeWhenPossible<T>(write: () => Promise<T>, options: StoringOptions): Promise<T> {
  const { task, signal, clock, logger } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      const isPassing = isErrorWithCode(error, 'UNAVAILABLE') || isErrorWithCode(error, 'OVERLOADED')
      if (!isPassing || signal.aborted) throw error
      if (attempt === 1) logger.warn({ err: error, task }, 'the store cannot be used for a task, trying again')
      await clock.sleep(RETRY_MS, signal).catch(() => undefined)
    }
  }
}
