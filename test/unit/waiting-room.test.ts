import { expect, test } from 'vitest'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import { WaitingRoom } from '../../src/services/predictions/waiting-room.js'

const enter = (room: WaitingRoom, predictionId: string, runningCount = 8): void =>
  room.enter({ versionId: 'v', predictionId, maxQueueLength: 3, runningCount })

test('the wait follows from what waits, half of what runs, and what predictions cost lately', () => {
  const room = new WaitingRoom({ parallel: 8 })
  expect(room.expectedWaitMs('v', 7)).toBe(0)
  expect(room.expectedWaitMs('v', 8)).toBeNull()
  room.noteCost('v', 100)
  expect(room.expectedWaitMs('v', 8)).toBe(400)
  for (const id of ['a', 'b']) enter(room, id)
  expect(room.expectedWaitMs('v', 8)).toBe(600)
  // The latest count most, and what other versions cost is nothing to this one.
  for (let i = 0; i < 50; i++) room.noteCost('v', 10)
  room.noteCost('w', 1_000)
  expect(room.expectedWaitMs('v', 8)).toBeCloseTo(60, 0)
  room.leave('a')
  room.leave('a')
  expect(room.expectedWaitMs('v', 0)).toBeCloseTo(10, 0)
  room.leave('b')
  expect([room.expectedWaitMs('v', 0), room.waiting('v')]).toEqual([0, 0])
})

test('a full room refuses more and says when to come again', () => {
  const room = new WaitingRoom({ parallel: 8 })
  room.noteCost('v', 1_000)
  for (const id of ['a', 'b', 'c']) enter(room, id)
  expect(() => enter(room, 'd')).toThrow(
    expect.toSatisfy((error) => isErrorWithCode(error, 'OVERLOADED') && error.details.retryAfterMs === 3_500) as Error,
  )
  room.leave('b')
  enter(room, 'd')
  expect(room.waiting('v')).toBe(3)
})
