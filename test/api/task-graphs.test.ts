import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  EnqueueTaskGraphDocument,
  FindNodeDocument,
  RequeueDeadLettersDocument,
  RerunTaskGraphDocument,
  RetryTaskDocument,
  TaskDependenciesDocument,
  TaskDocument,
  TaskEventsWithChildrenDocument,
  TaskGraphDocument,
  TasksDocument,
  type GraphTaskInput,
  type TaskEventsWithChildrenSubscription,
} from '../generated/graphql.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { isFullTest } from '../support/seed.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'
import { waitFor } from '../support/wait.js'

const LARGE = isFullTest() ? 10_000 : 500
const MISSING = 'task_00000000000000000000000000'

const sleep = (name: string, after: readonly string[] = [], more: Partial<GraphTaskInput> = {}): GraphTaskInput => ({
  name,
  type: 'sleep',
  input: { durationMs: 1 },
  after: after.map((parent) => ({ name: parent })),
  ...more,
})

const failing = { input: { durationMs: 60_000 }, timeoutMs: 1, attemptLimit: 1 }

describe.each(STORES_BRIEFLY)('graphs of tasks, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let ada: string
  let eve: string

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
    ada = await signToken('acme')
    eve = await signToken('evil')
  })
  afterAll(() => stack.disposeAsync())

  const ask = async (tasks: readonly GraphTaskInput[], idempotencyKey?: string) => {
    const variables = { input: { tasks: [...tasks] }, ...(idempotencyKey !== undefined && { idempotencyKey }) }
    return (await server.request(EnqueueTaskGraphDocument, variables, ada)).enqueueTaskGraph
  }
  const enqueue = async (tasks: readonly GraphTaskInput[]) => {
    const graph = await ask(tasks)
    if (graph.__typename !== 'TaskGraph') throw new Error(`Not accepted: ${JSON.stringify(graph)}`)
    return graph
  }
  const find = async (id: string) => (await server.request(TaskGraphDocument, { id }, ada)).taskGraph!
  const tasksOf = async (id: string) => new Map((await find(id)).tasks.nodes.map((task) => [task.name!, task] as const))
  const ended = (id: string, count: number) =>
    waitFor(`the end of ${id}`, async () => {
      const tasks = await tasksOf(id)
      return tasks.size === count && [...tasks.values()].every(({ endedAt }) => endedAt !== null) ? tasks : null
    })
  const statesOf = async (id: string, count: number) =>
    Object.fromEntries([...(await ended(id, count))].map(([name, { state }]) => [name, state]))

  test('a graph is accepted as a whole, runs in order, and outputs flow', async () => {
    const take = { durationMs: { $output: { of: 'a', pointer: '/sleptMs' } } }
    const graph = await enqueue([
      sleep('c', ['a', 'b'], { input: take }),
      sleep('b', ['a']),
      sleep('a', [], { input: { durationMs: 20 } }),
    ])
    expect(graph).toMatchObject({ taskCount: 3, linkCount: 3, createdBy: expect.any(String) as string, rerunOf: null })
    expect(await statesOf(graph.id, 3)).toEqual({ a: 'SUCCEEDED', b: 'SUCCEEDED', c: 'SUCCEEDED' })
    expect((await find(graph.id)).states).toEqual([{ state: 'SUCCEEDED', count: 3 }])
    const tasks = await tasksOf(graph.id)
    expect([...tasks.keys()]).toEqual(['c', 'b', 'a'])
    const a = (await server.request(TaskDocument, { id: tasks.get('a')!.id }, ada)).task!
    const c = (await server.request(TaskDocument, { id: tasks.get('c')!.id }, ada)).task!
    expect(c.input).toEqual({ durationMs: (a.output as { sleptMs: number }).sleptMs })
    const around = (await server.request(TaskDependenciesDocument, { id: c.id }, ada)).task!
    expect(around).toMatchObject({ name: 'c', graph: { id: graph.id }, children: { nodes: [] } })
    expect(around.parents.nodes).toMatchObject([
      { parentId: a.id, parentName: 'a', onFailure: 'FAIL', parent: { state: 'SUCCEEDED' } },
      { parentName: 'b', childId: c.id },
    ])
    const below = (await server.request(TaskDependenciesDocument, { id: a.id }, ada)).task!
    expect(below.children.nodes.map(({ child }) => child!.name)).toEqual(['c', 'b'])
    expect((await server.request(FindNodeDocument, { id: graph.id }, ada)).node).toMatchObject({
      __typename: 'TaskGraph',
    })
    const { nodes } = (await server.request(TasksDocument, { filter: { graphId: graph.id } }, ada)).tasks
    expect(nodes).toHaveLength(3)
  })

  test('a failure goes on by policy, and a graph is done again from where it failed', async () => {
    const settings = { timeoutMs: 60_000, concurrency: { key: 'one', limit: 2 } }
    const after = (onFailure: 'SKIP' | 'CONTINUE') => ({ after: [{ name: 'bad', onFailure }] })
    const graph = await enqueue([
      sleep('bad', [], failing),
      sleep('fails', ['bad'], settings),
      sleep('skipped', [], after('SKIP')),
      sleep('goesOn', [], after('CONTINUE')),
    ])
    const expected = { bad: 'TIMED_OUT', fails: 'FAILED', skipped: 'CANCELLED', goesOn: 'SUCCEEDED' }
    expect(await statesOf(graph.id, 4)).toEqual(expected)
    const tasks = await tasksOf(graph.id)
    expect(tasks.get('fails')).toMatchObject({
      error: { code: 'PARENT_FAILED', message: expect.stringContaining('"bad"') as string },
    })
    expect(tasks.get('skipped')!.stateReason).toContain('skipped')
    const { id } = tasks.get('fails')!
    expect((await server.request(TaskDocument, { id }, ada)).task).toMatchObject(settings)
    const rerun = async (input: object, token = ada) =>
      (await server.request(RerunTaskGraphDocument, { input: { id, ...input } }, token)).rerunTaskGraph
    const again = await rerun({ input: { durationMs: 2 } })
    if (again.__typename !== 'TaskGraph') throw new Error(JSON.stringify(again))
    expect(again).toMatchObject({ taskCount: 1, rerunOf: { id } })
    expect(await statesOf(again.id, 1)).toEqual({ fails: 'FAILED' })
    const { id: againId } = (await tasksOf(again.id)).get('fails')!
    expect((await server.request(TaskDocument, { id: againId }, ada)).task).toMatchObject(settings)
    expect(await rerun({ input: { durationMs: 3 } })).toMatchObject({ __typename: 'Conflict' })
    expect(await rerun({}, eve)).toMatchObject({ __typename: 'NotFound' })
    expect(
      (await server.request(RerunTaskGraphDocument, { input: { id: MISSING } }, ada)).rerunTaskGraph.__typename,
    ).toBe('NotFound')
  })

  test('an input that never got what it takes cannot be used again, and holds no other up', async () => {
    const take = { durationMs: { $output: { of: 'a', pointer: '/nope' } } }
    const graph = await enqueue([sleep('a'), sleep('takes', ['a'], { input: take }), sleep('late', [], failing)])
    expect(await statesOf(graph.id, 3)).toEqual({ a: 'SUCCEEDED', takes: 'FAILED', late: 'TIMED_OUT' })
    const tasks = await tasksOf(graph.id)
    const [takes, late] = [tasks.get('takes')!, tasks.get('late')!]
    const { retryTask } = await server.request(RetryTaskDocument, { input: { id: takes.id } }, ada)
    expect(retryTask).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringContaining('takes outputs of other tasks') as string,
    })
    const input = { ids: [takes.id, late.id] }
    const { requeueDeadLetters } = await server.request(RequeueDeadLettersDocument, { input }, ada)
    expect(requeueDeadLetters).toMatchObject({ __typename: 'RequeuedDeadLetters', count: 1, hasMore: false })
    const given = await server.request(RetryTaskDocument, { input: { id: takes.id, input: { durationMs: 1 } } }, ada)
    expect(given.retryTask).toMatchObject({ __typename: 'Task', retryOf: { id: takes.id } })
  })

  test('a cancel takes along what waits', async () => {
    const graph = await enqueue([
      sleep('a', [], { input: { durationMs: 60_000 } }),
      sleep('b', ['a']),
      sleep('c', ['b']),
    ])
    const { id } = (await tasksOf(graph.id)).get('a')!
    await server.request(CancelTaskDocument, { input: { id } }, ada)
    expect(await statesOf(graph.id, 3)).toEqual({ a: 'CANCELLED', b: 'CANCELLED', c: 'CANCELLED' })
  })

  test('what is wrong is refused with its place, and nothing is stored', async () => {
    const count = async () => (await server.request(TasksDocument, { first: 100 }, ada)).tasks.nodes.length
    const before = await count()
    expect(await ask([sleep('a', ['b']), sleep('x'), sleep('b', ['a', 'x'])])).toMatchObject({
      __typename: 'TaskGraphCycle',
      code: 'INVALID_INPUT',
      path: 'input.tasks.0.after',
      names: ['a', 'b'],
    })
    const refused = async (tasks: GraphTaskInput[], path: string) =>
      expect(await ask(tasks)).toMatchObject({ __typename: 'InvalidInput', path })
    await refused([sleep('a'), sleep('b', ['c'])], 'input.tasks.1.after.0.name')
    await refused([sleep('a'), sleep('a')], 'input.tasks.1.name')
    await refused([sleep('a'), sleep('b', [], { type: 'none' })], 'input.tasks.1.type')
    await refused([sleep('a', [], { input: { durationMs: -1 } })], 'input.tasks.0.input.durationMs')
    await refused(
      [sleep('a', [], { input: { durationMs: { $output: { of: 'b', pointer: '' } } } })],
      'input.tasks.0.input.durationMs.$output.of',
    )
    await refused([], 'input.tasks')
    await refused(
      Array.from({ length: 10_001 }, (_, at) => sleep(`t${at}`)),
      'input.tasks',
    )
    expect(await count()).toBe(before)
  })

  test(`a graph of ${LARGE.toLocaleString('en')} tasks is accepted, and cancelled as a whole`, async () => {
    const names = Array.from({ length: LARGE }, (_, at) => `t${at}`)
    const later = { runAt: new Date(Date.now() + 3_600_000).toISOString() }
    const graph = await enqueue(
      names.map((name, at) => sleep(name, at === 0 ? [] : [names[Math.floor((at - 1) / 2)]!], at === 0 ? later : {})),
    )
    expect(graph).toMatchObject({ taskCount: LARGE, linkCount: LARGE - 1 })
    const { states, tasks } = await find(graph.id)
    expect(new Map(states.map(({ state, count }) => [state, count]))).toEqual(
      new Map([
        ['BLOCKED', LARGE - 1],
        ['SCHEDULED', 1],
      ]),
    )
    await server.request(CancelTaskDocument, { input: { id: tasks.nodes[0]!.id } }, ada)
    const cancelled = async () => (await find(graph.id)).states
    await expect.poll(cancelled, { timeout: 200_000, interval: 500 }).toEqual([{ state: 'CANCELLED', count: LARGE }])
  })

  test('an idempotency key gives the same graph, with another input a conflict', async () => {
    const first = await ask([sleep('a')], `key-${store}`)
    const second = await ask([sleep('a')], `key-${store}`)
    expect(first).toMatchObject({ __typename: 'TaskGraph' })
    expect(second).toMatchObject({ id: (first as { id: string }).id })
    expect(await ask([sleep('b')], `key-${store}`)).toMatchObject({ __typename: 'IdempotencyConflict' })
  })

  test('without credentials nothing is done, and other tenants see nothing', async () => {
    const graph = await enqueue([sleep('a'), sleep('b', ['a'])])
    const { id } = (await tasksOf(graph.id)).get('a')!
    for (const { errors } of [
      await server.send(EnqueueTaskGraphDocument, { input: { tasks: [sleep('a')] } }),
      await server.send(RerunTaskGraphDocument, { input: { id } }),
      await server.send(TaskGraphDocument, { id: graph.id }),
    ])
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect((await server.request(TaskGraphDocument, { id: graph.id }, eve)).taskGraph).toBeNull()
    expect((await server.request(TaskDependenciesDocument, { id }, eve)).task).toBeNull()
    expect((await server.request(FindNodeDocument, { id: graph.id }, eve)).node).toBeNull()
  })

  test.each(['websocket', 'sse'] as const)(
    'the stream of a task tells of its children until they have ended, over %s',
    async (transport) => {
      const slow = { input: { durationMs: 1_200 } }
      const graph = await enqueue([
        sleep('a', [], { input: { durationMs: 300 } }),
        sleep('b', ['a'], slow),
        sleep('c', ['a']),
      ])
      const { id } = (await tasksOf(graph.id)).get('a')!
      type Item = TaskEventsWithChildrenSubscription['taskEvents']
      const read = async (after: string | null): Promise<Item[]> => {
        const items: Item[] = []
        const follow = server.subscribe(TaskEventsWithChildrenDocument, { id, after }, { transport, token: ada })
        for await (const { taskEvents } of follow) items.push(taskEvents)
        return items
      }
      const items = await read(null)
      let sequence = 0
      for (const item of items) {
        expect(item.fromSequence).toBe(sequence + 1)
        sequence = item.sequence
      }
      expect(items[0]!.__typename).toBe('TaskSnapshot')
      expect(items.at(-1)).toMatchObject({ __typename: 'StreamEnd', reason: 'FINISHED' })
      const told = items.filter((item) => item.__typename === 'TaskChildren')
      expect(told.at(-1)!.states).toEqual([{ state: 'SUCCEEDED', count: 2 }])
      expect(new Set(told.flatMap(({ changed }) => changed.map(({ name }) => name)))).toEqual(new Set(['b', 'c']))
      const resumed = await read(told.at(-1)!.cursor)
      expect(resumed.map(({ __typename }) => __typename)).toEqual(['TaskChildren', 'StreamEnd'])
      expect(resumed[0]).toMatchObject({ fromSequence: sequence, states: [{ state: 'SUCCEEDED', count: 2 }] })
    },
  )
})
