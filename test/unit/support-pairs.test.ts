import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_SUPPORT_THRESHOLD } from '../../src/domain/support/support.js'
import { CitationFinder, type Finding } from '../../src/services/knowledge/answers/citation-finder.js'
import type { TextReader } from '../../src/services/knowledge/answers/text-reader.js'
import { ENGLISH, openTextReader, toPassage } from '../support/passages.js'

/** A passage with a sentence that it supports, and one in which a number or a name is another. */
interface Pairs {
  readonly passage: string
  readonly right: string
  readonly wrong: string
  readonly changed: 'number' | 'name'
  /** Denies what the passage says. */
  readonly negated?: string
}

/** A passage with a sentence about the same that it does not say. */
interface Invention {
  readonly passage: string
  readonly invented: string
}

const readLines = <T>(file: string): T[] =>
  readFileSync(join(import.meta.dirname, '../../../test/fixtures', file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

const pairs = readLines<Pairs>('support-pairs.jsonl')
const inventions = readLines<Invention>('support-invented.jsonl')

const shareOf = (findings: readonly Finding[], isWanted: (finding: Finding) => boolean): number =>
  findings.filter(isWanted).length / findings.length

const isRefused = ({ problem }: Finding): boolean => problem !== null

const createJudge =
  (reader: TextReader) =>
  async (sentence: string, passage: string): Promise<Finding> =>
    new CitationFinder([await toPassage(passage, reader)], reader, DEFAULT_SUPPORT_THRESHOLD).find(sentence)

test('of 200 sentences nine of ten are judged as people judge them, in both halves', async () => {
  expect(pairs).toHaveLength(100)
  await using stack = new AsyncDisposableStack()
  const reader = await openTextReader(stack)
  const judge = createJudge(reader)
  await reader.read(
    pairs.flatMap(({ passage, right, wrong, negated = [] }) => [passage, right, wrong, negated].flat()),
    ENGLISH,
  )
  // The rules are older than the pairs. What is changed by the first half has to hold for the second.
  for (const [half, remainder] of [
    ['first', 0],
    ['second', 1],
  ] as const) {
    const ofHalf = pairs.filter((_, i) => i % 2 === remainder)
    const right = await Promise.all(ofHalf.map(({ right: sentence, passage }) => judge(sentence, passage)))
    const wrong = await Promise.all(ofHalf.map(({ wrong: sentence, passage }) => judge(sentence, passage)))
    const denying = ofHalf.flatMap(({ negated, passage }) =>
      negated === undefined ? [] : [[negated, passage] as const],
    )
    const negated = await Promise.all(denying.map(([sentence, passage]) => judge(sentence, passage)))
    const elsewhere = await Promise.all(
      ofHalf.map(({ right: sentence }, i) => judge(sentence, ofHalf[(i + 7) % ofHalf.length]!.passage)),
    )
    const figures = {
      accepted: shareOf(right, ({ problem }) => problem === null),
      refused: shareOf(wrong, isRefused),
      negatedRefused: shareOf(negated, isRefused),
      negatedAsSuch: shareOf(negated, ({ problem }) => problem === 'NEGATED'),
      elsewhereRefused: shareOf(elsewhere, isRefused),
    }
    console.log(`${half} half: ${JSON.stringify(figures)}`)
    expect(figures.accepted).toBeGreaterThanOrEqual(0.9)
    expect(figures.refused).toBeGreaterThanOrEqual(0.9)
    expect(figures.negatedRefused).toBeGreaterThanOrEqual(0.9)
    expect(figures.elsewhereRefused).toBeGreaterThanOrEqual(0.9)
  }
})

test('what is only about the same as a passage has no support by it, most times', async () => {
  await using stack = new AsyncDisposableStack()
  const reader = await openTextReader(stack)
  const judge = createJudge(reader)
  const found = await Promise.all(inventions.map(({ invented, passage }) => judge(invented, passage)))
  const refused = shareOf(found, isRefused)
  console.log(`of ${found.length} invented sentences ${refused} refused`)
  expect(refused).toBeGreaterThanOrEqual(0.8)
})
