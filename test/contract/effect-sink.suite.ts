import { expect, test } from 'vitest'
import type { EffectDelivery, EffectSink } from '../../src/ports/effect-sink.js'
import type { EventLog } from '../../src/ports/event-log.js'
import type { TaskQueue } from '../../src/ports/task-queue.js'

export interface OpenedEffectSink extends AsyncDisposable {
  readonly effects: EffectSink
  readonly log: EventLog
  readonly queue: TaskQueue
}

interface EffectSinkFixture {
  readonly name: string
  open(): Promise<OpenedEffectSink>
}

const delivery = (revision: number, changes: Partial<EffectDelivery> = {}): EffectDelivery => ({
  documentId: 'd',
  revision,
  events: [{ stream: 'd', type: 'E', data: revision }],
  ...changes,
})

const enqueue = (taskId: string) => ({
  kind: 'enqueue' as const,
  entry: { taskId, queue: 'q', key: 'k', tenantId: 'acme', priority: 5, runAtMs: 0 },
})

/** The contract of `EffectSink`, for each adapter. */
export function runEffectSinkSuite(fixture: EffectSinkFixture): void {
  const sinkTest = (name: string, run: (opened: OpenedEffectSink) => Promise<void>): void => {
    test(`${fixture.name}: ${name}`, async () => {
      await using opened = await fixture.open()
      await run(opened)
    })
  }

  sinkTest('a delivery takes place whole, and once', async ({ effects, log, queue }) => {
    const first = delivery(1, { queue: [enqueue('t')] })
    expect(await effects.deliver(first)).toBe(true)
    expect(await effects.deliver(first)).toBe(false)
    expect(await effects.deliver(delivery(3))).toBe(true)
    expect(await effects.deliver(delivery(2))).toBe(false)
    const race = await Promise.all(Array.from({ length: 20 }, () => effects.deliver(delivery(4))))
    expect(race.filter((applied) => applied)).toHaveLength(1)
    const logged = await log.read('d', 0, 100)
    expect(logged.map(({ data, revision }) => [data, revision])).toEqual([
      [1, 1],
      [3, 3],
      [4, 4],
    ])
    expect((await log.head('d')).revision).toBe(4)
    expect(await queue.waitingByKey('q')).toEqual(new Map([['k', 1]]))
  })

  sinkTest('documents are told apart, and listeners told', async ({ effects, log }) => {
    const told: unknown[] = []
    using _subscription = log.subscribe('d', (events) => told.push(...events.map(({ data }) => data)))
    await Promise.all(['a', 'b'].map((documentId) => effects.deliver(delivery(1, { documentId }))))
    expect(await effects.deliver(delivery(1, { documentId: 'a' }))).toBe(false)
    expect(told).toEqual([1, 1])
  })

  sinkTest('what cannot be any more is passed over', async ({ effects, log, queue }) => {
    await log.append('ended', [{ type: 'End', data: null, ends: true }])
    await queue.enqueue(enqueue('t').entry)
    await queue.claim({ queue: 'q', owner: 'me', limit: 1, leaseMs: 60_000 })
    const late = delivery(1, {
      events: [
        { stream: 'ended', type: 'Late', data: null },
        { stream: 'd', type: 'E', data: 'kept' },
      ],
      queue: [{ kind: 'complete', taskId: 't', attempt: 7 }, enqueue('u')],
    })
    expect(await effects.deliver(late)).toBe(true)
    expect((await log.head('ended')).lastSequence).toBe(1)
    expect(await log.read('d', 0, 10)).toMatchObject([{ sequence: 1, data: 'kept' }])
    expect(await queue.complete('t', 1)).toBe(true)
    expect(await queue.waitingByKey('q')).toEqual(new Map([['k', 1]]))
  })

  sinkTest('a deleted document takes its streams along, and its id can be used anew', async ({ effects, log }) => {
    await effects.deliver(delivery(1))
    const deletion = delivery(2, {
      deleted: true,
      events: [{ stream: 'all', type: 'Deleted', data: 'd' }],
      deleteStreams: ['d'],
    })
    expect(await effects.deliver(deletion)).toBe(true)
    expect(await effects.deliver(deletion)).toBe(false)
    expect((await log.head('d')).lastSequence).toBe(0)
    expect(await effects.deliver(delivery(1))).toBe(true)
    expect(await effects.deliver(delivery(1))).toBe(false)
    expect(await log.read('d', 0, 10)).toMatchObject([{ sequence: 1, revision: 1 }])
    expect((await log.head('all')).lastSequence).toBe(1)
  })
}
