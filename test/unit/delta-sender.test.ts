import { expect, test } from 'vitest'
import { DeltaSender } from '../../src/adapters/onnxruntime/delta-sender.js'
import type { GenerationDelta } from '../../src/ports/model-runtime.js'

const delta = (id: number): GenerationDelta => ({ text: `${id} `, tokens: [{ id, text: `${id} ` }] })

test('deltas go at once, and are joined while one is on its way', async () => {
  const sent: GenerationDelta[] = []
  let arrive: () => void = () => undefined
  const sender = new DeltaSender((next) => {
    sent.push(next)
    return new Promise((resolve) => (arrive = resolve))
  })
  sender.add(delta(1))
  expect(sent).toEqual([delta(1)])
  for (const id of [2, 3, 4]) sender.add(delta(id))
  expect(sent).toHaveLength(1)
  const flushed = sender.flush()
  arrive()
  await Promise.resolve()
  expect(sent[1]).toEqual({ text: '2 3 4 ', tokens: [2, 3, 4].flatMap((id) => delta(id).tokens) })
  arrive()
  await flushed
  sender.add(delta(5))
  expect(sent.map(({ text }) => text).join('')).toBe('1 2 3 4 5 ')
})
