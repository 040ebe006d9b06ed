import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { APPROXIMATE_RULES, type ApproximateRules } from '../../src/adapters/lancedb/approximate-index.js'
import { LanceVectorIndex } from '../../src/adapters/lancedb/lance-vector-index.js'
import type { VectorRow } from '../../src/ports/vector-index.js'
import { matches, METADATA_FIELDS, randomFilter, randomMetadata, toRow } from '../support/chunk-rows.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { cosine, runVectorIndexSuite } from './vector-index.suite.js'

async function tend(index: LanceVectorIndex) {
  await index.tend('one')
  return index.figures('one')
}

async function openIndex(rules?: Partial<ApproximateRules>, cacheBytes = 64 << 20) {
  const stack = new AsyncDisposableStack()
  const { path } = stack.use(await createTemporaryFolder('lance'))
  const approximate = { ...APPROXIMATE_RULES, ...rules }
  const open = () => stack.use(new LanceVectorIndex({ uri: path, cacheBytes, approximate }))
  return {
    path,
    index: open(),
    reopen: () => Promise.resolve(open()),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

runVectorIndexSuite('LanceDB', () => openIndex())

const DIMENSIONS = 24
const ROWS = 2_000
const QUERIES = 25
const SHAPE = { dimensions: DIMENSIONS, metadataFields: METADATA_FIELDS }
const random = createRandom(testSeed())

/** Any direction is as likely as any other: neighbours are hard to tell. */
const anyVector = (): Float32Array =>
  Float32Array.from({ length: DIMENSIONS }, () => random() + random() + random() - 1.5)

const makeRows = (version: string, count: number): VectorRow[] =>
  Array.from({ length: count }, (_, i) => ({
    ...toRow(`${version}${i}`, 0, { metadata: randomMetadata(random) }),
    vector: anyVector(),
  }))

const rank = (rows: readonly VectorRow[], vector: Float32Array): string[] =>
  rows
    .map((row) => ({ id: row.id, score: cosine(row.vector, vector) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 10)
    .map(({ id }) => id)

/** Share of the ten nearest of these rows that searches find. */
async function rate(index: LanceVectorIndex, rows: readonly VectorRow[]): Promise<number> {
  let hits = 0
  for (let i = 0; i < QUERIES; i++) {
    const vector = anyVector()
    const found = await index.search('one', vector, { readers: [], filter: null, limit: 10 })
    const nearest = new Set(rank(rows, vector))
    hits += found.filter(({ id }) => nearest.has(id)).length
  }
  return hits / (10 * QUERIES)
}

test('many rows are found without comparing all, also those that come later, and not those that are gone', async () => {
  await using opened = await openIndex({ fromRows: 1_000 })
  const { index } = opened
  await index.create('one', SHAPE)
  expect(await tend(index)).toBeNull()
  const rows = makeRows('a', ROWS)
  await index.add('one', rows)
  const figures = await tend(index)
  expect(figures).toMatchObject({ isUsed: true, indexedRows: ROWS, unindexedRows: 0, sampleSize: 64 })
  expect(figures!.recall).toBeGreaterThanOrEqual(0.98)
  expect(await rate(index, rows)).toBeGreaterThanOrEqual(0.97)

  const later = makeRows('b', 100)
  await index.add('one', later)
  const gone = rows.slice(0, 500)
  await index.remove(
    'one',
    gone.map(({ versionId }) => versionId),
  )
  const left = [...rows.slice(500), ...later]
  expect(await tend(index)).toMatchObject({ isUsed: true, unindexedRows: 100 })
  expect(await rate(index, left)).toBeGreaterThanOrEqual(0.97)
  for (const { id, vector } of later) {
    const [first] = await index.search('one', vector, { readers: [], filter: null, limit: 1 })
    expect(first!.id).toBe(id)
  }
  await index.compact('one')
  expect(await tend(index)).toMatchObject({ indexedRows: left.length, unindexedRows: 0 })
  expect(await rate(index, left)).toBeGreaterThanOrEqual(0.97)

  const again = await opened.reopen()
  expect(await rate(again, left), 'nothing was measured in this process').toBe(1)
  await again.tend('one')
  expect(await rate(again, left)).toBeGreaterThanOrEqual(0.97)
})

test('an index is measured anew once enough different queries were asked', async () => {
  await using opened = await openIndex({ fromRows: 1_000 })
  const { index } = opened
  await index.create('one', SHAPE)
  await index.add('one', makeRows('a', 1_500))
  const first = await tend(index)
  const ask = (vector: Float32Array) => index.search('one', vector, { readers: [], filter: null, limit: 10 })
  const vector = anyVector()
  for (let i = 0; i < 40; i++) await ask(vector)
  for (let i = 0; i < 14; i++) await ask(anyVector())
  expect(await tend(index), 'by 15 of 64').toEqual(first)
  await ask(anyVector())
  const second = await tend(index)
  expect(second).toMatchObject({ isUsed: true, sampleSize: 64 })
  expect(second!.measuredAt).toBeGreaterThan(first!.measuredAt)
  await ask(anyVector())
  expect(await tend(index), 'as long as they have not doubled').toEqual(second)
})

test('an index that finds too little is not used', async () => {
  await using opened = await openIndex({ fromRows: 1_000, widths: [20] })
  const { index } = opened
  await index.create('one', SHAPE)
  const rows = makeRows('a', ROWS)
  await index.add('one', rows)
  const figures = await tend(index)
  expect(figures!.recall).toBeLessThan(0.98)
  expect(figures!.isUsed).toBe(false)
  expect(await rate(index, rows)).toBe(1)
})

test('an index that has no room in the cache is not used', async () => {
  await using opened = await openIndex({ fromRows: 1_000 }, 200_000)
  const { index } = opened
  await index.create('one', SHAPE)
  const rows = makeRows('a', 1_500)
  await index.add('one', rows)
  expect((await tend(index))!.isUsed).toBe(false)
  expect(await rate(index, rows)).toBe(1)
})

test('killed while an index is made or compacted, it finds everything again', async () => {
  await using opened = await openIndex({ fromRows: 1_000 })
  await opened.index.create('one', SHAPE)
  const rows = makeRows('a', ROWS)
  for (let at = 0; at < ROWS; at += 400) await opened.index.add('one', rows.slice(at, at + 400))
  await opened.index[Symbol.asyncDispose]()
  const script = new URL('../fixtures/index-upkeep.js', import.meta.url)
  for (let kill = 0; kill < (isFullTest() ? 30 : 1); kill++) {
    const child = fork(script, [opened.path, 'one'])
    const gone = once(child, 'exit')
    await once(child, 'message')
    await setTimeout(random() * 1_500)
    child.kill('SIGKILL')
    await gone
    const index = await opened.reopen()
    expect(await index.count('one')).toBe(ROWS)
    expect(await rate(index, rows), 'nothing was measured in this process').toBe(1)
    await index.tend('one')
    expect(await index.figures('one')).toMatchObject({ isUsed: true })
    expect(await rate(index, rows)).toBeGreaterThanOrEqual(0.97)
  }
}, 120_000)

test('filters keep the same rows where the values of fields have an index', async () => {
  await using opened = await openIndex({ fromRows: 100, leastRecall: 2 })
  const { index } = opened
  await index.create('one', SHAPE)
  const rows = makeRows('a', 300)
  await index.add('one', rows)
  await index.tend('one')
  const later = makeRows('b', 30)
  await index.add('one', later)
  const all = [...rows, ...later]
  for (let i = 0; i < (isFullTest() ? 1_000 : 60); i++) {
    const filter = randomFilter(random)
    const vector = anyVector()
    const kept = all.filter(({ metadata }) => matches(filter, metadata))
    const found = await index.search('one', vector, { readers: [], filter, limit: 10 })
    expect(
      found.map(({ id }) => id),
      JSON.stringify(filter),
    ).toEqual(rank(kept, vector))
  }
})

test('what a narrow filter keeps is compared with all of it, though the graph finds little', async () => {
  const comparedRows = 1_000
  await using opened = await openIndex({ fromRows: 500, leastRecall: 0, widths: [20], comparedRows })
  const { index } = opened
  await index.create('one', SHAPE)
  const rows = makeRows('a', ROWS)
  await index.add('one', rows)
  await index.tend('one')
  expect(await index.figures('one')).toMatchObject({ isUsed: true })
  const wanted = { narrow: 0, wide: 0 }
  const found = { narrow: 0, wide: 0 }
  for (let i = 0; i < (isFullTest() ? 1_000 : 60); i++) {
    const filter = randomFilter(random)
    const vector = anyVector()
    const kept = rows.filter(({ metadata }) => matches(filter, metadata))
    const kind = kept.length <= comparedRows ? 'narrow' : 'wide'
    const nearest = new Set(rank(kept, vector))
    const hits = await index.search('one', vector, { readers: [], filter, limit: 10 })
    wanted[kind] += nearest.size
    found[kind] += hits.filter(({ id }) => nearest.has(id)).length
  }
  expect(found.narrow).toBe(wanted.narrow)
  expect(found.wide).toBeGreaterThan(wanted.wide / 2)
})

test('rows that are found again and again are called what they are, whatever is written between', async () => {
  await using opened = await openIndex()
  const { index } = opened
  let rows = makeRows('a0-', 300)
  await index.create('one', { ...SHAPE, metadataFields: [] })
  await index.add('one', rows)
  const vectors = Array.from({ length: 6 }, anyVector)
  for (let round = 1; round <= (isFullTest() ? 40 : 8); round++) {
    for (let again = 0; again < 8; again++)
      for (const vector of again < 7 ? vectors : Array.from({ length: 20 }, anyVector)) {
        const found = await index.search('one', vector, { readers: [], filter: null, limit: 10 })
        const ids = found.map(({ id }) => id)
        expect(ids).toEqual(rank(rows, vector))
        expect(found).toMatchObject(ids.map((id) => ({ documentId: rows.find((row) => row.id === id)!.documentId })))
      }
    const gone = new Set(rank(rows, vectors[round % vectors.length]!).slice(0, 3))
    const goneIds = rows.flatMap(({ id, versionId }) => (gone.has(id) ? [versionId] : []))
    if (round % 4 !== 0) await index.remove('one', goneIds)
    rows = round % 4 !== 0 ? rows.filter(({ id }) => !gone.has(id)) : rows
    const later = makeRows(`a${round}-`, 20)
    await index.add('one', later)
    rows = [...rows, ...later]
    if (round % 2 === 0) await index.compact('one', 0)
    if (round === 2) await index.addFields('one', METADATA_FIELDS)
    if (round % 3 !== 0) continue
    await index.drop('one')
    await index.create('one', SHAPE)
    rows = makeRows(`b${round}-`, 300)
    await index.add('one', rows)
  }
})

test('tables that were closed for others are as they were when they are asked again', async () => {
  await using folder = await createTemporaryFolder('lance-open')
  const approximate = { ...APPROXIMATE_RULES, fromRows: 500 }
  await using index = new LanceVectorIndex({ uri: folder.path, cacheBytes: 64 << 20, approximate, openTables: 2 })
  const names = ['one', 'two', 'three', 'four']
  const vector = anyVector()
  for (const name of names) {
    await index.create(name, SHAPE)
    await index.add(name, [
      { ...toRow(`${name}-all`, 0), vector },
      { ...toRow(`${name}-ada`, 0, { readers: ['user:ada'] }), vector },
      ...(name === 'one' ? makeRows('v', 600) : []),
    ])
  }
  const measured = await tend(index)
  expect(measured).toMatchObject({ isUsed: true })
  for (let round = 0; round < 3; round++)
    for (const name of names) {
      const ask = async (readers: string[]) =>
        (await index.search(name, vector, { readers, filter: null, limit: 2 })).map(({ id, score }) =>
          score > 0.999 ? id : 'another',
        )
      expect(await ask(['user:ada'])).toEqual([`${name}-ada/0`, `${name}-all/0`])
      expect((await ask(['user:eve']))[0]).toBe(`${name}-all/0`)
      expect(await ask(['user:eve'])).not.toContain(`${name}-ada/0`)
    }
  expect(await index.figures('one')).toEqual(measured)
})

test('what is written while a table is closed and opened again is found', async () => {
  await using folder = await createTemporaryFolder('lance-reopen')
  await using index = new LanceVectorIndex({ uri: folder.path, cacheBytes: 64 << 20, openTables: 1 })
  for (const name of ['one', 'two']) await index.create(name, SHAPE)
  for (let round = 1; round <= 10; round++) {
    const adding = index.add('one', makeRows(`r${round}-`, 2_000))
    await setTimeout(1)
    await index.count('two')
    await index.count('one')
    await adding
    expect(await index.count('one')).toBe(2_000 * round)
  }
})
