import { expect, test } from 'vitest'
import { runClaimCases } from './task-queue-claims.cases.js'
import { runFencingCases } from './task-queue-fencing.cases.js'
import { runFigureCases } from './task-queue-figures.cases.js'
import { runGateCases } from './task-queue-gates.cases.js'
import { runModelCases } from './task-queue-model.cases.js'
import { runNotifyCases } from './task-queue-notify.cases.js'
import { runShareCases } from './task-queue-shares.cases.js'
import { claimIds, claimRequest, entry, type QueueTest, START_MS, type TaskQueueFixture } from './task-queue.fixture.js'

/** The contract of `TaskQueue`, for each adapter. */
export function runTaskQueueSuite(fixture: TaskQueueFixture): void {
  const queueTest: QueueTest = (name, run) => {
    test(`${fixture.name}: ${name}`, async () => {
      await using opened = await fixture.open()
      opened.clock.nowMs = START_MS
      await run(opened)
      expect(opened.findDrift()).toEqual([])
    })
  }
  runClaimCases(queueTest)
  runFencingCases(queueTest)
  runGateCases(queueTest)
  runShareCases(queueTest)
  runFigureCases(queueTest)
  runNotifyCases(queueTest)
  runModelCases(fixture)

  test(`${fixture.name}: the queue is there when it is opened again`, async () => {
    const opened = await fixture.open()
    opened.clock.nowMs = START_MS
    for (const id of ['a', 'b', 'c']) await opened.queue.enqueue(entry(id))
    expect(await claimIds(opened.queue, 1, 'before')).toEqual(['a'])
    await using again = await opened.reopen()
    again.clock.nowMs = START_MS
    expect(await claimIds(again.queue, 1, 'after')).toEqual(['b'])
    expect(await again.queue.endLeasesOfOthers('after', '')).toBe(1)
    const [claimed] = await again.queue.claim(claimRequest(1, 'after'))
    expect(claimed).toMatchObject({ taskId: 'a', attempt: 2 })
    expect(await again.queue.complete('a', 1)).toBe(false)
    expect(await again.queue.complete('a', 2)).toBe(true)
  })
}
