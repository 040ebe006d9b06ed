import { expect, test } from 'vitest'
import type { TextIndex, TextRow } from '../../src/ports/text-index.js'
import { rankByWords } from '../support/bm25.js'
import {
  isVisible,
  matches,
  randomFilter,
  randomMetadata,
  randomReaders,
  someReaders,
  toRow,
} from '../support/chunk-rows.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { codeOf } from './document-store.fixture.js'

interface OpenedTextIndex extends AsyncDisposable {
  readonly index: TextIndex
  /** The same index, as a process that starts anew finds it. */
  reopen(): Promise<TextIndex>
}

const ALL = { readers: [], filter: null, limit: 10_000 }

const row = (version: string, text: string, parts: Parameters<typeof toRow>[2] = {}): TextRow => ({
  ...toRow(version, 0, parts),
  text,
})

const idsOf = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id)

/** The contract of `TextIndex`, for each adapter. */
export function runTextIndexSuite(name: string, open: () => Promise<OpenedTextIndex>): void {
  const indexTest = (title: string, run: (opened: OpenedTextIndex) => Promise<void>): void =>
    test(`${name}: ${title}`, async () => {
      await using opened = await open()
      await run(opened)
    })

  indexTest('scores are those of the formula over the rows that the readers may see', async ({ index, reopen }) => {
    const random = createRandom(testSeed())
    const words = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu', 'hen']
    const word = (): string => words[Math.floor(random() ** 2 * words.length)]!
    await index.create('one', 'MIXED')
    const rows = Array.from({ length: 150 }, (_, i) =>
      row(`v${i}`, Array.from({ length: 1 + Math.floor(random() * 12) }, word).join(' '), {
        readers: randomReaders(random),
        metadata: randomMetadata(random),
      }),
    )
    const added = [...rows, row('gone', 'ant bee cat dog elk fox gnu hen')]
    for (let at = 0; at < added.length; at += 40) await index.add('one', added.slice(at, at + 40))
    await index.remove('one', ['gone', 'never'])
    expect(await index.count('one')).toBe(rows.length)
    expect(await index.versions('one')).toEqual(new Map(rows.map(({ versionId }) => [versionId, 1])))
    const again = await reopen()
    for (let i = 0; i < (isFullTest() ? 1_000 : 60); i++) {
      const query = [word(), word(), word()]
      const filter = random() < 0.3 ? null : randomFilter(random)
      const readers = someReaders(random)
      const visible = rows.filter((one) => isVisible(one, readers))
      const scores = rankByWords(visible, query)
      const expected = visible
        .filter(({ id, metadata }) => scores.has(id) && (filter === null || matches(filter, metadata)))
        .map(({ id }) => ({ id, score: scores.get(id)! }))
      const selection = { ...ALL, readers, filter }
      const found = await (i % 2 ? again : index).search('one', query.join(' '), selection)
      const few = await index.search('one', query.join(' '), { ...selection, limit: 3 })
      expect(few, 'the best of all').toEqual(found.slice(0, 3))
      const byId = new Map(found.map(({ id, score }) => [id, score]))
      expect(idsOf(found).sort(), JSON.stringify({ query, filter })).toEqual(idsOf(expected).sort())
      for (const { id, score } of expected) expect(byId.get(id)).toBeCloseTo(score, 6)
      expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a))
    }
  })

  indexTest('words are stemmed by language, without stop words and accents', async ({ index }) => {
    await index.create('english', 'ENGLISH')
    await index.add('english', [row('a', 'The dogs’ owners were running'), row('b', 'A café in the park')])
    const ask = async (query: string) => idsOf(await index.search('english', query, ALL))
    expect(await ask('dog owner runs')).toEqual(['a/0'])
    expect(await ask('the cafe')).toEqual(['b/0'])
    expect(await ask('the of and')).toEqual([])
    expect(await ask('')).toEqual([])
    expect(await ask('" OR 1=1 -- *')).toEqual([])
    await index.create('german', 'GERMAN')
    await index.add('german', [row('a', 'Die Häuser der Städte'), row('b', '東京都の図書館')])
    expect(idsOf(await index.search('german', 'haus', ALL))).toEqual(['a/0'])
    expect(idsOf(await index.search('german', '図書館', ALL))).toEqual(['b/0'])
  })

  indexTest('words of a query are found in texts', async ({ index }) => {
    const text = 'Running 🐕 dogs run, and the ran.'
    const [spans, none] = await index.findWords({ text: 'the run', language: 'ENGLISH' }, [text, 'cats'])
    expect(spans!.map(({ start, end }) => text.slice(start, end))).toEqual(['Running', 'run'])
    expect(none).toEqual([])
  })

  indexTest('texts are words as they are searched by', async ({ index }) => {
    const [words, none] = await index.findTerms('ENGLISH', ['The dogs’ owners', 'of the'])
    expect(words).toEqual([
      { term: 'dog', start: 4, end: 8 },
      { term: 'owner', start: 10, end: 16 },
    ])
    expect(none).toEqual([])
  })

  indexTest('indexes do not see each other, and are gone when they are dropped', async ({ index }) => {
    await index.create('one', 'ENGLISH')
    await index.create('two', 'ENGLISH')
    await index.add('one', [row('a', 'dogs')])
    expect(await index.search('two', 'dogs', ALL)).toEqual([])
    await index.drop('one')
    await index.drop('one')
    expect(await codeOf(index.search('one', 'dogs', ALL))).toBe('UNAVAILABLE')
    await index.create('one', 'ENGLISH')
    expect(await index.count('one')).toBe(0)
  })

  indexTest('rows are added all or none', async ({ index }) => {
    await index.create('one', 'ENGLISH')
    await index.add('one', [row('a', 'dogs')])
    expect(await codeOf(index.add('one', [row('b', 'dogs'), row('a', 'dogs')]))).toBe('UNAVAILABLE')
    expect(idsOf(await index.search('one', 'dogs', ALL))).toEqual(['a/0'])
  })
}
