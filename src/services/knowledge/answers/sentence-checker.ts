import type { AnswerContent, AnswerSentence } from '../../../domain/answer.js'
import type { AnswerPart, AnswerStore } from './answer-store.js'
import type { CitationFinder } from './citation-finder.js'
import { toCitation } from './quotes.js'
import { findSentences } from './sentence-ranges.js'

export interface SentenceCheckerOptions {
  readonly id: string
  readonly store: Pick<AnswerStore, 'append'>
  readonly finder: CitationFinder
  readonly isWithholding: boolean
  readonly signal: AbortSignal
}

const MAY_END = /[.!?…。！？\n]/u

/**
 * Turns what a model writes into an answer: text, and the citations of each sentence once it is complete. It goes on after
 * what an earlier attempt has told.
 */
export class SentenceChecker {
  readonly #options: SentenceCheckerOptions
  /** Characters of the answer's text. */
  #length: number
  #citations: number
  /** Where in what was written the sentences end that were checked. */
  #checked: number

  constructor(options: SentenceCheckerOptions, { text, citations, sentences }: AnswerContent) {
    this.#options = options
    this.#length = text.length
    this.#citations = citations.length
    this.#checked = sentences.at(-1)?.writtenEnd ?? 0
  }

  /** `written` is all that the model has written so far. */
  async take(written: string, isWhole: boolean): Promise<void> {
    if (!this.#options.isWithholding && written.length > this.#length) {
      await this.#append([{ type: 'text', text: written.slice(this.#length) }])
      this.#length = written.length
    }
    const open = written.slice(this.#checked)
    // A long sentence is not read again with every word.
    if (!isWhole && !MAY_END.test(open)) return
    const ranges = findSentences(open)
    const from = this.#checked
    for (const { start, end } of isWhole ? ranges : ranges.slice(0, -1))
      await this.#check({ start: from + start, end: from + end, text: open.slice(start, end) })
  }

  async #check(sentence: { readonly start: number; readonly end: number; readonly text: string }): Promise<void> {
    const { finder, isWithholding } = this.#options
    const { support, problem, cited } = await finder.find(sentence.text)
    const isWithheld = isWithholding && problem !== null
    const place = this.#placeOf(sentence, isWithheld)
    const citations = cited.map((one, i) => toCitation(one, { ...place, number: this.#citations + i + 1 }))
    const checked: AnswerSentence = {
      ...place,
      support,
      isSupported: problem === null,
      problem,
      citations: citations.map(({ number }) => number),
      isWithheld,
      writtenEnd: sentence.end,
    }
    const gap = place.start > this.#length ? ' ' : ''
    const text = isWithholding && !isWithheld ? [{ type: 'text', text: gap + sentence.text } as const] : []
    await this.#append([
      ...text,
      ...citations.map((citation): AnswerPart => ({ type: 'citation', citation })),
      { type: 'sentence', sentence: checked },
    ])
    this.#citations += citations.length
    this.#checked = sentence.end
    if (isWithholding) this.#length = place.end
  }

  /** In the answer's text: what was withheld has no place there. */
  #placeOf(
    { start, end, text }: { readonly start: number; readonly end: number; readonly text: string },
    isWithheld: boolean,
  ): { readonly start: number; readonly end: number } {
    if (!this.#options.isWithholding) return { start, end }
    if (isWithheld) return { start: this.#length, end: this.#length }
    const from = this.#length === 0 ? 0 : this.#length + 1
    return { start: from, end: from + text.length }
  }

  async #append(parts: readonly AnswerPart[]): Promise<void> {
    this.#options.signal.throwIfAborted()
    await this.#options.store.append(this.#options.id, parts)
  }
}
