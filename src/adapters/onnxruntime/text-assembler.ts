import type { OutputToken } from '../../domain/prediction.js'
import type { TokenStream } from '../transformers/detokenizer.js'

/** A chosen token before its text is known. */
export type ChosenToken = Omit<OutputToken, 'text'>

interface HeldToken {
  readonly token: ChosenToken
  text: string
}

/**
 * Turns tokens into text as they come. What it gives out is final: it ends at the end of a character, and no part of it
 * can turn out to be the beginning of a stop string. The text ends before the stop string that is complete first.
 */
export class TextAssembler {
  readonly #stream: TokenStream
  readonly #stops: readonly string[]
  /** Tokens that are not given out yet, and their text together. */
  #held: HeldToken[] = []
  #heldText = ''
  /** How many of the held tokens end before the character that is still open. */
  #closedCount = 0
  #stopped = false

  constructor(stream: TokenStream, stops: readonly string[]) {
    this.#stream = stream
    this.#stops = stops.map((stop) => stop.toWellFormed()).filter((stop) => stop !== '')
  }

  /** Whether a stop string came; nothing follows then. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Takes a token; gives those that are final now, with their texts. */
  push(token: ChosenToken): OutputToken[] {
    if (this.#stopped) return []
    const text = this.#stream.push(token.id)
    if (text !== '') this.#closedCount = this.#held.length
    this.#held.push({ token, text })
    this.#heldText += text
    if (!this.#stream.isOpen) this.#closedCount = this.#held.length
    return this.#cutAtStop(text.length) ?? this.#take(this.#closedCount, this.#heldText.length - this.#stopBegun())
  }

  /** Everything that is left, at the end of the text. */
  end(): OutputToken[] {
    const last = this.#held.at(-1)
    if (this.#stopped || !last) return []
    const text = this.#stream.end()
    last.text += text
    this.#heldText += text
    return this.#cutAtStop(text.length) ?? this.#take(this.#held.length, this.#heldText.length)
  }

  /** Ends the text where a stop string begins that the last `added` characters complete; null when there is none. */
  #cutAtStop(added: number): OutputToken[] | null {
    let first: { readonly start: number; readonly end: number } | null = null
    for (const stop of this.#stops) {
      const start = this.#heldText.indexOf(stop, Math.max(0, this.#heldText.length - added - stop.length + 1))
      if (start < 0) continue
      const end = start + stop.length
      if (!first || end < first.end || (end === first.end && start < first.start)) first = { start, end }
    }
    if (!first) return null
    this.#stopped = true
    const kept = this.#take(this.#held.length, first.start)
    const cut = this.#held[0]
    const rest = first.start - kept.reduce((length, token) => length + token.text.length, 0)
    this.#held = []
    return cut && rest > 0 ? [...kept, { ...cut.token, text: cut.text.slice(0, rest) }] : kept
  }

  /** How long the longest end of the held text is that a stop string begins with. */
  #stopBegun(): number {
    let longest = 0
    for (const stop of this.#stops)
      for (let length = Math.min(stop.length - 1, this.#heldText.length); length > longest; length--)
        if (this.#heldText.endsWith(stop.slice(0, length))) longest = length
    return longest
  }

  /** Takes out the first tokens, at most `maxTokens`, whose text ends at or before `end` of the held text. */
  #take(maxTokens: number, end: number): OutputToken[] {
    let length = 0
    let count = 0
    while (count < maxTokens && length + this.#held[count]!.text.length <= end)
      length += this.#held[count++]!.text.length
    this.#heldText = this.#heldText.slice(length)
    this.#closedCount -= count
    return this.#held.splice(0, count).map(({ token, text }) => ({ ...token, text }))
  }
}
