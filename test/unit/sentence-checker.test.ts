import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnswerContent } from '../../src/domain/answer.js'
import { DEFAULT_SUPPORT_THRESHOLD } from '../../src/domain/support/support.js'
import type { AnswerPart } from '../../src/services/knowledge/answers/answer-store.js'
import { CitationFinder } from '../../src/services/knowledge/answers/citation-finder.js'
import { SentenceChecker } from '../../src/services/knowledge/answers/sentence-checker.js'
import { NEVER } from '../support/inference.js'
import { openTextReader, toPassage } from '../support/passages.js'

const SOURCE = 'The greenhouse is watered at six in the morning. Tomatoes need two litres of water a day.'
const WRITTEN =
  'Tomatoes need two litres of water a day. Cucumbers need nine litres. The greenhouse is watered at six in the morning.'
const SAID = ['Tomatoes need two litres of water a day.', 'The greenhouse is watered at six in the morning.']

const NOTHING: AnswerContent = { text: '', sentences: [], citations: [] }

/** What readers have of an answer after these parts. */
const toContent = (parts: readonly AnswerPart[]): AnswerContent => ({
  text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  sentences: parts.flatMap((part) => (part.type === 'sentence' ? [part.sentence] : [])),
  citations: parts.flatMap((part) => (part.type === 'citation' ? [part.citation] : [])),
})

describe.each([
  ['told with its problem', false],
  ['withheld', true],
])('a sentence without support is %s', (_, isWithholding) => {
  const stack = new AsyncDisposableStack()
  let finder: CitationFinder
  beforeAll(async () => {
    const reader = await openTextReader(stack)
    finder = new CitationFinder([await toPassage(SOURCE, reader)], reader, DEFAULT_SUPPORT_THRESHOLD)
  })
  afterAll(() => stack.disposeAsync())

  /** Lets the model write some characters at a time; a process that ends in between is followed by another. */
  async function write(step: number, endsAfterParts = Infinity): Promise<AnswerPart[]> {
    const told: AnswerPart[] = []
    let limit = endsAfterParts
    const append = (_id: string, parts: readonly AnswerPart[]): Promise<void> => {
      if (told.length >= limit) return Promise.reject(new Error('The process has ended.'))
      told.push(...parts)
      return Promise.resolve()
    }
    const start = (from: AnswerContent): SentenceChecker =>
      new SentenceChecker({ id: 'answer', store: { append }, finder, isWithholding, signal: NEVER }, from)
    const writeAll = async (checker: SentenceChecker): Promise<void> => {
      for (let end = step; end < WRITTEN.length; end += step) await checker.take(WRITTEN.slice(0, end), false)
      await checker.take(WRITTEN, true)
    }
    await writeAll(start(NOTHING)).catch((error: unknown) => {
      if (endsAfterParts === Infinity) throw error
    })
    if (endsAfterParts === Infinity) return told
    limit = Infinity
    await writeAll(start(toContent(told)))
    return told
  }

  test('each citation is a slice of its source, after the text that it supports and before its sentence', async () => {
    const parts = await write(7)
    const { text, sentences, citations } = toContent(parts)
    expect(text).toBe(isWithholding ? SAID.join(' ') : WRITTEN)
    expect(sentences.map(({ problem }) => problem)).toEqual([null, 'NUMBER_DIFFERS', null])
    expect(sentences.map(({ isWithheld }) => isWithheld)).toEqual([false, isWithholding, false])
    expect(citations.map(({ start, end }) => SOURCE.slice(start, end))).toEqual(SAID)
    expect(citations.map(({ answerStart, answerEnd }) => text.slice(answerStart, answerEnd))).toEqual(SAID)
    expect(sentences.map((sentence) => sentence.citations)).toEqual([[1], [], [2]])
    for (const [at, part] of parts.entries())
      if (part.type === 'citation') {
        expect(toContent(parts.slice(0, at)).text.length).toBeGreaterThanOrEqual(part.citation.answerEnd)
        expect(parts[at + 1]).toMatchObject({ type: 'sentence', sentence: { citations: [part.citation.number] } })
      }
  })

  test('another process goes on where one ended', async () => {
    const whole = toContent(await write(11))
    const { length } = await write(11)
    for (let parts = 1; parts < length; parts++) expect(toContent(await write(11, parts))).toEqual(whole)
  })
})
