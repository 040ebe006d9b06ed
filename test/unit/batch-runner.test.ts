import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { BatchRunner } from '../../src/adapters/onnxruntime/batch-runner.js'
import { RunMeter } from '../../src/adapters/onnxruntime/run-meter.js'
import { NEVER } from '../support/inference.js'

type Rows = readonly { readonly ids: readonly number[] }[]

/** Rows of 10 tokens; a run of them ends when it is told to. Their results are their first tokens. */
function openRunner(budgetTokens = 100, parallelRuns = 1, hasFreeThread = () => false) {
  const runs: number[][] = []
  let ends: PromiseWithResolvers<void>[] = []
  const run = async (rows: Rows): Promise<readonly number[]> => {
    const firsts = rows.map(({ ids }) => ids[0]!)
    runs.push(firsts)
    const end = Promise.withResolvers<void>()
    ends.push(end)
    await end.promise
    return firsts
  }
  const limits = { maxBatchTokens: budgetTokens }
  const runner = new BatchRunner({ limits, meter: new RunMeter(), parallelRuns, hasFreeThread, run })
  const ask = (names: readonly number[], signal = NEVER, tenantId = 'a', priority = 5) =>
    runner.run(
      { sequences: names.map((name) => ({ ids: new Array<number>(10).fill(name) })), tenantId, priority },
      signal,
    )
  const begun = async (count: number): Promise<void> => {
    while (runs.length < count) await nextTurn()
  }
  /** Ends what runs, and lets the rest run until nothing is left. */
  const endAll = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4; quiet = ends.length > 0 ? 0 : quiet + 1) {
      for (const end of ends) end.resolve()
      ends = []
      await nextTurn()
    }
  }
  return { runs, ask, begun, endAll, failRun: () => ends.pop()!.reject(new Error('no memory')) }
}

describe('sequences that wait for a run', () => {
  test('have as many runs at once as the model may, and no run more', async () => {
    const { runs, ask, begun, endAll } = openRunner(20, 2)
    const asked = Array.from({ length: 7 }, (_, i) => ask([i]))
    await begun(2)
    for (let turn = 0; turn < 4; turn++) await nextTurn()
    expect(runs).toEqual([
      [0, 1],
      [2, 3],
    ])
    await endAll()
    expect((await Promise.all(asked)).map(({ results }) => results[0])).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test.each([
    [true, [[1], [2]]],
    [false, [[1]]],
  ])('begin beside another run where a thread is free (%s), or when they are many', async (isFree, expected) => {
    const { runs, ask, begun, endAll } = openRunner(100, 2, () => isFree)
    const first = ask([1])
    await begun(1)
    const second = ask([2])
    for (let turn = 0; turn < 4; turn++) await nextTurn()
    expect(runs).toEqual(expected)
    const many = ask([3, 4])
    await begun(2)
    await endAll()
    await Promise.all([first, second, many])
    expect(runs.slice(1)).toEqual(isFree ? [[2], [3, 4]] : [[2, 3, 4]])
  })

  test('run as soon as the model is free; what came meanwhile is the next run, and says where it was in it', async () => {
    const { runs, ask, begun, endAll } = openRunner()
    const first = ask([1])
    await begun(1)
    const others = [ask([2]), ask([3, 4]), ask([5])]
    await endAll()
    expect(runs).toEqual([[1], [2, 3, 4, 5]])
    expect(await first).toMatchObject({ results: [1], executions: 1, batch: { size: 1, position: 0, tokens: 10 } })
    const [second, third, fourth] = await Promise.all(others)
    expect(second).toMatchObject({ results: [2], executions: 1, batch: { size: 4, position: 0, tokens: 40 } })
    expect(third).toMatchObject({ results: [3, 4], executions: 0, batch: { size: 4, position: 1 } })
    expect(fourth).toMatchObject({ results: [5], executions: 0, batch: { size: 4, position: 3 } })
    expect(second!.batch.waitMs).toBeGreaterThan(0)
  })

  test('and are not wanted any more are in no further run, also when others of their request are running', async () => {
    const { runs, ask, begun, endAll } = openRunner(30)
    const leaving = new AbortController()
    const large = ask([1, 2, 3, 4, 5, 6, 7, 8], leaving.signal)
    await begun(1)
    const other = ask([20])
    const waiting = ask([9], leaving.signal)
    leaving.abort(new Error('gone'))
    await expect(large).rejects.toThrow('gone')
    await expect(waiting).rejects.toThrow('gone')
    await expect(ask([10], leaving.signal)).rejects.toThrow('gone')
    await endAll()
    expect(runs).toEqual([[1, 2, 3], [20]])
    expect((await other).results).toEqual([20])
  })

  test('fail with the run that they are in, and no others do', async () => {
    const { runs, ask, begun, endAll, failRun } = openRunner(30)
    const large = ask([1, 2, 3, 4, 5])
    await begun(1)
    const other = ask([6])
    failRun()
    await expect(large).rejects.toThrow('no memory')
    await endAll()
    expect((await other).results).toEqual([6])
    expect(runs).toEqual([[1, 2, 3], [6]])
  })

  test('of interactive requests go first, every fourth run is for bulk', async () => {
    const { runs, ask, endAll } = openRunner(10)
    const asked = [
      ...ranging(10, 12).map((name) => ask([name], NEVER, 'a', 1)),
      ...ranging(20, 29).map((name) => ask([name])),
    ]
    await endAll()
    await Promise.all(asked)
    expect(runs.flat()).toEqual([20, 21, 22, 10, 23, 24, 25, 11, 26, 27, 28, 12, 29])
  })
})

const ranging = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
