import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CancelTaskDocument, TaskDocument } from '../generated/graphql.js'
import { ask, enqueue, readToEnd, sleep } from '../support/enqueued-tasks.js'
import { ExampleWorker } from '../support/example-workers.js'
import { Ledger } from '../support/ledger.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { findFreePort, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const ROUNDS = isFullTest() ? 200 : 3
const TASKS_OF_ROUND = 30
const LEAST_ACCEPTED = 4
const ENDS = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'EXPIRED'])
const SUM = {
  name: 'sum',
  outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
}

async function openWorld(stack: AsyncDisposableStack) {
  const folder = stack.use(await createTemporaryFolder('task-kills')).path
  const types = join(folder, 'types.json')
  await writeFile(types, JSON.stringify([SUM]))
  const environment = {
    GRAPHLOOM_DATA_DIR: join(folder, 'data'),
    GRAPHLOOM_PORT: String(await findFreePort()),
    GRAPHLOOM_TASK_TYPES_FILE: types,
    GRAPHLOOM_TASK_LEASE_MS: '1000',
    GRAPHLOOM_RETENTION_INTERVAL_MS: '100',
    GRAPHLOOM_WEB_ALLOWED_ADDRESSES: '127.0.0.0/8',
  }
  const ledger = stack.use(await Ledger.start())
  const server = await TestServer.start(environment)
  const url = `http://127.0.0.1:${environment.GRAPHLOOM_PORT}/graphql`
  const startWorker = (name: string) => ExampleWorker.start({ url, name, ledger: ledger.url, pause: '5' })
  return { environment, ledger, server, startWorker }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

test(`nothing that was accepted is lost or done twice in effect: ${ROUNDS} kills under load`, async () => {
  const random = createRandom(testSeed())
  const upTo = (limit: number): number => Math.floor(random() * limit)
  await using stack = new AsyncDisposableStack()
  const world = await openWorld(stack)
  const { environment, ledger, startWorker } = world
  let { server } = world
  stack.defer(() => server[Symbol.asyncDispose]())
  const workers = [await startWorker('one'), await startWorker('two')]
  stack.defer(async () => {
    for (const worker of workers) await worker[Symbol.asyncDispose]()
  })

  const accepted = new Map<string, readonly number[] | null>()
  const cancelled = new Set<string>()
  const toTask = () => {
    const numbers = Array.from({ length: 1 + upTo(3) }, () => upTo(100))
    const more = { ...(upTo(4) === 0 && { delayMs: upTo(200) }), ...(upTo(5) === 0 && { concurrency: { key: 'k' } }) }
    const backoff = { initialMs: 10, maxMs: 20 }
    return [
      { numbers: null, input: sleep(upTo(60), more) },
      { numbers, input: { type: 'sum', input: { numbers }, backoff, ...more } },
      {
        numbers: null,
        input: { type: 'http.request', input: { url: `${ledger.url}/call`, method: 'POST' }, backoff, ...more },
      },
    ][upTo(3)]!
  }
  const load = async (): Promise<void> => {
    const { numbers, input } = toTask()
    try {
      const result = await ask(server, { ...input, attemptLimit: 50 })
      if (result.__typename !== 'Task') throw new Error(JSON.stringify(result))
      accepted.set(result.id, numbers)
      if (upTo(8) > 0) return
      await server.request(CancelTaskDocument, { input: { id: result.id } })
      cancelled.add(result.id)
    } catch {
      // What was not acknowledged may have been accepted or not.
    }
  }

  for (let round = 0; round < ROUNDS; round++) {
    const loading = Promise.all(Array.from({ length: TASKS_OF_ROUND }, load))
    // In most rounds something new is there to be lost; in the others nothing needs to have been accepted yet.
    const least = round % 4 === 0 ? 0 : accepted.size + LEAST_ACCEPTED
    await waitFor('tasks of this round', () => accepted.size >= least)
    await new Promise((resolve) => setTimeout(resolve, upTo(300)))
    if (upTo(3) === 0) {
      const at = upTo(2)
      await workers[at]!.kill()
      workers[at] = await startWorker(at === 0 ? 'one' : 'two')
      await loading
    } else {
      await server.kill()
      await loading
      server = await TestServer.start(environment)
    }
  }

  for (const [id, numbers] of accepted) {
    const task = await waitFor(`the end of ${id}`, async () => {
      const found = (await server.request(TaskDocument, { id })).task
      return found && ENDS.has(found.state) ? found : null
    })
    const { end, mistakes, states } = await readToEnd(server, id)
    expect(mistakes).toEqual([])
    expect(end).not.toBeNull()
    expect(states.at(-1)).toBe(task.state)
    // A task whose workers were killed three times one after the other is held to be what kills them.
    if (task.state === 'FAILED') expect(task.error?.code).toBe('WORKER_LOST')
    else if (task.state === 'CANCELLED') expect(task.error).toBeNull()
    else expect(task.state).toBe('SUCCEEDED')
    if (task.state !== 'SUCCEEDED') continue
    const successes = task.attempts.filter(({ error, endedAt }) => error === null && endedAt !== null)
    expect(successes).toHaveLength(1)
    if (numbers === null) continue
    expect(task.output).toEqual({ sum: sumOf(numbers) })
    expect(ledger.effects.get(id)).toMatchObject({ sum: sumOf(numbers) })
    expect(ledger.effects.get(id)!.attempt).toBeLessThanOrEqual(task.attempt)
  }
  const states = await Promise.all(
    [...cancelled].map(async (id) => (await server.request(TaskDocument, { id })).task!.state),
  )
  // A cancel that was acknowledged comes too late only for what had ended.
  for (const state of states) expect(['CANCELLED', 'SUCCEEDED', 'FAILED']).toContain(state)
  expect(accepted.size).toBeGreaterThan(ROUNDS * 2)
}, 3_000_000)

test('a worker that was stopped beyond its lease is refused, and its work counts once', async () => {
  await using stack = new AsyncDisposableStack()
  const { ledger, server, startWorker } = await openWorld(stack)
  stack.use(server)
  const stopped = stack.use(await startWorker('stopped'))
  const { id } = await enqueue(server, { type: 'sum', input: { numbers: Array.from({ length: 2_000 }, () => 1) } })
  await waitFor(
    'the first worker to have it',
    async () => (await server.request(TaskDocument, { id })).task!.state === 'RUNNING',
  )
  stopped.signal('SIGSTOP')
  stack.use(await startWorker('other'))
  const { states, end } = await readToEnd(server, id)
  stopped.signal('SIGCONT')
  expect([states.at(-1), end]).toEqual(['SUCCEEDED', 'FINISHED'])
  await waitFor('the late worker to say something', () => stopped.lines.length > 1 || ledger.refused > 0)
  const { task } = await server.request(TaskDocument, { id })
  expect(task).toMatchObject({ state: 'SUCCEEDED', output: { sum: 2_000 }, attempt: 2 })
  expect(task!.attempts).toMatchObject([{ error: { code: 'UNAVAILABLE' } }, { error: null }])
  expect(ledger.effects.get(id)).toMatchObject({ attempt: 2, sum: 2_000 })
  expect(stopped.lines.filter((line) => line.startsWith('done'))).toEqual([])
})

test('bounds of keys hold over eight workers', async () => {
  await using stack = new AsyncDisposableStack()
  const { ledger, server, startWorker } = await openWorld(stack)
  stack.use(server)
  const concurrency = { key: 'narrow', limit: 3, rate: { count: 5, perMs: 500 } }
  const inputs = Array.from({ length: 30 }, (_, at) => ({ type: 'sum', input: { numbers: [at] }, concurrency }))
  const ids = (await Promise.all(inputs.map((input) => enqueue(server, input)))).map(({ id }) => id)
  const workers = await Promise.all(Array.from({ length: 8 }, (_, at) => startWorker(`worker ${at}`)))
  for (const worker of workers) stack.use(worker)
  for (const id of ids) expect(await readToEnd(server, id)).toMatchObject({ end: 'FINISHED' })
  expect(ledger.effects.size).toBe(30)
  expect(ledger.mostBusy).toBeLessThanOrEqual(3)
  const starts = await Promise.all(
    ids.map(async (id) => Date.parse((await server.request(TaskDocument, { id })).task!.startedAt!)),
  )
  // Six fives in windows of 500 ms; when the first one began after its claim, the machine decides.
  expect(Math.max(...starts) - Math.min(...starts)).toBeGreaterThanOrEqual(1_500)
})
