import { expect, test } from 'vitest'
import { KeptReads } from '../../src/services/models/kept-reads.js'

test('what is read stays until something is written, also by a write that fails', async () => {
  const kept = new KeptReads()
  let stored = 1
  const read = () => kept.read('a', () => Promise.resolve(stored))
  expect(await read()).toBe(1)
  stored = 2
  expect(await read()).toBe(1)
  await kept.write(() => Promise.resolve())
  expect(await read()).toBe(2)
  stored = 3
  await expect(kept.write(() => Promise.reject(new Error('outcome unknown')))).rejects.toThrow('outcome unknown')
  expect(await read()).toBe(3)
})

test('a read that began before a write has ended does not outlive it', async () => {
  const kept = new KeptReads()
  const old = Promise.withResolvers<string>()
  const committed = Promise.withResolvers<void>()
  const write = kept.write(() => committed.promise)
  const early = kept.read('a', () => old.promise)
  committed.resolve()
  await write
  old.resolve('old')
  expect(await early).toBe('old')
  expect(await kept.read('a', () => Promise.resolve('new'))).toBe('new')
})

test('a failure is not kept', async () => {
  const kept = new KeptReads()
  await expect(kept.read('a', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
  expect(await kept.read('a', () => Promise.resolve(1))).toBe(1)
})
