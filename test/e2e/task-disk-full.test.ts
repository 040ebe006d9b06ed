import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FormattedExecutionResult } from 'graphql'
import { expect, test } from 'vitest'
import {
  EnqueueTaskDocument,
  EnqueueTaskGraphDocument,
  PredictBatchDocument,
  TaskDocument,
  TasksDocument,
  UpsertScheduleDocument,
} from '../generated/graphql.js'
import { enqueue, readToEnd, readUntil, sleep } from '../support/enqueued-tasks.js'
import { limitFiles, requireFullDisk, SURVIVES_FULL_DISK } from '../support/full-disk.js'
import { canMount, LoopDisk } from '../support/loop-disk.js'
import { EMBEDDING_MODEL } from '../support/models.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'
import { WorkerClient } from '../support/worker-client.js'

const STEP = { name: 'step', queue: 'steps', inputSchema: { type: 'object' } }
const LEASE_MS = 1_000
const MINUTE_MS = 60_000

const codeOf = ({ errors }: FormattedExecutionResult<unknown>): unknown => errors?.[0]?.extensions?.['code']

async function startServer(folder: string): Promise<TestServer> {
  const types = join(folder, 'types.json')
  await writeFile(types, JSON.stringify([STEP]))
  return TestServer.start({
    ...SURVIVES_FULL_DISK,
    GRAPHLOOM_DATA_DIR: join(folder, 'data'),
    GRAPHLOOM_TASK_TYPES_FILE: types,
    GRAPHLOOM_TASK_LEASE_MS: String(LEASE_MS),
  })
}

const countTasks = async (server: TestServer): Promise<number> =>
  (await server.request(TasksDocument, { first: 100 })).tasks.nodes.length

const makeSchedule = (name: string, cron: string) => ({
  input: { name, cron, timezone: 'UTC', task: { type: 'sleep', input: { durationMs: 0 } } },
})

test.skipIf(!requireFullDisk())(
  'without space nothing is accepted, what is done is not lost, and all goes on with the space',
  async () => {
    await using folder = await createTemporaryFolder('tasks-disk-full')
    await using server = await startServer(folder.path)
    const running = await enqueue(server, sleep(3_000))
    const parent = await enqueue(server, sleep(3_500))
    const worker = new WorkerClient(server, ['step'])
    const external = await enqueue(server, { type: 'step', input: {} })
    const claimed = await worker.claimOne({ leaseMs: MINUTE_MS })
    const { upsertSchedule } = await server.request(UpsertScheduleDocument, makeSchedule('seconds', '* * * * * *'))
    expect(upsertSchedule.__typename).toBe('Schedule')
    for (const { id } of [running, parent]) await readUntil(server, id, 'RUNNING')

    limitFiles(server.pid, 0)
    const ask = async () => [
      await server.send(EnqueueTaskDocument, { input: sleep(0) }),
      await server.send(EnqueueTaskDocument, { input: { type: 'step', input: { text: 'x'.repeat(500_000) } } }),
      await server.send(EnqueueTaskGraphDocument, {
        input: {
          tasks: [
            { name: 'a', type: 'sleep', input: { durationMs: 0 } },
            { name: 'b', type: 'sleep', input: { durationMs: 0 }, after: [{ name: 'a' }] },
          ],
        },
      }),
      await server.send(PredictBatchDocument, { inputs: [{ embedding: { model: EMBEDDING_MODEL, texts: ['x'] } }] }),
      await server.send(UpsertScheduleDocument, makeSchedule('another', '0 0 1 1 *')),
    ]
    const refused = (await ask()).map(codeOf)
    expect(refused).toEqual(refused.map(() => 'UNAVAILABLE'))
    await expect(worker.complete(claimed, {})).rejects.toThrow('UNAVAILABLE')
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(503)
    const stored = await countTasks(server)
    const unstored = (): string[] =>
      server.lines
        .filter(({ msg }) => msg === 'the store cannot be used for a task, trying again')
        .map(({ task }) => String(task))
    await waitFor('the work to be done', () => unstored().includes(running.id) && unstored().includes(parent.id))
    await waitFor('the leases to pass', () => {
      const behind = server.lines.filter(({ msg }) => msg === 'leases not extended')
      return behind.length >= 4
    })
    expect((await server.request(TaskDocument, { id: running.id })).task).toMatchObject({ state: 'RUNNING' })
    expect((await ask()).map(codeOf)).toEqual(refused)
    expect(await countTasks(server)).toBe(stored)

    limitFiles(server.pid, 'unlimited')
    for (const { id } of [running, parent]) {
      const reader = await readToEnd(server, id)
      expect(reader).toMatchObject({ end: 'FINISHED', mistakes: [], task: { attempt: 1, failures: 0 } })
      expect(reader.task!.attempts).toHaveLength(1)
    }
    await worker.complete(claimed, {})
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200)
    expect(await readToEnd(server, external.id)).toMatchObject({ end: 'FINISHED', task: { attempt: 1 } })
    expect(await readToEnd(server, (await enqueue(server, sleep(0))).id)).toMatchObject({ end: 'FINISHED' })
    expect((await ask()).map(codeOf)).toEqual(refused.map(() => undefined))
    const before = await countTasks(server)
    await waitFor('the schedule to go on', async () => (await countTasks(server)) > before)
  },
)

const environmentOf = ({ path }: LoopDisk) => ({ GRAPHLOOM_DATA_DIR: path, GRAPHLOOM_TASK_LEASE_MS: '1000' })

const listIds = async (server: TestServer): Promise<string[]> =>
  (await server.request(TasksDocument, { first: 100, orderBy: 'CREATED_AT_ASC' })).tasks.nodes.map(({ id }) => id)

/** Accepts tasks, loses the disk, and is ended; gives what it had accepted. */
async function acceptUntilItFails(disk: LoopDisk): Promise<[ended: string, running: string, later: string]> {
  await using server = await TestServer.start(environmentOf(disk))
  const ended = await enqueue(server, sleep(0))
  await readToEnd(server, ended.id)
  const running = await enqueue(server, sleep(500))
  const later = await enqueue(server, sleep(0, { delayMs: 86_400_000 }))
  await readUntil(server, running.id, 'RUNNING')

  disk.fail()
  for (const text of ['short', 'x'.repeat(500_000)]) {
    const input = { type: 'http.request', input: { method: 'POST', url: 'http://a.example', body: { text } } }
    const { errors } = await server.send(EnqueueTaskDocument, { input })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
  }
  await waitFor('the result to wait for the disk', () =>
    server.lines.some(
      ({ msg, task }) => msg === 'the store cannot be used for a task, trying again' && task === running.id,
    ),
  )
  expect((await server.request(TaskDocument, { id: running.id })).task).toMatchObject({ state: 'RUNNING' })
  expect(await listIds(server)).toEqual([ended.id, running.id, later.id])
  await server.kill()
  return [ended.id, running.id, later.id]
}

if (await canMount())
  test('on a disk that became read-only nothing is accepted, and what was is there when it can be written again', async () => {
    await using disk = await LoopDisk.create()
    const accepted = await acceptUntilItFails(disk)
    disk.unmount()
    disk.repair()

    disk.mount('ro')
    const refused = TestServer.spawn(environmentOf(disk))
    expect(await refused.exited).toMatchObject({ code: 1 })
    expect(refused.stderr).toContain('EROFS: read-only file system')
    disk.unmount()

    disk.mount()
    await using server = await TestServer.start(environmentOf(disk))
    const [, running, later] = accepted
    expect(await readToEnd(server, running)).toMatchObject({ end: 'FINISHED', task: { state: 'SUCCEEDED' } })
    expect(await listIds(server)).toEqual(accepted)
    expect((await server.request(TaskDocument, { id: later })).task).toMatchObject({ state: 'SCHEDULED' })
    expect(await readToEnd(server, (await enqueue(server, sleep(0))).id)).toMatchObject({ end: 'FINISHED' })
  })
