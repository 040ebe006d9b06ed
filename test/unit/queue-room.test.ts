import { expect, test } from 'vitest'
import { QueueRoom } from '../../src/services/tasks/queue-room.js'

const LENGTH = 1_000

/** A queue that counts how often its length is read. */
function openRoom() {
  const queue = { waiting: 0, reads: 0, now: 0 }
  const room = new QueueRoom({
    readLength: () => {
      queue.reads++
      return Promise.resolve(queue.waiting)
    },
    clock: { now: () => queue.now },
  })
  return { queue, room }
}

test('a queue takes as many as it has places for, and reads its length rarely while most are free', async () => {
  const { queue, room } = openRoom()
  let accepted = 0
  const enter = async (): Promise<void> => {
    const kept = await room.keep(1, LENGTH)
    if (!kept) return
    accepted++
    await Promise.resolve()
    queue.waiting++
    kept[Symbol.dispose]()
  }
  for (let i = 0; i < LENGTH / 2; i++) await enter()
  expect(queue.reads).toBeLessThan(LENGTH / 10)
  await Promise.all(Array.from({ length: LENGTH }, enter))
  expect(accepted).toBe(LENGTH)
  expect(queue.waiting).toBe(LENGTH)
  expect(await room.keep(1, LENGTH)).toBeNull()
})

test('others who fill the queue are seen within a tenth of a second, and a new bound at once', async () => {
  const { queue, room } = openRoom()
  const enter = async (maxLength: number): Promise<boolean> => {
    using kept = await room.keep(1, maxLength)
    return kept !== null
  }
  expect(await enter(LENGTH)).toBe(true)
  queue.waiting = LENGTH
  expect(await enter(LENGTH / 2), 'a smaller bound').toBe(false)
  queue.now = 100
  expect(await enter(LENGTH), 'the time has passed').toBe(false)
})

test('who finds no place waits for those that are being accepted', async () => {
  const { queue, room } = openRoom()
  const first = (await room.keep(1, LENGTH))!
  const [all, refused] = [room.keep(LENGTH, LENGTH), room.keep(LENGTH, LENGTH)]
  queue.waiting = 0
  first[Symbol.dispose]()
  const kept = (await all)!
  queue.waiting = LENGTH
  kept[Symbol.dispose]()
  expect(await refused).toBeNull()
})
