import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../src/kernel/json.js'
import type { ParentFailurePolicy } from '../../src/domain/task-graph.js'
import { isTaskEnded, type TaskDocument } from '../../src/domain/task.js'
import { ADA, failure, GraphBench, step } from '../support/graphs.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { createTemporaryFolder } from '../support/temporary.js'

interface Node {
  readonly fails: boolean
  /** By their places, all before this one. */
  readonly parents: readonly { readonly at: number; readonly onFailure: ParentFailurePolicy }[]
}

interface Plan {
  readonly nodes: readonly Node[]
  /** After so many tasks have run, this one is cancelled. */
  readonly cancels: readonly { readonly after: number; readonly at: number; readonly withChildren: boolean }[]
}

const MAX_NODES = isFullTest() ? 500 : 60
const LIMIT_MS = 900_000
const RUNS = isFullTest() ? 60 : 12

const policy = fc.constantFrom<ParentFailurePolicy>('FAIL', 'SKIP', 'CONTINUE')

const nodeAt = (at: number): fc.Arbitrary<Node> =>
  fc.record({
    fails: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    parents:
      at === 0
        ? fc.constant([])
        : fc.uniqueArray(fc.record({ at: fc.nat(at - 1), onFailure: policy }), {
            maxLength: 5,
            selector: (parent) => parent.at,
          }),
  })

const plans: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: MAX_NODES }).chain((count) =>
  fc.record({
    nodes: fc.tuple(...Array.from({ length: count }, (_, at) => nodeAt(at))),
    cancels: fc.array(fc.record({ after: fc.nat(count), at: fc.nat(count - 1), withChildren: fc.boolean() }), {
      maxLength: 3,
    }),
  }),
)

/** What a run of a plan was seen to do. */
interface Seen {
  /** Inputs that tasks ran with, by their places. */
  readonly inputs: Map<number, Json[]>
  /** Cancels that ended a task, or told it to stop. */
  readonly cancelled: { readonly at: number; readonly withChildren: boolean }[]
  /** Tasks that had ended when they were cancelled with what comes after them. */
  readonly cancelledLate: number[]
}

function descendants(nodes: readonly Node[], from: number): Set<number> {
  const found = new Set([from])
  nodes.forEach(({ parents }, at) => parents.some((parent) => found.has(parent.at)) && found.add(at))
  found.delete(from)
  return found
}

/**
 * Tasks that cannot have run, since one before them was cancelled together with what waits for it. One between that
 * had ended already, for another parent's sake, may have let them run before.
 */
function stoppedTasks({ nodes, cancels }: Plan, tasks: readonly TaskDocument[], seen: Seen): Set<number> {
  const passOn = new Set(seen.cancelled.filter(({ withChildren }) => withChildren).map(({ at }) => at))
  const stopped = new Set<number>()
  nodes.forEach(({ parents }, at) => {
    if (!parents.some((parent) => passOn.has(parent.at))) return
    stopped.add(at)
    const { state, stateReason } = tasks[at]!
    const isOnlyStopped = state === 'CANCELLED' && stateReason === null && cancels.every((cancel) => cancel.at !== at)
    if (isOnlyStopped) passOn.add(at)
  })
  return stopped
}

/** The rules of graphs as users are told them. */
function checkEnds(plan: Plan, tasks: readonly TaskDocument[], seen: Seen): void {
  const { nodes } = plan
  const stopped = stoppedTasks(plan, tasks, seen)
  const mayBeCancelled = new Set([
    ...seen.cancelled.flatMap(({ at, withChildren }) => [at, ...(withChildren ? descendants(nodes, at) : [])]),
    ...seen.cancelledLate.flatMap((at) => [...descendants(nodes, at)]),
  ])
  nodes.forEach(({ fails, parents }, at) => {
    const task = tasks[at]!
    const inputs = seen.inputs.get(at) ?? []
    const told = `task ${at}: ${task.state} (${task.stateReason}), ran ${inputs.length} times`
    expect(isTaskEnded(task.state) && task.dueAt === null, told).toBe(true)
    expect(inputs.length, told).toBeLessThanOrEqual(1)
    const bad = parents.filter((parent) => tasks[parent.at]!.state !== 'SUCCEEDED' && parent.onFailure !== 'CONTINUE')
    if (stopped.has(at)) expect(inputs.length, told).toBe(0)
    if (task.state === 'CANCELLED' && mayBeCancelled.has(at)) return
    expect(stopped.has(at) && bad.length === 0, told).toBe(false)
    if (bad.length > 0) {
      const ends = bad.map(({ onFailure }) => (onFailure === 'FAIL' ? 'FAILED' : 'CANCELLED'))
      expect(ends, told).toContain(task.state)
      expect(inputs.length, told).toBe(0)
      if (task.state === 'FAILED') expect(task.error?.code, told).toBe('PARENT_FAILED')
      return
    }
    expect(task.state, told).toBe(fails ? 'FAILED' : 'SUCCEEDED')
    expect(inputs, told).toEqual([
      {
        key: expect.any(String) as unknown,
        at,
        of: parents.map((parent) => (tasks[parent.at]!.state === 'SUCCEEDED' ? parent.at : null)),
      },
    ])
  })
}

/** Runs plans on tasks; what a task does is looked up by the key in its input. */
class Runner {
  readonly #runs = new Map<
    string,
    { readonly plan: Plan; readonly seen: Seen; ran: number; readonly onRan: () => void }
  >()

  readonly run = (input: Json): Json => {
    const { key, at } = input as { readonly key: string; readonly at: number }
    const running = this.#runs.get(key)!
    const inputs = running.seen.inputs.get(at) ?? []
    running.seen.inputs.set(at, [...inputs, input])
    running.ran++
    running.onRan()
    return running.plan.nodes[at]!.fails ? failure() : { at: [at] }
  }

  async check(bench: GraphBench, key: string, plan: Plan): Promise<void> {
    const seen: Seen = { inputs: new Map(), cancelled: [], cancelledLate: [] }
    const cancels: Promise<void>[] = []
    const pending = [...plan.cancels]
    const accepted = Promise.withResolvers<readonly TaskDocument[]>()
    const onRan = (): void => {
      for (const cancel of pending.filter(({ after }) => after <= running.ran)) {
        pending.splice(pending.indexOf(cancel), 1)
        cancels.push(accepted.promise.then((tasks) => this.#cancel(bench, tasks, cancel, seen)))
      }
    }
    const running = { plan, seen, ran: 0, onRan }
    this.#runs.set(key, running)
    const graph = await bench.enqueue(
      plan.nodes.map(({ parents }, at) => {
        const of = parents.map((parent) => ({ $output: { of: `${parent.at}`, pointer: '/at/0' } }))
        const after = parents.map(({ at: parent, onFailure }) => ({ name: `${parent}`, onFailure }))
        return step(`${at}`, after, { input: { key, at, of } })
      }),
    )
    accepted.resolve([...(await bench.tasks(graph)).values()])
    onRan()
    await bench.ended(graph)
    await Promise.all(cancels)
    const tasks = [...(await bench.ended(graph)).values()]
    checkEnds(plan, tasks, seen)
    this.#runs.delete(key)
  }

  async #cancel(
    bench: GraphBench,
    tasks: readonly TaskDocument[],
    { at, withChildren }: Plan['cancels'][number],
    seen: Seen,
  ): Promise<void> {
    const { state, revision, endedRevision } = await bench.work.tasks.cancel(ADA, tasks[at]!.id, withChildren)
    const isStopped = state === 'CANCELLING' || (state === 'CANCELLED' && endedRevision === revision)
    if (isStopped) seen.cancelled.push({ at, withChildren })
    else if (withChildren) seen.cancelledLate.push(at)
  }
}

test(
  'random graphs with failures and cancels end as the rules say',
  async () => {
    await using folder = await createTemporaryFolder('graphs')
    const runner = new Runner()
    await using bench = await GraphBench.open(folder.path, runner.run)
    let key = 0
    await fc.assert(
      fc.asyncProperty(plans, (plan) => runner.check(bench, `${key++}`, plan)),
      { seed: testSeed(), numRuns: RUNS, endOnFailure: true },
    )
  },
  LIMIT_MS,
)
