import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ADA, GraphBench } from '../support/graphs.js'
import { planGraph, plannedEnds } from '../support/graph-plan.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { createTemporaryFolder } from '../support/temporary.js'

const PROCESS = fileURLToPath(new URL('../fixtures/graph-process.js', import.meta.url))
const ROUNDS = isFullTest() ? 60 : 1
/** A task whose worker is lost three times one after the other is not given to another. */
const KILLS = 2
const TASKS = isFullTest() ? 500 : 80
const LONGEST_LIFE_MS = 700

/** Lives until its end, or so long after it has opened its state; tells what it said. */
async function live(args: readonly string[], lifeMs: number | null): Promise<string[]> {
  const child = spawn(process.execPath, [PROCESS, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (line === 'open' && lifeMs !== null) void delay(lifeMs).then(() => child.kill('SIGKILL'))
  }
  await exited
  return said
}

test(`graphs whose server is killed again and again end as the rules say, ${ROUNDS} times`, async () => {
  const random = createRandom(testSeed())
  for (let round = 0; round < ROUNDS; round++) {
    await using folder = await createTemporaryFolder('graph-crash')
    const seed = Math.floor(random() * 2 ** 31)
    const args = [folder.path, String(seed), String(TASKS)]
    const accepted = new Set<string>()
    let kills = 0
    for (let said: string[] = []; !said.includes('ended'); kills++) {
      said = await live(args, kills < KILLS ? random() * LONGEST_LIFE_MS : null)
      const line = said.find((one) => one.startsWith('accepted'))
      if (line) accepted.add(line)
    }
    expect(accepted.size).toBe(1)
    const plan = planGraph(seed, TASKS)
    const ends = plannedEnds(plan)
    await using bench = await GraphBench.open(folder.path, () => null)
    const id = [...accepted][0]!.split(' ')[1]!
    const tasks: { name: string; state: string; input: unknown; dueAt: number | null }[] = []
    for await (const some of bench.work.store.tasksOfGraph({ tenantId: 'acme' }, id))
      for (const { graph: place, state, input, dueAt } of some) tasks.push({ name: place!.name, state, input, dueAt })
    expect(tasks.map(({ name }) => name)).toEqual(plan.map((_, at) => `t${at}`))
    expect(tasks.map(({ state }) => state)).toEqual(ends.map(({ state }) => state))
    const all = await bench.work.tasks.list(ADA, {
      filter: {},
      order: 'CREATED_AT_ASC',
      page: { limit: 1_000, cursor: null, backward: false },
    })
    expect(all.items).toHaveLength(TASKS)
    tasks.forEach(({ state, input }, at) => {
      if (state === 'SUCCEEDED') expect(input).toEqual({ inline: { at, of: ends[at]!.of } })
    })
  }
})
