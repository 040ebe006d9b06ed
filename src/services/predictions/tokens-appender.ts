import { setTimeout as delay } from 'node:timers/promises'
import type { TokenLog } from './prediction-store.js'
import { joinByChoice, type TokensData } from './tokens-data.js'

/** Time between two appends of a text that nobody follows. */
const UNFOLLOWED_APPEND_MS = 250

/** Writes what is generated for a prediction into its stream, all choices in one append. */
export class TokensAppender {
  readonly #log: TokenLog
  readonly #predictionId: string
  /** What waits for the append before it. */
  #pending: TokensData[] = []
  #appending: Promise<void> | null = null
  /** Ends the pause between two appends. */
  readonly #ended = new AbortController()
  readonly #failed = new AbortController()
  /** Tokens of all choices that were added here. */
  tokenCount = 0

  constructor(log: TokenLog, predictionId: string) {
    this.#log = log
    this.#predictionId = predictionId
  }

  /** Aborts when something cannot be stored, with the reason; nothing more is taken then. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  add(part: TokensData): void {
    this.tokenCount += part.tokens.length
    this.#pending.push(part)
    this.#appending ??= this.#append().finally(() => {
      this.#appending = null
    })
  }

  /** Resolves when all is written, or cannot be. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#appending
  }

  /**
   * One append at a time; what comes meanwhile goes with the next. Without a follower nobody sees what is not appended
   * yet, and after a crash the same is generated again: so appends are few then.
   */
  async #append(): Promise<void> {
    while (this.#pending.length > 0) {
      if (!this.#log.isFollowed(this.#predictionId)) await this.#pause()
      const parts = joinByChoice(this.#pending)
      this.#pending = []
      try {
        await this.#log.appendTokens(this.#predictionId, parts)
      } catch (error) {
        this.#failed.abort(error)
        return
      }
    }
  }

  #pause(): Promise<unknown> {
    return delay(UNFOLLOWED_APPEND_MS, null, { signal: this.#ended.signal, ref: false }).catch(() => null)
  }
}
