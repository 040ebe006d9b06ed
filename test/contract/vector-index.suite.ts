import { expect, test } from 'vitest'
import type { VectorIndex, VectorRow } from '../../src/ports/vector-index.js'
import {
  isVisible,
  matches,
  METADATA_FIELDS,
  randomFilter,
  randomMetadata,
  randomReaders,
  someReaders,
  toRow,
} from '../support/chunk-rows.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { codeOf } from './document-store.fixture.js'

interface OpenedVectorIndex extends AsyncDisposable {
  readonly index: VectorIndex
  /** The same index, as a process that starts anew finds it. */
  reopen(): Promise<VectorIndex>
}

const DIMENSIONS = 4
const SHAPE = { dimensions: DIMENSIONS, metadataFields: METADATA_FIELDS }
const ALL = { readers: [], filter: null, limit: 10_000 }

const vectorOf = (...components: number[]): Float32Array => Float32Array.from(components)

export const cosine = (a: Float32Array, b: Float32Array): number => {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, one, i) => sum + one * y[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

/** The contract of `VectorIndex`, for each adapter. */
export function runVectorIndexSuite(name: string, open: () => Promise<OpenedVectorIndex>): void {
  const indexTest = (title: string, run: (opened: OpenedVectorIndex) => Promise<void>): void =>
    test(`${name}: ${title}`, async () => {
      await using opened = await open()
      await run(opened)
    })

  indexTest('rows come by their cosine, also after a restart and after compaction', async ({ index, reopen }) => {
    await index.create('one', SHAPE)
    const rows: VectorRow[] = [
      { ...toRow('a', 0), vector: vectorOf(1, 0, 0, 0) },
      { ...toRow('a', 1), vector: vectorOf(1, 1, 0, 0) },
      { ...toRow('b', 0), vector: vectorOf(-2, 0, 0, 0) },
    ]
    await index.add('one', rows.slice(0, 2))
    await index.add('one', rows.slice(2))
    const expected = [
      { id: 'a/0', documentId: 'of a', versionId: 'a', ordinal: 0, score: expect.closeTo(1, 5) as number },
      { id: 'a/1', documentId: 'of a', versionId: 'a', ordinal: 1, score: expect.closeTo(Math.SQRT1_2, 5) as number },
      { id: 'b/0', documentId: 'of b', versionId: 'b', ordinal: 0, score: expect.closeTo(-1, 5) as number },
    ]
    const ask = (which: VectorIndex) => which.search('one', vectorOf(3, 0, 0, 0), ALL)
    expect(await ask(index)).toEqual(expected)
    await index.compact('one')
    expect(await ask(index)).toEqual(expected)
    expect(await ask(await reopen())).toEqual(expected)
    expect(await index.search('one', vectorOf(3, 0, 0, 0), { ...ALL, limit: 1 })).toEqual(expected.slice(0, 1))
  })

  indexTest('removed versions are gone at once, and only those', async ({ index }) => {
    await index.create('one', SHAPE)
    const rows = ['a', "b'c", 'd'].map((version) => ({ ...toRow(version, 0), vector: vectorOf(1, 0, 0, 0) }))
    await index.add('one', rows)
    await index.remove('one', ["b'c", 'unknown'])
    expect((await index.search('one', vectorOf(1, 0, 0, 0), ALL)).map(({ id }) => id)).toEqual(['a/0', 'd/0'])
    expect(await index.count('one')).toBe(2)
    expect(await index.versions('one')).toEqual(
      new Map([
        ['a', 1],
        ['d', 1],
      ]),
    )
  })

  indexTest('filters and readers choose before the ranking', async ({ index }) => {
    const random = createRandom(testSeed())
    await index.create('one', SHAPE)
    const rows = Array.from({ length: 120 }, (_, i): VectorRow => ({
      ...toRow(`v${i}`, 0, { readers: randomReaders(random), metadata: randomMetadata(random) }),
      vector: vectorOf(random() - 0.5, random() - 0.5, random() - 0.5, 0.01),
    }))
    await index.add('one', rows)
    for (let i = 0; i < (isFullTest() ? 1_000 : 60); i++) {
      const filter = randomFilter(random)
      const readers = someReaders(random)
      const vector = vectorOf(random() - 0.5, random() - 0.5, random() - 0.5, 0)
      const expected = rows
        .filter((row) => isVisible(row, readers) && matches(filter, row.metadata))
        .map((row) => ({ id: row.id, score: cosine(row.vector, vector) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, 5)
      const found = await index.search('one', vector, { readers, filter, limit: 5 })
      expect(
        found.map(({ id }) => id),
        JSON.stringify({ filter, readers }),
      ).toEqual(expected.map(({ id }) => id))
    }
  })

  indexTest('further fields can be declared and filtered by', async ({ index }) => {
    await index.create('one', { dimensions: DIMENSIONS, metadataFields: [] })
    await index.add('one', [{ ...toRow('old', 0), vector: vectorOf(1, 0, 0, 0) }])
    await index.addFields('one', METADATA_FIELDS)
    await index.addFields('one', METADATA_FIELDS)
    const metadata = { author: 'Ada', year: 2001, draft: true, published: 5, tags: ['red'] }
    await index.add('one', [{ ...toRow('new', 0, { metadata }), vector: vectorOf(1, 0, 0, 0) }])
    for (const field of METADATA_FIELDS) {
      const filter = { op: 'MISSING', field } as const
      const found = await index.search('one', vectorOf(1, 0, 0, 0), { ...ALL, filter })
      expect(
        found.map(({ id }) => id),
        field.name,
      ).toEqual(['old/0'])
    }
  })

  indexTest('indexes do not see each other, and are gone when they are dropped', async ({ index }) => {
    await index.create('one', SHAPE)
    await index.create('two', SHAPE)
    await index.add('one', [{ ...toRow('a', 0), vector: vectorOf(1, 0, 0, 0) }])
    expect(await index.search('two', vectorOf(1, 0, 0, 0), ALL)).toEqual([])
    await index.drop('one')
    await index.drop('one')
    expect(await codeOf(index.search('one', vectorOf(1, 0, 0, 0), ALL))).toBe('UNAVAILABLE')
    await index.create('one', SHAPE)
    expect(await index.count('one')).toBe(0)
  })

  indexTest('vectors of other dimensions are refused', async ({ index }) => {
    await index.create('one', SHAPE)
    expect(await codeOf(index.add('one', [{ ...toRow('a', 0), vector: vectorOf(1, 0) }]))).toBe('INVALID_INPUT')
    expect(await codeOf(index.search('one', vectorOf(1, 0), ALL))).toBe('INVALID_INPUT')
    expect(await codeOf(index.create('one', { ...SHAPE, dimensions: 5 }))).toBe('INVALID_INPUT')
  })
}
