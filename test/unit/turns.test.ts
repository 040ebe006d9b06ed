import { expect, test } from 'vitest'
import { Turns } from '../../src/kernel/turns.js'

test('one at a time by key, in order, also after one that failed', async () => {
  const turns = new Turns()
  const order: string[] = []
  const go = async (key: string, name: string, fails = false): Promise<void> => {
    using _turn = await turns.take(key)
    order.push(`${name} begins`)
    await new Promise(setImmediate)
    order.push(`${name} ends`)
    if (fails) throw new Error(name)
  }
  const results = await Promise.allSettled([go('a', '1'), go('a', '2', true), go('b', 'other'), go('a', '3')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  const ofA = order.filter((line) => !line.startsWith('other'))
  expect(ofA).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends'])
  expect(order.indexOf('other begins')).toBeLessThan(order.indexOf('2 begins'))
})
