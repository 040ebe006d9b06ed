import type { GenerationResult } from '../../ports/model-runtime.js'
import type { DecoderRow, SavedTokens } from './decoder-session.js'
import type { TextSequence } from './text-sequence.js'

/** A text with its place among the others. */
export class GenerationText {
  row: DecoderRow | null = null
  /** Its keys and values while it is set aside. */
  saved: SavedTokens | null = null
  /** Runs since it got its row that brought it further than it had been before. */
  freshRuns = 0
  /** How many others got a row while it did not fit beside those that ran. */
  passedOver = 0
  /** The turn of its last run. */
  turn = 0
  ended = false
  /** The most of its tokens that were ever computed. */
  #reached = 0

  constructor(
    readonly sequence: TextSequence,
    readonly resolve: (result: GenerationResult) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  get tenantId(): string {
    return this.sequence.tenantId
  }

  get priority(): number {
    return this.sequence.priority
  }

  get mostTokens(): number {
    return this.sequence.mostTokens
  }

  get isPrefilling(): boolean {
    return this.row!.length < this.sequence.prompt.length
  }

  /** It took part in a run. */
  noteRun(turn: number): void {
    this.turn = turn
    const { length } = this.row!
    if (length <= this.#reached) return
    this.#reached = length
    this.freshRuns++
  }
}
