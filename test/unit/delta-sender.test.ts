import { expect, test } from 'vitest'
import { DeltaSender } from '../../src/adapters/onnxruntime/delta-sender.js'
import type { GenerationDelta } from '../../src/ports/model-runtime.js'
import { ManualClock } from '../support/manual-clock.js'

const joined = (...ids: readonly number[]): GenerationDelta => ({
  text: ids.map((id) => `${id} `).join(''),
  tokens: ids.map((id) => ({ id, text: `${id} ` })),
})
const delta = (id: number): GenerationDelta => joined(id)
const turn = (): Promise<void> => new Promise(setImmediate)

/** A sender whose messages arrive at once. */
function openSender() {
  const sent: GenerationDelta[] = []
  const clock = new ManualClock(0)
  const sender = new DeltaSender((next) => {
    sent.push(next)
    return Promise.resolve()
  }, clock)
  return { sent, clock, sender }
}

test('the first goes at once, and what comes while it is on its way is joined', async () => {
  const sent: GenerationDelta[] = []
  let arrive: () => void = () => undefined
  const clock = new ManualClock(0)
  const sender = new DeltaSender((next) => {
    sent.push(next)
    return new Promise((resolve) => (arrive = resolve))
  }, clock)
  sender.add(delta(1))
  expect(sent).toEqual([delta(1)])
  clock.advance(1_000)
  for (const id of [2, 3, 4]) sender.add(delta(id))
  expect(sent).toHaveLength(1)
  const flushed = sender.flush()
  arrive()
  await turn()
  expect(sent[1]).toEqual(joined(2, 3, 4))
  arrive()
  await flushed
  clock.advance(1_000)
  sender.add(delta(5))
  expect(sent.map(({ text }) => text).join('')).toBe('1 2 3 4 5 ')
})

test('quick tokens share messages; slow ones have one each', async () => {
  const { sent, clock, sender } = openSender()
  for (const [id, beforeMs] of [0, 22, 22, 22, 22, 80, 80].entries()) {
    clock.advance(beforeMs)
    sender.add(delta(id))
    await turn()
  }
  expect(sent).toEqual([delta(0), joined(1, 2, 3, 4), delta(5), delta(6)])
  sender.add(delta(7))
  expect(sent).toHaveLength(4)
  await sender.flush()
  expect(sent.at(-1)).toEqual(delta(7))
  expect(clock.sleeping).toBe(0)
})

test('what was held back goes by itself when the text halts', async () => {
  const { sent, clock, sender } = openSender()
  sender.add(delta(1))
  await turn()
  sender.add(delta(2))
  expect(sent).toHaveLength(1)
  clock.advance(1_000)
  await turn()
  expect(sent).toEqual([delta(1), delta(2)])
  await sender.flush()
  expect(sent).toHaveLength(2)
})
