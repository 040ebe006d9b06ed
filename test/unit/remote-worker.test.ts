import { afterEach, expect, test } from 'vitest'
import { GraphloomError, type ErrorInfo } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import { systemClock } from '../../src/kernel/clock.js'
import type { ClaimStanding, TaskSource, WorkItem } from '../../src/ports/task-source.js'
import { RemoteWorker } from '../../src/services/tasks/remote-worker.js'
import { DEFAULTS, type TaskType } from '../../src/services/tasks/task-type.js'
import { silentLogger } from '../support/state.js'
import { waitFor } from '../support/wait.js'

/** A server that gives out what it is told to, and remembers what it is told. */
class Source implements TaskSource {
  readonly given: WorkItem[] = []
  readonly beats: (readonly string[])[] = []
  readonly completed: string[] = []
  standing: ClaimStanding[] = []
  refusal: GraphloomError | null = null

  async claim(_request: object, signal: AbortSignal): Promise<WorkItem[]> {
    if (this.refusal) throw this.refusal
    while (this.given.length === 0) {
      signal.throwIfAborted()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return this.given.splice(0)
  }

  heartbeat(items: readonly Pick<WorkItem, 'token'>[]): Promise<ClaimStanding[]> {
    this.beats.push(items.map(({ token }) => token))
    return Promise.resolve(this.standing)
  }

  report = (): Promise<void> => Promise.resolve()
  fail = (_item: WorkItem, _error: ErrorInfo): Promise<void> => Promise.resolve()
  release = (): Promise<void> => Promise.resolve()

  complete({ token }: WorkItem, _output: Json): Promise<void> {
    this.completed.push(token)
    return Promise.resolve()
  }
}

let stack = new AsyncDisposableStack()
afterEach(async () => {
  await stack.disposeAsync()
  stack = new AsyncDisposableStack()
})

const itemOf = (attempt: number): WorkItem => ({
  id: 'task_1',
  type: 'work',
  tenantId: 'acme',
  input: {},
  attempt,
  timeoutMs: null,
  token: `token ${attempt}`,
})

function start(source: Source) {
  const signals = new Map<number, AbortSignal>()
  const ends = new Map<number, () => void>()
  const refusals: GraphloomError[] = []
  const type: TaskType = {
    name: 'work',
    description: '',
    queue: 'default',
    inputSchema: {},
    outputSchema: {},
    defaults: DEFAULTS,
    run: (_input, { attempt, signal }) => {
      signals.set(attempt, signal)
      return new Promise((resolve, reject) => {
        ends.set(attempt, () => resolve({}))
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      })
    },
  }
  const worker = new RemoteWorker({
    source,
    types: [type],
    parallel: 2,
    leaseMs: 60,
    onRefused: (error) => refusals.push(error),
    clock: systemClock,
    logger: silentLogger,
  })
  worker.start()
  stack.use(worker)
  return { signals, ends, refusals }
}

test('a task that it is given once more replaces the attempt that it has', async () => {
  const source = new Source()
  const { signals, ends } = start(source)
  source.given.push(itemOf(1))
  await waitFor('the first attempt', () => signals.has(1))
  source.given.push(itemOf(2))
  await waitFor('the second attempt', () => signals.has(2))
  expect(signals.get(1)!.reason).toMatchObject({ code: 'CONFLICT' })

  source.beats.length = 0
  await waitFor('heartbeats', () => source.beats.length > 2)
  expect(source.beats.at(-1)).toEqual(['token 2'])
  expect(signals.get(2)!.aborted).toBe(false)
  ends.get(2)!()
  await waitFor('the end', () => source.completed.length > 0)
  expect(source.completed).toEqual(['token 2'])
})

test('a worker that gets no work whatever it does claims no more, and says so', async () => {
  const source = new Source()
  source.refusal = new GraphloomError('UNAUTHENTICATED', 'The token is not valid.')
  const { refusals } = start(source)
  await waitFor('the refusal', () => refusals.length > 0)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(refusals).toEqual([source.refusal])
})
