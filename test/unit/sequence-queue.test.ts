import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SequenceQueue, type WaitingSequence } from '../../src/adapters/onnxruntime/sequence-queue.js'

const sequence = (length: number, tenantId = 'a', priority = 5): WaitingSequence => ({
  tokens: new Array<number>(length).fill(0),
  tenantId,
  priority,
})
const lengthsOf = (batch: readonly WaitingSequence[]): number[] => batch.map(({ tokens }) => tokens.length)

test('runs hold each sequence once, within their tokens, with little padding', () => {
  const one = fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 9 }))
  fc.assert(
    fc.property(fc.array(one, { maxLength: 200 }), (given) => {
      const queue = new SequenceQueue({ maxBatchTokens: 1_024 })
      const waiting = given.map(([length, tenantId, priority]) => sequence(length, tenantId, priority))
      waiting.forEach((added) => queue.add(added))
      const seen: WaitingSequence[] = []
      for (let batch = queue.take(); batch.length > 0; batch = queue.take()) {
        const lengths = lengthsOf(batch)
        const padded = batch.length * Math.max(...lengths)
        expect(batch.length === 1 || padded <= 1_024).toBe(true)
        const mostPadded = batch[0]!.priority >= 5 ? 1.2 : 1.05
        expect(padded / lengths.reduce((total, length) => total + length, 0)).toBeLessThanOrEqual(mostPadded)
        expect(new Set(batch.map(({ priority }) => priority >= 5)).size).toBe(1)
        seen.push(...batch)
      }
      expect(seen).toHaveLength(waiting.length)
      expect(new Set(seen)).toEqual(new Set(waiting))
    }),
  )
})

test('interactive sequences go first, and bulk ones are not starved', () => {
  const queue = new SequenceQueue({ maxBatchTokens: 100 })
  const bulk = [1, 2, 3].map(() => sequence(100, 'a', 4))
  const interactive = Array.from({ length: 12 }, () => sequence(100, 'a', 5))
  for (const one of [...bulk, ...interactive]) queue.add(one)
  const order = Array.from({ length: 15 }, () => queue.take()[0]!.priority)
  expect(order).toEqual([5, 5, 5, 4, 5, 5, 5, 4, 5, 5, 5, 4, 5, 5, 5])
})

test('a tenant with much to do does not hold up another, and what was cancelled is in no run', () => {
  const queue = new SequenceQueue({ maxBatchTokens: 100 })
  const many = Array.from({ length: 50 }, () => sequence(60, 'busy'))
  many.forEach((one) => queue.add(one))
  for (let i = 0; i < 10; i++) queue.take()
  queue.add(sequence(70, 'late'))
  queue.add(sequence(70, 'late'))
  expect([queue.take(), queue.take(), queue.take(), queue.take()].map(([first]) => first?.tenantId)).toEqual([
    'late',
    'busy',
    'late',
    'busy',
  ])
  many.forEach((one) => queue.delete(one))
  expect(queue.take()).toEqual([])
  expect(queue.size).toBe(0)
})

test('a tenant that comes back, or comes anew, is served like the others, whatever had been before', () => {
  const queue = new SequenceQueue({ maxBatchTokens: 100 })
  const add = (tenantId: string, count: number): void => {
    for (let i = 0; i < count; i++) queue.add(sequence(60, tenantId))
  }
  add('early', 1)
  add('busy', 200)
  for (let i = 0; i < 100; i++) queue.take()
  add('new', 10)
  add('early', 10)
  const order = Array.from({ length: 15 }, () => queue.take()[0]!.tenantId)
  for (const tenantId of ['busy', 'new', 'early']) expect(order.filter((one) => one === tenantId)).toHaveLength(5)
})

test('the tenant that was served least is in every run, and no other is more than a run ahead of it for no reason', () => {
  const tenants = fc.array(fc.array(fc.constantFrom(16, 16, 16, 90), { minLength: 40, maxLength: 40 }), {
    minLength: 2,
    maxLength: 5,
  })
  fc.assert(
    fc.property(tenants, (lengths) => {
      const budget = 256
      const queue = new SequenceQueue({ maxBatchTokens: budget })
      const served = lengths.map(() => 0)
      const left = lengths.map((own) => own.length)
      lengths.forEach((own, tenant) => own.forEach((length) => queue.add(sequence(length, String(tenant)))))
      while (Math.min(...left) > 0) {
        const least = Math.min(...served)
        const batch = queue.take()
        expect(batch.some(({ tenantId }) => served[Number(tenantId)] === least)).toBe(true)
        const before = [...served]
        for (const { tenantId, tokens } of batch) {
          served[Number(tenantId)]! += tokens.length
          left[Number(tenantId)]!--
        }
        // Texts of one length fit beside each other: then nobody is given a place who is further ahead.
        if (lengths.flat().every((length) => length === 16))
          for (const { tenantId } of batch) expect(before[Number(tenantId)]).toBeLessThanOrEqual(least + budget)
      }
    }),
    { examples: [[[16, 16, 16].map(() => new Array<number>(40).fill(16))]] },
  )
})
