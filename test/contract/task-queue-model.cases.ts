import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createId } from '../../src/kernel/ids.js'
import type { TaskQueue } from '../../src/ports/task-queue.js'
import { isFullTest, testSeed } from '../support/seed.js'
import {
  claimRequest,
  entry,
  gate,
  type OpenedTaskQueue,
  START_MS,
  type TaskQueueFixture,
} from './task-queue.fixture.js'
import { QueueModel } from './task-queue.model.js'

const NUM_RUNS = isFullTest() ? 400 : 10
const LEASE_MS = 40
const IDS = Array.from({ length: 14 }, (_, at) => `t${at}`)
/** Bounds of the rated gate stay, and one tenant has it, so that what is due at once has one order. */
const RATED = gate(3, { count: 2, perMs: 50 }, 'rated')

const id = fc.constantFrom(...IDS)
const queueName = fc.constantFrom('q', 'q', 'q', 'r')
const tenantId = fc.constantFrom('a', 'b', 'c')
const key = fc.constantFrom('k', 'l', 'm')
const delay = fc.constantFrom(0, 0, 0, 5, 30)

const enqueue = fc.record({
  kind: fc.constant('enqueue' as const),
  ...{ id, tenantId, queue: queueName, key, delay },
  priority: fc.integer({ min: 0, max: 9 }),
  claimsBefore: fc.constantFrom(0, 0, 2),
  gate: fc.constantFrom('none', 'none', 'rated', 'one', 'two'),
})
const claim = fc.record({
  kind: fc.constant('claim' as const),
  queue: queueName,
  owner: fc.constantFrom('srv_1', 'srv_2', 'other'),
  limit: fc.integer({ min: 1, max: 6 }),
  keys: fc.option(fc.array(key, { maxLength: 2 }), { nil: undefined }),
  maxPerKey: fc.constantFrom(undefined, undefined, 1, 3),
  tenantId: fc.constantFrom(undefined, undefined, undefined, 'a', 'b'),
})
const command = fc.oneof(
  { weight: 8, arbitrary: enqueue },
  { weight: 5, arbitrary: claim },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('complete' as const, 'remove' as const, 'heartbeat' as const),
      id,
      late: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), id, delay }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('endLeasesOfOthers' as const),
      owner: fc.constantFrom('srv_1', 'srv_3'),
      prefix: fc.constantFrom('srv_', '', 'x'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lapse' as const), id, late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forgetIdle' as const), limit: fc.constantFrom(1, 100) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('configure' as const),
      queue: queueName,
      settings: fc.record({
        paused: fc.constantFrom(false, false, true),
        concurrency: fc.constantFrom(null, null, 2, 5),
        weights: fc.dictionary(tenantId, fc.constantFrom(0.5, 2, 4)),
      }),
    }),
  },
)

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

const gateOf = (one: Extract<Command, { kind: 'enqueue' }>) => {
  if (one.gate === 'none' || (one.gate === 'rated' && one.tenantId !== 'a')) return null
  return one.gate === 'rated' ? RATED : gate(one.gate === 'one' ? 1 : 2)
}

/** Does the command to both, and resolves with what each answered. */
async function apply(
  { queue, effects }: OpenedTaskQueue,
  model: QueueModel,
  one: Command,
): Promise<[unknown, unknown]> {
  switch (one.kind) {
    case 'enqueue': {
      const { queue: name, key, tenantId, priority, claimsBefore } = one
      const changes = { queue: name, key, tenantId, priority, claimsBefore, gate: gateOf(one) }
      const wanted = entry(one.id, { ...changes, runAtMs: model.nowMs + one.delay })
      return [await queue.enqueue(wanted), model.enqueue(wanted)]
    }
    case 'claim': {
      const { keys, maxPerKey, tenantId } = one
      const request = {
        ...claimRequest(one.limit, one.owner, one.queue),
        leaseMs: LEASE_MS,
        ...(keys && { keys }),
        ...(tenantId !== undefined && { tenantId }),
        ...(maxPerKey !== undefined && { maxPerKey }),
      }
      const claimed = await queue.claim(request)
      return [claimed.map(({ taskId, attempt }) => ({ taskId, attempt })), model.claim(request)]
    }
    case 'complete':
    case 'heartbeat':
    case 'remove': {
      const attempt = model.attemptOf(one.id) - (one.late ? 1 : 0)
      if (one.kind === 'remove') return [await queue.remove(one.id), model.remove(one.id)]
      if (one.kind === 'complete') return [await queue.complete(one.id, attempt), model.complete(one.id, attempt)]
      const lost = await queue.heartbeat([{ taskId: one.id, attempt }], LEASE_MS)
      return [lost.length === 0, model.heartbeat(one.id, attempt, LEASE_MS)]
    }
    case 'release': {
      const values = [one.id, model.attemptOf(one.id), model.nowMs + one.delay] as const
      return [await queue.release(...values), model.release(...values)]
    }
    case 'endLeasesOfOthers':
      return [await queue.endLeasesOfOthers(one.owner, one.prefix), model.endLeasesOfOthers(one.owner, one.prefix)]
    case 'lapse': {
      const attempt = model.attemptOf(one.id) - (one.late ? 1 : 0)
      const change = { kind: 'lapse', taskId: one.id, attempt } as const
      const delivery = { documentId: createId('task'), revision: 1, events: [], queue: [change] }
      model.lapse(one.id, attempt)
      return [await effects.deliver(delivery), true]
    }
    case 'forgetIdle':
      return [await forgetIdle(queue, one.limit), model.forgetIdle()]
    case 'configure':
      return [await queue.configure(one.queue, one.settings), model.configure(one.queue, one.settings)]
    case 'wait':
      return [null, null]
  }
}

async function forgetIdle(queue: TaskQueue, limit: number): Promise<void> {
  let cursor: string | null = null
  do cursor = await queue.forgetIdle({ limit, cursor })
  while (cursor !== null)
}

async function compareAll({ queue, findDrift }: OpenedTaskQueue, model: QueueModel): Promise<void> {
  expect(await queue.figures()).toEqual(model.figures())
  expect(await queue.figures('a')).toEqual(model.figures('a'))
  for (const name of ['q', 'r']) expect(await queue.waitingByKey(name)).toEqual(model.waitingByKey(name))
  for (const taskId of model.taskIds) {
    const position = model.position(taskId)
    if (position !== undefined) expect(await queue.position(taskId)).toBe(position)
  }
  const untilMs = model.nowMs - 10
  const lapsed = await queue.listLapsed({ untilMs, limit: 100 })
  const names = lapsed.map(({ taskId, attempt }) => `${taskId} ${attempt}`).sort()
  expect(names).toEqual(
    model
      .lapsed(untilMs)
      .map(({ taskId, attempt }) => `${taskId} ${attempt}`)
      .sort(),
  )
  expect(findDrift()).toEqual([])
}

/** Random commands to the queue and to the model of its rules. */
export function runModelCases(fixture: TaskQueueFixture): void {
  test(`${fixture.name}: the queue does as its rules say, and counts right`, async () => {
    const commands = fc.array(command, { minLength: 1, maxLength: 120, size: 'max' })
    const property = fc.asyncProperty(commands, async (list) => {
      await using opened = await fixture.open()
      opened.clock.nowMs = START_MS
      const model = new QueueModel(START_MS)
      for (const [at, one] of list.entries()) {
        if (one.kind === 'wait') model.nowMs = opened.clock.nowMs += one.ms
        const [given, expected] = await apply(opened, model, one)
        expect(given, `command ${at}: ${JSON.stringify(one)}`).toEqual(expected)
        if (at % 8 === 0 || at === list.length - 1) await compareAll(opened, model)
      }
    })
    await fc.assert(property, { numRuns: NUM_RUNS, seed: testSeed() })
  })
}
