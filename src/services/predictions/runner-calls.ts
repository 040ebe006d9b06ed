import { isErrorWithCode } from '../../kernel/errors.js'
import type { ModelRunner } from '../../ports/model-runtime.js'
import type { ModelSlot } from '../models/resident-version.js'

export interface RunnerCalls<T> {
  readonly slot: Pick<ModelSlot, 'runner'>
  readonly signal: AbortSignal
  /** Done again by another runner when the one that did it ended: it must have no effect but what `progress` counts. */
  readonly call: (runner: ModelRunner) => Promise<T>
  /** How far the work has come; it never goes back. Work that is done all at once has none. */
  readonly progress?: () => number
}

/** Work that has seen so many runners end without coming further may be what ends them. */
const MOST_ENDS = 5

/**
 * Calls a version's runner until one has done the work: as often as the work comes further, else a few times.
 * @throws GraphloomError `RUNNER_CRASHED` when runners ended too often without progress; whatever the call throws.
 */
export async function callUntilDone<T>({ slot, signal, call, progress = () => 0 }: RunnerCalls<T>): Promise<T> {
  let reached = 0
  for (let ends = 0; ;) {
    const runner = await slot.runner(signal)
    try {
      return await call(runner)
    } catch (error) {
      if (!isErrorWithCode(error, 'RUNNER_CRASHED')) throw error
      const now = progress()
      ends = now > reached ? 1 : ends + 1
      reached = now
      if (ends === MOST_ENDS) throw error
    }
  }
}
