import { expect, test } from 'vitest'
import type { StreamItem } from '../../src/domain/stream.js'
import type { TaskDocument, TaskState } from '../../src/domain/task.js'
import { encodeCursor } from '../../src/services/streams/cursor.js'
import { followWithPosition, LookTimes, type TaskForecast } from '../../src/services/tasks/task-position.js'
import type { TaskEvent } from '../../src/services/tasks/task-stream.js'
import { ManualClock } from '../support/manual-clock.js'
import { makeTask } from '../support/tasks.js'

type Item = StreamItem<TaskDocument, TaskEvent>

const task = makeTask()
const range = (sequence: number) => ({
  cursor: encodeCursor(task.id, sequence),
  fromSequence: sequence,
  sequence,
  at: 1,
})
const snapshot: Item = { type: 'snapshot', ...range(1), snapshot: task }
const changed = (sequence: number, state: TaskState): Item => ({
  type: 'event',
  ...range(sequence),
  event: { type: 'changed', status: { ...task, state, lastAttempt: null } },
})

/** A stream that gives what it is told to, until the signal aborts. */
async function* streamOf(items: (Item | Promise<Item>)[], signal: AbortSignal): AsyncGenerator<Item> {
  yield* items
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

class Follower {
  readonly clock = new ManualClock(1_000)
  readonly stop = new AbortController()
  looks = 0
  stands: TaskForecast = { position: 5, etaMs: null }
  readonly items: ReturnType<typeof followWithPosition>

  constructor(items: (Item | Promise<Item>)[], after: string | null = null, times = new LookTimes()) {
    const { clock, stop } = this
    const forecast = (): Promise<TaskForecast> => {
      this.looks++
      return Promise.resolve(this.stands)
    }
    const logged = streamOf(items, stop.signal)
    this.items = followWithPosition(logged, { task, after, forecast, times, clock, signal: stop.signal })
  }

  async next(): Promise<unknown> {
    return (await this.items.next()).value
  }

  /** The next item once the time has come for a look. */
  async nextAfter(ms: number): Promise<unknown> {
    const next = this.next()
    await this.#asleep()
    this.clock.advance(ms)
    return next
  }

  /** Lets the time of a look pass in which nothing is told. */
  async passLook(): Promise<void> {
    const { looks } = this
    await this.#asleep()
    this.clock.advance(1_000)
    while (this.looks === looks) await new Promise(setImmediate)
  }

  async #asleep(): Promise<void> {
    while (this.clock.sleeping === 0) await new Promise(setImmediate)
  }
}

test('where a waiting task stands is told once a second at most, when it has changed, with the last cursor', async () => {
  const follower = new Follower([snapshot])
  expect(await follower.next()).toBe(snapshot)
  const first = {
    type: 'position',
    cursor: range(1).cursor,
    fromSequence: 2,
    sequence: 1,
    queuePosition: 5,
    etaMs: null,
  }
  expect(await follower.nextAfter(1_000)).toEqual({ ...first, at: 2_000 })
  const next = follower.next()
  await follower.passLook()
  await follower.passLook()
  follower.stands = { position: 4, etaMs: 80 }
  await follower.passLook()
  expect(await next).toEqual({ ...first, at: 5_000, queuePosition: 4, etaMs: 80 })
  expect(follower.looks).toBe(4)
})

test('what does not wait for its turn costs no look; one that waits again is told anew', async () => {
  const again = Promise.withResolvers<Item>()
  const follower = new Follower([snapshot, changed(2, 'RUNNING'), again.promise])
  await follower.next()
  await follower.next()
  const next = follower.next()
  await new Promise(setImmediate)
  expect(follower.clock.sleeping).toBe(0)
  again.resolve(changed(3, 'QUEUED'))
  expect(await next).toMatchObject({ sequence: 3 })
  expect(follower.looks).toBe(0)
  expect(await follower.nextAfter(2_000)).toMatchObject({ type: 'position', fromSequence: 4, sequence: 3 })
})

test('events come at once while the time of a look has not come', async () => {
  const event = Promise.withResolvers<Item>()
  const follower = new Follower([snapshot, event.promise])
  await follower.next()
  const next = follower.next()
  event.resolve(changed(2, 'RUNNING'))
  expect(await next).toMatchObject({ type: 'event', sequence: 2 })
  expect(follower.looks).toBe(0)
})

test('one that comes back with a cursor is told with that, without a snapshot', async () => {
  const { cursor } = range(7)
  const follower = new Follower([], cursor)
  expect(await follower.nextAfter(1_000)).toMatchObject({ type: 'position', cursor, fromSequence: 8, sequence: 7 })
})

test('who leaves ends the looks', async () => {
  const follower = new Follower([snapshot])
  await follower.next()
  const next = follower.next()
  follower.stop.abort()
  expect(await next).toBeUndefined()
  follower.clock.advance(10_000)
  await new Promise(setImmediate)
  expect(follower.looks).toBe(0)
  expect(follower.clock.sleeping).toBe(0)
})

test('many that wait look less often, so that all of them look a hundred times a second at most', async () => {
  const times = new LookTimes()
  const crowd = Array.from({ length: 400 }, () => new Follower([snapshot], null, times))
  for (const follower of crowd) await follower.next()
  crowd.forEach((follower) => void follower.next())
  await new Promise(setImmediate)
  expect(times.everyMs).toBe(4_000)
  for (const follower of crowd) follower.stop.abort()
  await new Promise(setImmediate)
  expect(times.everyMs).toBe(1_000)
})

test('those that came and went leave the others as they were', async () => {
  const times = new LookTimes()
  for (let i = 0; i < 1_000; i++) {
    const follower = new Follower([snapshot], null, times)
    await follower.next()
    await follower.items.return(undefined)
  }
  const follower = new Follower([snapshot], null, times)
  await follower.next()
  expect(await follower.nextAfter(1_000)).toMatchObject({ type: 'position' })
})
