import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { DATABASE_FILE, openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { createTemporaryFolder } from '../support/temporary.js'

test('of tenants and keys that have nothing any more nothing is left, whatever their number', async () => {
  await using folder = await createTemporaryFolder('idle')
  const options = { directory: folder.path, logger: pino({ level: 'silent' }), collections: [], now: () => 1_000 }
  await using database = await openSqliteDatabase(options)
  const { queue } = database
  const count = (table: string): number => {
    using reader = new DatabaseSync(join(folder.path, DATABASE_FILE), { readOnly: true })
    return Number(reader.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count)
  }
  const enqueue = (
    taskId: string,
    place: { readonly queue: string; readonly key: string; readonly tenantId: string },
  ) => queue.enqueue({ taskId, ...place, priority: 5, runAtMs: 0 })
  const tenants = Array.from({ length: 30 }, (_, at) => `tenant ${at}`)
  await Promise.all(tenants.map((tenantId) => enqueue(tenantId, { queue: 'idle', key: tenantId, tenantId })))
  await enqueue('stays', { queue: 'busy', key: 'k', tenantId: 'tenant 0' })
  const claimed = await queue.claim({ queue: 'idle', owner: 'me', limit: 100, leaseMs: 1_000 })
  const forget = async (): Promise<void> => {
    for (let cursor = await queue.forgetIdle({ limit: 7, cursor: null }); cursor !== null;)
      cursor = await queue.forgetIdle({ limit: 7, cursor })
  }
  await forget()
  expect([count('lanes'), count('keys')]).toEqual([31, 31])
  for (const { taskId, attempt } of claimed) await queue.complete(taskId, attempt)
  await forget()
  expect([count('lanes'), count('keys')]).toEqual([1, 1])
})
