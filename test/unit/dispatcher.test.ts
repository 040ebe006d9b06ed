import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ClaimedTask } from '../../src/ports/task-queue.js'
import { Dispatcher, type DispatcherOptions } from '../../src/services/tasks/dispatcher.js'
import { openState } from '../../src/state.js'
import { enqueueMany, entry } from '../contract/task-queue.fixture.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { silentLogger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

async function openQueue() {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await createTemporaryFolder('dispatcher'))
  const { queue } = stack.use(await openState({ dataDirectory: folder.path, mongodbUri: null, logger: silentLogger }))
  const dispatch = (window: number, handle: DispatcherOptions['handle']): Dispatcher => {
    const shared = { tasks: queue, queue: 'q', owner: 'me', leaseMs: 60_000, logger: silentLogger }
    const dispatcher = new Dispatcher({ ...shared, window, handle })
    stack.defer(() => dispatcher.stop())
    return dispatcher
  }
  return { queue, dispatch, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const enqueue = (queue: Awaited<ReturnType<typeof openQueue>>['queue'], from: number, to: number) =>
  enqueueMany(
    queue,
    Array.from({ length: to - from }, (_, i) => entry(`task_${from + i}`)),
  )

test.each([1, 2, 3, 7, 50, 130])('with a window of %d so many run, and no more', async (window) => {
  await using opened = await openQueue()
  const { queue, dispatch } = opened
  const held = Promise.withResolvers<void>()
  const ended = new Set<string>()
  let [running, most] = [0, 0]
  const dispatcher = dispatch(window, async ({ taskId, attempt }) => {
    most = Math.max(most, ++running)
    await held.promise
    running--
    await queue.complete(taskId, attempt)
    ended.add(taskId)
  })
  const count = 2 * window + 5
  await enqueue(queue, 0, count)
  dispatcher.start()
  await waitFor('a full window', () => running >= window)
  for (let turn = 0; turn < 20; turn++) await setImmediate()
  expect(running).toBe(window)
  expect(dispatcher.runningCount).toBe(window)
  held.resolve()
  await waitFor('all ends', () => ended.size === count)
  expect(most).toBe(window)
})

test('while ends are written others run, twice the window at most; each is done once, and none is forgotten', async () => {
  const random = createRandom(testSeed())
  for (let round = 0; round < (isFullTest() ? 60 : 6); round++) {
    await using opened = await openQueue()
    const { queue, dispatch } = opened
    const window = 1 + Math.floor(random() * 40)
    const attempts = new Map<string, number>()
    let [working, inHand, mostWorking, mostInHand] = [0, 0, 0, 0]
    const turns = async (most: number): Promise<void> => {
      for (let left = Math.floor(random() * most); left > 0; left--) await setImmediate()
    }
    const dispatcher = dispatch(window, async ({ taskId, attempt }: ClaimedTask, _signal, onEnding) => {
      attempts.set(taskId, (attempts.get(taskId) ?? 0) + 1)
      mostWorking = Math.max(mostWorking, ++working)
      mostInHand = Math.max(mostInHand, ++inHand)
      if (random() < 0.5) await turns(4)
      working--
      if (random() < 0.9) onEnding()
      if (random() < 0.2) await turns(30)
      await queue.complete(taskId, attempt)
      inHand--
    })
    let enqueued = Math.floor(random() * 100)
    await enqueue(queue, 0, enqueued)
    dispatcher.start()
    while (enqueued < 400) {
      const next = enqueued + 1 + Math.floor(random() * 60)
      await enqueue(queue, enqueued, next)
      enqueued = next
      await turns(20)
    }
    await waitFor('all ends', () => attempts.size === enqueued && inHand === 0)
    expect(Math.max(...attempts.values()), 'done again').toBe(1)
    expect(mostWorking).toBeLessThanOrEqual(window)
    expect(mostInHand).toBeLessThanOrEqual(2 * window)
    expect(dispatcher.runningCount).toBe(0)
  }
})
