import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { ManualClock } from '../support/manual-clock.js'
import { requireMongod, startMongo, type MongoServer } from '../support/mongo.js'
import { ADA, openScheduling, SCHEDULING_COLLECTIONS, scheduleSettings, tasksOf } from '../support/schedules.js'
import { openSharedMongo, prepareMongo } from '../support/shared-mongo.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const SCHEDULER = fileURLToPath(new URL('../fixtures/scheduler-process.js', import.meta.url))
const START = Date.parse('2026-01-01T00:00:00Z')
const SECOND_MS = 1_000
const STEPS = 50

const mongod = await requireMongod()

describe.skipIf(mongod === null)('three scheduler processes on one MongoDB', () => {
  const stack = new AsyncDisposableStack()
  let mongo: MongoServer

  beforeAll(async () => {
    mongo = stack.use(await startMongo('standalone'))
  })
  afterAll(() => stack.disposeAsync())

  /** A schedule that is due each second, and the same place seen by the test. */
  async function openPlace(scope: AsyncDisposableStack) {
    const uri = mongo.freshUri()
    const folder = scope.use(await createTemporaryFolder('schedulers'))
    const { effects, events } = scope.use(await openSqliteDatabase({ directory: folder.path, logger, collections: [] }))
    await prepareMongo({ uri, collections: SCHEDULING_COLLECTIONS, effects })
    const { documents } = scope.use(await openSharedMongo({ uri, collections: SCHEDULING_COLLECTIONS, effects }))
    const blobsPath = join(folder.path, 'blobs')
    const clock = new ManualClock(START)
    const scheduling = scope.use(await openScheduling({ documents, events, blobsPath, clock, schedulers: 0 }))
    const { id } = await scheduling.service.upsert(ADA, scheduleSettings({ cron: '* * * * * *', catchUp: 'ALL' }))
    return { uri, scheduling, id }
  }

  async function startScheduler(scope: AsyncDisposableStack, uri: string): Promise<ChildProcess> {
    const folder = scope.use(await createTemporaryFolder('scheduler'))
    const child = fork(SCHEDULER, [uri, folder.path, String(START)])
    scope.defer(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    })
    await once(child, 'message')
    return child
  }

  /** Resolves when all of them have seen to what is due. */
  async function advance(children: readonly ChildProcess[], ms: number): Promise<void> {
    const over = new AbortController()
    const settled = children.map((child) => {
      const heard = (event: string) => once(child, event, over)
      const answered = Promise.race([heard('message'), heard('exit')])
      child.send(ms)
      return answered
    })
    await Promise.all(settled)
    over.abort()
  }

  const dueTimes = Array.from({ length: STEPS }, (_, at) => START + (at + 1) * SECOND_MS)

  test(`fire each of ${STEPS} due times once`, async () => {
    await using scope = new AsyncDisposableStack()
    const { uri, scheduling, id } = await openPlace(scope)
    const children = await Promise.all([1, 2, 3].map(() => startScheduler(scope, uri)))
    for (let step = 0; step < STEPS; step++) await advance(children, SECOND_MS)
    const tasks = await tasksOf(scheduling, id)
    expect(tasks.map(({ scheduleDueAt }) => scheduleDueAt)).toEqual(dueTimes)
    expect(await scheduling.store.requireByName(ADA.tenantId, 'nightly')).toMatchObject({
      lastDueAt: dueTimes.at(-1),
      lastTaskId: tasks.at(-1)?.id,
      skipped: [],
    })
  })

  test('also when they are killed at any moment', async () => {
    await using scope = new AsyncDisposableStack()
    const { uri, scheduling, id } = await openPlace(scope)
    const children = await Promise.all([1, 2, 3].map(() => startScheduler(scope, uri)))
    for (let step = 0; step < STEPS; step++) {
      const advanced = advance(children, SECOND_MS)
      if (step % 20 === 10) children.pop()?.kill('SIGKILL')
      await advanced
    }
    const tasks = await tasksOf(scheduling, id)
    expect(tasks.map(({ scheduleDueAt }) => scheduleDueAt)).toEqual(dueTimes)
  })
})
