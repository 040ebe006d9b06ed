import { setImmediate as nextTurn } from 'node:timers/promises'
import { GraphloomError } from '../../kernel/errors.js'
import type { GenerationResult } from '../../ports/model-runtime.js'
import { CHUNK_TOKENS, SHARED_CHUNK_TOKENS } from './prefill-chunks.js'
import type { TextSequence } from './text-sequence.js'

interface Active {
  readonly sequence: TextSequence
  readonly resolve: (result: GenerationResult) => void
  readonly reject: (error: unknown) => void
  /** The turn in which it took its last step. */
  steppedAt: number
}

/** Of so many turns one belongs to bulk work while interactive work runs. */
const BULK_TURN_EVERY = 4

/**
 * Gives the texts of one model their steps in turn: interactive ones first, bulk ones in every fourth turn, each time
 * the one that has waited longest. Between steps messages are read, so that a cancelled text takes no further step.
 */
export class SequenceLoop {
  readonly #maxSequences: number
  readonly #active = new Set<Active>()
  #turn = 0
  #isLooping = false

  constructor(maxSequences: number) {
    this.#maxSequences = maxSequences
  }

  /**
   * Steps the sequence until it has its result.
   * @throws GraphloomError `OVERLOADED` when as many as may run already do; or the signal's reason.
   */
  async run(sequence: TextSequence, signal: AbortSignal): Promise<GenerationResult> {
    signal.throwIfAborted()
    if (this.#active.size >= this.#maxSequences)
      throw new GraphloomError('OVERLOADED', `The model works on ${this.#maxSequences} texts already.`)
    const { promise, resolve, reject } = Promise.withResolvers<GenerationResult>()
    const active: Active = { sequence, resolve, reject, steppedAt: this.#turn }
    const onAbort = (): void => {
      this.#active.delete(active)
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#active.add(active)
    if (!this.#isLooping) void this.#loop()
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async #loop(): Promise<void> {
    this.#isLooping = true
    for (let next = this.#next(); next; next = this.#next()) {
      next.steppedAt = ++this.#turn
      try {
        await next.sequence.step(this.#active.size > 1 ? SHARED_CHUNK_TOKENS : CHUNK_TOKENS)
        const { result } = next.sequence
        if (result) {
          this.#active.delete(next)
          next.resolve(result)
        }
      } catch (error) {
        this.#active.delete(next)
        next.reject(error)
      }
      await nextTurn()
    }
    this.#isLooping = false
  }

  #next(): Active | undefined {
    const prefersInteractive = this.#turn % BULK_TURN_EVERY !== BULK_TURN_EVERY - 1
    const all = [...this.#active]
    const preferred = all.filter(({ sequence }) => sequence.isInteractive === prefersInteractive)
    return (preferred.length > 0 ? preferred : all).reduce<Active | undefined>(
      (oldest, active) => (oldest && oldest.steppedAt <= active.steppedAt ? oldest : active),
      undefined,
    )
  }
}
