import { expect, test } from 'vitest'
import { EnqueueTaskDocument, TaskDocument, TasksDocument } from '../generated/graphql.js'
import { enqueue, readToEnd, readUntil, sleep } from '../support/enqueued-tasks.js'
import { LoopDisk, requireLoopDisk } from '../support/loop-disk.js'
import { TestServer } from '../support/server.js'
import { waitFor } from '../support/wait.js'

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
    const input = { type: 'http.request', input: { url: 'http://a.example', body: { text } } }
    const { errors } = await server.send(EnqueueTaskDocument, { input })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
  }
  await waitFor('the result to wait for the disk', () =>
    server.lines.some(({ msg, task }) => msg === 'task not stored, trying again' && task === running.id),
  )
  expect((await server.request(TaskDocument, { id: running.id })).task).toMatchObject({ state: 'RUNNING' })
  expect(await listIds(server)).toEqual([ended.id, running.id, later.id])
  await server.kill()
  return [ended.id, running.id, later.id]
}

test.skipIf(!requireLoopDisk())(
  'on a disk that became read-only nothing is accepted, and what was is there when it can be written again',
  async () => {
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
  },
)
