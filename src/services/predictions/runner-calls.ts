import { isErrorWithCode, type GraphloomError } from '../../kernel/errors.js'
import type { ModelRunner, RunnerExit } from '../../ports/model-runtime.js'
import type { ModelSlot } from '../models/resident-version.js'

export interface RunnerCalls<T> {
  readonly slot: Pick<ModelSlot, 'runner'>
  readonly signal: AbortSignal
  /** Done again by another runner when the one that did it ended: it must have no effect but what `progress` counts. */
  readonly call: (runner: ModelRunner) => Promise<T>
  /** How far the work has come; it never goes back. Work that is done all at once has none. */
  readonly progress?: () => number
}

/** Work that has seen so many runners fail without coming further may be what makes them fail. */
const MOST_FAULTS = 5
/** The same of runners that were killed from outside, which seldom has to do with their work. */
const MOST_KILLS = 20

/**
 * Calls a version's runner until one has done the work: as often as the work comes further, else a few times.
 * @throws GraphloomError `RUNNER_CRASHED` when runners ended too often without progress; whatever the call throws.
 */
export async function callUntilDone<T>({ slot, signal, call, progress = () => 0 }: RunnerCalls<T>): Promise<T> {
  let reached = 0
  let faults = 0
  let kills = 0
  for (;;) {
    const runner = await slot.runner(signal)
    try {
      return await call(runner)
    } catch (error) {
      if (!isErrorWithCode(error, 'RUNNER_CRASHED')) throw error
      const now = progress()
      if (now > reached) faults = kills = 0
      reached = now
      if (wasKilled(error)) kills++
      else faults++
      if (faults === MOST_FAULTS || kills === MOST_KILLS) throw error
    }
  }
}

const wasKilled = ({ cause }: GraphloomError): boolean =>
  (cause as Partial<RunnerExit> | undefined)?.reason === 'signal SIGKILL'
