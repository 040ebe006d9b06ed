import { expect, test } from 'vitest'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import { MemoryBudget, type MemoryHolder, type MemoryWish } from '../../src/services/models/memory-budget.js'
import { NEVER } from '../support/inference.js'

const NOW: MemoryWish = { mayEvict: true, waitMs: 0 }
const IF_FREE: MemoryWish = { mayEvict: false, waitMs: 0 }
const PATIENT: MemoryWish = { mayEvict: true, waitMs: 60_000 }

/** A version that is told what it takes and whether it is in use. */
class Version implements MemoryHolder {
  residentBytes = 0
  isEvictable = false
  lastUsedAt = 0
  #release: () => void = () => undefined

  constructor(
    readonly budget: MemoryBudget,
    readonly name: string,
    readonly evicted: string[],
  ) {}

  async load(bytes: number, wish: MemoryWish = NOW, signal: AbortSignal = NEVER): Promise<void> {
    const reservation = await this.budget.reserve({ holder: this, bytes, wish, signal })
    this.#release = () => reservation.release()
  }

  leave(lastUsedAt: number): void {
    this.lastUsedAt = lastUsedAt
    this.isEvictable = true
    this.budget.noteChange()
  }

  async evict(): Promise<void> {
    await Promise.resolve()
    this.isEvictable = false
    this.evicted.push(this.name)
    this.#release()
  }
}

function open(totalBytes = 100) {
  const budget = new MemoryBudget(totalBytes)
  const evicted: string[] = []
  const create = (name: string) => new Version(budget, name, evicted)
  return { budget, evicted, a: create('a'), b: create('b'), c: create('c'), d: create('d') }
}

const isFull = (requiredBytes: number, availableBytes: number) => (error: unknown) => {
  expect(isErrorWithCode(error, 'OUT_OF_MEMORY') && error.details).toEqual({ requiredBytes, availableBytes })
  return true
}

test('those that are not in use make room, the least lately used first, and no more of them than need be', async () => {
  const { budget, evicted, a, b, c, d } = open()
  for (const version of [a, b, c]) await version.load(30)
  b.leave(1)
  a.leave(2)
  await d.load(35)
  expect(evicted).toEqual(['b'])
  expect(budget.usedBytes).toBe(95)
  await b.load(10)
  expect(evicted).toEqual(['b', 'a'])
})

test('those in use stay; what cannot be had is told before anybody is evicted', async () => {
  const { evicted, a, b, c } = open()
  await a.load(40)
  await b.load(40)
  b.leave(1)
  await expect(c.load(70)).rejects.toSatisfy(isFull(70, 60))
  expect(() => c.budget.check(c, 61)).toThrow('needs')
  c.budget.check(c, 60)
  await expect(c.load(30, IF_FREE)).rejects.toSatisfy(isFull(30, 20))
  expect(evicted).toEqual([])
})

test('a version counts with what it takes where that is more than what was reserved', async () => {
  const { budget, a, b } = open()
  await a.load(40)
  a.residentBytes = 75
  expect(budget.usedBytes).toBe(75)
  await expect(b.load(30)).rejects.toSatisfy(isFull(30, 25))
  a.residentBytes = 10
  await b.load(60)
})

test('loads at once do not get the same memory', async () => {
  const { budget, evicted, a, b, c, d } = open()
  await a.load(90)
  a.leave(1)
  const results = await Promise.allSettled([b.load(50), c.load(50), d.load(50)])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect(evicted).toEqual(['a'])
  expect(budget.usedBytes).toBe(100)
})

test('who may wait gets memory when work ends, at once where there never can be enough, and can leave', async () => {
  const { evicted, a, b, c, d } = open()
  await a.load(90)
  const waiting = b.load(50, PATIENT)
  await expect(c.load(101, PATIENT)).rejects.toSatisfy(isFull(101, 10))
  const leaving = new AbortController()
  const left = d.load(60, PATIENT, leaving.signal)
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  expect(evicted).toEqual([])
  a.leave(1)
  await waiting
  expect(evicted).toEqual(['a'])
})
