import { expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import type { TaskDocument } from '../../src/domain/task.js'
import type { TaskContext } from '../../src/services/tasks/task-type.js'
import { ADA, afterAll, EVE, failure, GraphBench, step, untilAborted } from '../support/graphs.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

type Run = (name: string, input: Json, context: TaskContext) => Promise<Json> | Json

async function withBench(run: Run, use: (bench: GraphBench) => Promise<void>): Promise<void> {
  await using folder = await createTemporaryFolder('graphs')
  await using bench = await GraphBench.open(folder.path, (input, context) =>
    run((input as { name: string }).name, input, context),
  )
  await use(bench)
}

const output = (task: TaskDocument | undefined): unknown =>
  task?.output && 'inline' in task.output ? task.output.inline : undefined

test('a diamond runs in order, each task once, and outputs flow', async () => {
  const ran: string[] = []
  const run: Run = (name, input) => {
    ran.push(name)
    return { name, list: [1, { deep: [name] }], given: input }
  }
  await withBench(run, async (bench) => {
    const take = (of: string, pointer: string) => ({ $output: { of, pointer } })
    const graph = await bench.enqueue([
      step('d', afterAll(['b', 'c']), { input: { name: 'd', of: [take('b', '/list/1/deep/0'), take('c', '/name')] } }),
      step('b', afterAll(['a']), { input: { name: 'b', all: take('a', ''), 'x~y/z': take('a', '/given/x~0~1y') } }),
      step('c', afterAll(['a'])),
      step('a', [], { input: { name: 'a', 'x~/y': 7 } }),
    ])
    expect(graph).toMatchObject({ taskCount: 4, linkCount: 4, rerunOf: null })
    const tasks = await bench.ended(graph)
    expect([...tasks.keys()]).toEqual(['d', 'b', 'c', 'a'])
    expect([...tasks.values()].map(({ state }) => state)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'])
    expect(ran[0]).toBe('a')
    expect(ran[3]).toBe('d')
    expect([...ran].sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(output(tasks.get('d'))).toMatchObject({ given: { of: ['b', 'c'] } })
    expect(output(tasks.get('b'))).toMatchObject({ given: { all: { name: 'a' }, 'x~y/z': 7 } })
    expect(tasks.get('b')).toMatchObject({ inputTemplate: { inline: { all: take('a', '') } } })
  })
})

test('what waits for a failure ends by its policy, and what waits for that too', async () => {
  await withBench(
    (name) => (name === 'bad' ? failure() : { name }),
    async (bench) => {
      const graph = await bench.enqueue([
        step('bad'),
        step('good'),
        step('fails', afterAll(['good', 'bad'])),
        step('failsToo', afterAll(['fails'])),
        step('skipped', afterAll(['bad'], 'SKIP')),
        step('skippedToo', afterAll(['skipped'], 'SKIP')),
        step('goesOn', afterAll(['bad'], 'CONTINUE'), {
          input: { name: 'goesOn', of: { $output: { of: 'bad', pointer: '/a' } } },
        }),
        step('last', afterAll(['goesOn', 'skippedToo'], 'CONTINUE')),
      ])
      const tasks = await bench.ended(graph)
      expect(await bench.states(graph)).toEqual({
        bad: 'FAILED',
        good: 'SUCCEEDED',
        fails: 'FAILED',
        failsToo: 'FAILED',
        skipped: 'CANCELLED',
        skippedToo: 'CANCELLED',
        goesOn: 'SUCCEEDED',
        last: 'SUCCEEDED',
      })
      expect(tasks.get('fails')).toMatchObject({
        stateReason: '"bad", which it waits for, ended as FAILED.',
        error: { code: 'PARENT_FAILED' },
        isDeadLetter: false,
      })
      expect(tasks.get('failsToo')!.stateReason).toContain('"fails"')
      expect(tasks.get('skipped')!.stateReason).toMatch(/skipped.*"bad"/)
      expect(tasks.get('goesOn')!.input).toEqual({ inline: { name: 'goesOn', of: null } })
    },
  )
})

test('an input that cannot be made of the outputs fails the task with a clear error', async () => {
  await withBench(
    (name) => ({ name }),
    async (bench) => {
      const take = (pointer: string) => ({ $output: { of: 'a', pointer } })
      const graph = await bench.enqueue([
        step('a'),
        step('nothing', afterAll(['a']), { input: { name: 'nothing', x: [take('/name'), take('/b/0')] } }),
        step('wrong', afterAll(['a']), { input: { name: 'wrong', count: take('/name') } }),
        step('after', afterAll(['nothing'])),
      ])
      const tasks = await bench.ended(graph)
      expect(tasks.get('nothing')).toMatchObject({
        state: 'FAILED',
        isDeadLetter: true,
        error: { code: 'INVALID_INPUT', details: { path: 'input.x.1' } },
      })
      expect(tasks.get('nothing')!.stateReason).toContain('"/b/0"')
      expect(tasks.get('wrong')).toMatchObject({ state: 'FAILED', error: { details: { path: 'input.count' } } })
      expect(tasks.get('after')!.state).toBe('FAILED')
    },
  )
})

test('a graph that is wrong is refused with the place, and nothing of it is stored', async () => {
  await withBench(
    (name) => ({ name }),
    async (bench) => {
      const refused = async (tasks: Parameters<GraphBench['enqueue']>[0]) => {
        const error: unknown = await bench.enqueue(tasks).then(
          () => null,
          (reason: unknown) => reason,
        )
        if (!(error instanceof GraphloomError)) throw new Error('It was not refused.')
        return { code: error.code, ...error.details }
      }
      const cycle = [step('a', afterAll(['c'])), step('x'), step('b', afterAll(['a', 'x'])), step('c', afterAll(['b']))]
      expect(await refused(cycle)).toMatchObject({
        code: 'INVALID_INPUT',
        path: 'input.tasks.0.after',
        cycle: ['a', 'c', 'b'],
      })
      expect(await refused([step('a', afterAll(['a']))])).toMatchObject({ cycle: ['a'] })
      expect(await refused([step('a'), step('b', afterAll(['a', 'z']))])).toMatchObject({
        path: 'input.tasks.1.after.1.name',
      })
      expect(await refused([step('a'), step('b', afterAll(['a', 'a']))])).toMatchObject({
        path: 'input.tasks.1.after.1.name',
      })
      expect(await refused([step('a'), step('b'), step('a')])).toMatchObject({ path: 'input.tasks.2.name' })
      expect(await refused([step('x'.repeat(65))])).toMatchObject({ path: 'input.tasks.0.name' })
      expect(await refused([])).toMatchObject({ path: 'input.tasks' })
      expect(await refused([step('a'), step('b', [], { type: 'none' })])).toMatchObject({ path: 'input.tasks.1.type' })
      expect(await refused([step('a', [], { queue: 'none' })])).toMatchObject({ path: 'input.tasks.0.queue' })
      expect(await refused([step('a', [], { priority: 10 })])).toMatchObject({ path: 'input.tasks.0.priority' })
      expect(await refused([step('a', [], { input: { count: 'x' } })])).toMatchObject({
        path: 'input.tasks.0.input.count',
      })
      const input = (value: Json) => [step('a'), step('b'), step('c', afterAll(['a']), { input: { x: value } })]
      const at = 'input.tasks.2.input.x.$output'
      expect(await refused(input({ $output: { of: 'b', pointer: '' } }))).toMatchObject({ path: `${at}.of` })
      expect(await refused(input({ $output: { of: 'a', pointer: 'x' } }))).toMatchObject({ path: `${at}.pointer` })
      expect(await refused(input({ $output: { of: 'a', pointer: '/~2' } }))).toMatchObject({ path: `${at}.pointer` })
      expect(await refused(input({ $output: 'a' }))).toMatchObject({ path: at })
      expect(await refused(input({ $output: { of: 'a', pointer: '' }, y: 1 }))).toMatchObject({
        path: 'input.tasks.2.input.x',
      })
      const many = Array.from({ length: 10_001 }, (_, n) => step(`t${n}`))
      expect(await refused(many)).toMatchObject({ limit: { value: 10_000, actual: 10_001 } })
      const long = { input: { text: 'x'.repeat(500_000) } }
      const heavy = Array.from({ length: 20 }, (_, n) => step(`t${n}`, [], long))
      expect(await refused(heavy)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', limit: { name: 'graphInputBytes' } })
      expect(
        await bench.work.tasks.list(ADA, {
          filter: {},
          order: 'CREATED_AT_ASC',
          page: { limit: 10, cursor: null, backward: false },
        }),
      ).toMatchObject({ items: [] })
    },
  )
})

test('an idempotency key gives one graph, also to many at once; another input is a conflict', async () => {
  await withBench(
    (name) => ({ name }),
    async (bench) => {
      const tasks = [step('a'), step('b', afterAll(['a']))]
      const graphs = await Promise.all(Array.from({ length: 20 }, () => bench.enqueue(tasks, 'key')))
      expect(new Set(graphs.map(({ id }) => id)).size).toBe(1)
      await bench.ended(graphs[0]!)
      expect((await bench.enqueue(tasks, 'key')).id).toBe(graphs[0]!.id)
      await expect(bench.enqueue([step('a')], 'key')).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' })
      expect((await bench.enqueue(tasks, 'key', EVE)).id).not.toBe(graphs[0]!.id)
      expect(await bench.work.taskGraphs.getMany(EVE, [graphs[0]!.id])).toEqual([null])
    },
  )
})

test('a cancel takes along all that waits, whatever its policy; without it policies hold', async () => {
  const run: Run = (name, _input, context) => (name === 'slow' ? untilAborted(context) : { name })
  await withBench(run, async (bench) => {
    const tasks = [
      step('slow'),
      step('b', afterAll(['slow'], 'CONTINUE')),
      step('c', afterAll(['slow'])),
      step('d', afterAll(['b', 'c'], 'CONTINUE')),
      step('apart'),
    ]
    const first = await bench.enqueue(tasks)
    const slow = await bench.reaches(first, 'slow', 'RUNNING')
    expect((await bench.work.tasks.cancel(ADA, slow.id)).state).toBe('CANCELLING')
    await bench.ended(first)
    const cancelled = 'CANCELLED'
    expect(await bench.states(first)).toEqual({
      slow: cancelled,
      b: cancelled,
      c: cancelled,
      d: cancelled,
      apart: 'SUCCEEDED',
    })
    const second = await bench.enqueue(tasks)
    await bench.work.tasks.cancel(ADA, (await bench.reaches(second, 'slow', 'RUNNING')).id, false)
    await bench.ended(second)
    expect(await bench.states(second)).toEqual({
      slow: cancelled,
      b: 'SUCCEEDED',
      c: 'FAILED',
      d: 'SUCCEEDED',
      apart: 'SUCCEEDED',
    })
  })
})

test('a cancel of what has ended stops what comes after it', async () => {
  const run: Run = (name, _input, context) => (name === 'slow' ? untilAborted(context) : { name })
  await withBench(run, async (bench) => {
    const graph = await bench.enqueue([
      step('a'),
      step('b', afterAll(['a'])),
      step('slow', afterAll(['b'])),
      step('d', afterAll(['slow'])),
    ])
    await bench.reaches(graph, 'slow', 'RUNNING')
    const a = (await bench.tasks(graph)).get('a')!
    expect((await bench.work.tasks.cancel(ADA, a.id)).state).toBe('SUCCEEDED')
    await bench.ended(graph)
    expect(await bench.states(graph)).toEqual({ a: 'SUCCEEDED', b: 'SUCCEEDED', slow: 'CANCELLED', d: 'CANCELLED' })
  })
})

test('a task is done again with all that comes after it; what came before keeps its output', async () => {
  const ran: string[] = []
  let isBroken = true
  const run: Run = (name, input) => {
    ran.push(name)
    return name === 'b' && isBroken ? failure() : { name, given: input }
  }
  await withBench(run, async (bench) => {
    const take = (of: string) => ({ $output: { of, pointer: '/name' } })
    const graph = await bench.enqueue([
      step('a'),
      step('b', afterAll(['a']), { input: { name: 'b', from: take('a'), extra: 1 } }),
      step('side', afterAll(['a'])),
      step('c', afterAll(['b', 'side']), { input: { name: 'c', from: [take('b'), take('side')] } }),
    ])
    const before = await bench.ended(graph)
    expect(await bench.states(graph)).toEqual({ a: 'SUCCEEDED', b: 'FAILED', side: 'SUCCEEDED', c: 'FAILED' })
    isBroken = false
    const b = before.get('b')!
    const { taskGraphs, store } = bench.work
    const input = { name: 'b', from: take('a'), extra: 2 }
    const bob = { ...ADA, subject: 'bob' }
    const again = await taskGraphs.rerun(bob, b.id, input)
    expect(again).toMatchObject({ taskCount: 2, linkCount: 3, rerunOf: b.id })
    expect((await taskGraphs.rerun(ADA, b.id, input)).id).toBe(again.id)
    const tasks = await bench.ended(again)
    // The input is bob's now; what comes after it is ada's as before.
    expect(['b', 'c'].map((name) => tasks.get(name)!.createdBy)).toEqual(['bob', 'ada'])
    expect(await bench.states(again)).toEqual({ b: 'SUCCEEDED', c: 'SUCCEEDED' })
    expect(output(tasks.get('b'))).toMatchObject({ given: { from: 'a', extra: 2 } })
    expect(output(tasks.get('c'))).toMatchObject({ given: { from: ['b', 'side'] } })
    for (const name of ['b', 'c']) {
      const old = await store.require({ tenantId: 'acme' }, before.get(name)!.id)
      expect(tasks.get(name)!.retryOf).toBe(old.id)
      expect(old.retriedAs).toBe(tasks.get(name)!.id)
    }
    await expect(taskGraphs.rerun(ADA, b.id, { name: 'b' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(taskGraphs.rerun(EVE, b.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // From the beginning: what was done again once is done again as it was last.
    const whole = await taskGraphs.rerun(ADA, before.get('a')!.id)
    expect(whole.taskCount).toBe(4)
    expect([...(await bench.ended(whole)).keys()].sort()).toEqual(['a', 'b', 'c', 'side'])
    expect(ran.filter((name) => name === 'c')).toHaveLength(2)
  })
})

test('dead letters that others wait for are requeued with those; alone they are not done again', async () => {
  let isBroken = true
  const run: Run = (name) => (isBroken && name.startsWith('bad') ? failure() : name)
  await withBench(run, async (bench) => {
    const graph = await bench.enqueue([
      step('bad'),
      step('bad after it', afterAll(['bad'], 'CONTINUE')),
      step('last', afterAll(['bad after it'])),
      step('bad leaf', afterAll(['bad'], 'CONTINUE')),
      step('bad alone'),
    ])
    const before = await bench.ended(graph)
    expect([...before.values()].filter(({ isDeadLetter }) => isDeadLetter)).toHaveLength(4)
    isBroken = false
    const { tasks, store } = bench.work
    const alone = tasks.retry(ADA, before.get('bad')!.id)
    await expect(alone).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('rerunTaskGraph') })
    const requeued = await tasks.requeueDeadLetters(ADA, {}, 100)
    expect(requeued.hasMore).toBe(false)
    const again = await store.getMany({ tenantId: 'acme' }, requeued.taskIds)
    const rerun = again.find((task) => task?.graph?.name === 'bad')!
    const made = (await bench.work.taskGraphs.getMany(ADA, [rerun.graphId!]))[0]!
    expect(made).toMatchObject({ rerunOf: before.get('bad')!.id, taskCount: 4, idempotencyKey: null })
    await bench.ended(made)
    expect(Object.keys(await bench.states(made)).sort()).toEqual(['bad', 'bad after it', 'bad leaf', 'last'])
    expect(new Set(Object.values(await bench.states(made)))).toEqual(new Set(['SUCCEEDED']))
    expect(again.map((task) => task!.graph?.name ?? 'alone').sort()).toEqual(['alone', 'bad'])
    for (const { id } of before.values()) {
      const old = await store.require({ tenantId: 'acme' }, id)
      expect(old.retriedAs).not.toBeNull()
      expect(old.isDeadLetter).toBe(false)
    }
    expect((await tasks.requeueDeadLetters(ADA, {}, 100)).taskIds).toEqual([])
  })
})

test('wide fans in and out: each task runs once, and the last one is written a few times', async () => {
  const count = 1_000
  let ran = 0
  const run: Run = (name) => {
    ran++
    return { name }
  }
  await withBench(run, async (bench) => {
    const wide = Array.from({ length: count }, (_, at) => `w${at}`)
    const graph = await bench.enqueue([
      step('first'),
      ...wide.map((name) => step(name, afterAll(['first']))),
      step('last', afterAll(wide)),
    ])
    const tasks = await bench.ended(graph)
    expect(ran).toBe(count + 2)
    expect([...tasks.values()].every(({ state }) => state === 'SUCCEEDED')).toBe(true)
    expect(tasks.get('last')!.revision).toBeLessThan(30)
  })
})

test('a blocked task can expire, and a stop of the server loses no end', async () => {
  await using folder = await createTemporaryFolder('graphs')
  const run = (input: Json, context: TaskContext) =>
    (input as { name: string }).name === 'slow' ? untilAborted(context) : { done: true }
  let graph
  {
    await using bench = await GraphBench.open(folder.path, run)
    graph = await bench.enqueue([
      step('slow'),
      step('expires', afterAll(['slow']), { expiresAt: Date.now() + 4_000 }),
      step('after', afterAll(['expires'], 'SKIP')),
      step('last', afterAll(['slow', 'after'], 'CONTINUE')),
    ])
    await bench.reaches(graph, 'expires', 'EXPIRED')
  }
  await using again = await GraphBench.open(folder.path, () => ({ done: true }))
  await waitFor('all to end', () => again.ended(graph))
  expect(await again.states(graph)).toEqual({
    slow: 'SUCCEEDED',
    expires: 'EXPIRED',
    after: 'CANCELLED',
    last: 'SUCCEEDED',
  })
})
