import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../kernel/clock.js'
import { GraphloomError, invalidInput, isErrorWithCode } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import { canonicalJson, type Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskGraphDocument, TaskLinkDocument } from '../../domain/task-graph.js'
import type { DocumentBody } from '../../ports/document-store.js'
import type { Payloads } from '../payloads.js'
import { namingMistakes } from './argument-mistake.js'
import { checkKey } from './enqueue-request.js'
import {
  checkGraph,
  MAX_GRAPH_INPUT_BYTES,
  type EnqueueGraphRequest,
  type GraphShape,
  type GraphTaskRequest,
} from './graph-request.js'
import { findReferences } from './output-references.js'
import type { CheckedRequest, TaskAcceptance } from './task-acceptance.js'
import { blockTask } from './task-graph-rules.js'
import type { TaskGraphStore } from './task-graph-store.js'
import type { TaskQueues } from './task-queues.js'
import { acceptTask, type TaskChange } from './task-rules.js'

export interface GraphAcceptanceOptions {
  readonly graphs: TaskGraphStore
  readonly acceptance: TaskAcceptance
  readonly queues: TaskQueues
  readonly payloads: Payloads
  readonly clock: Clock
}

/** A task that has been checked, with what is known of its place. */
type CheckedTask = CheckedRequest & { readonly isTemplate: boolean }

const RACES = 20
/** Tasks after which the event loop gets its turn. */
const STEP = 200
/** An input that takes outputs of parents stands in the task's document, as JSON. */
const MAX_TEMPLATE_BYTES = 65_536

/** Lets graphs in: checks all of a graph before any of it is stored, and stores it whole or not at all. */
export class GraphAcceptance {
  readonly #options: GraphAcceptanceOptions

  constructor(options: GraphAcceptanceOptions) {
    this.#options = options
  }

  /**
   * Resolves when the graph is on disk: a new one, or the one of the same idempotency key.
   * @throws GraphloomError `INVALID_INPUT`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `PAYLOAD_TOO_LARGE`, `UNAVAILABLE`.
   */
  async accept(principal: Principal, request: EnqueueGraphRequest): Promise<TaskGraphDocument> {
    const { idempotencyKey } = request
    checkKey('idempotencyKey', idempotencyKey)
    const inputHash = idempotencyKey === undefined ? null : hashOf(request)
    const known = await this.#findByKey(principal, idempotencyKey, inputHash)
    if (known) return known
    const shape = checkGraph(request.tasks)
    const checked = await this.#checkTasks(principal, request.tasks)
    for (let race = 1; ; race++) {
      try {
        return await this.#enter(principal, { request, shape, checked, inputHash })
      } catch (error) {
        // Another with the same key was a moment sooner.
        if (!isErrorWithCode(error, 'CONFLICT') || race >= RACES) throw error
      }
      const sooner = await this.#findByKey(principal, idempotencyKey, inputHash)
      if (sooner) return sooner
    }
  }

  async #findByKey(
    { tenantId }: Principal,
    key: string | undefined,
    inputHash: string | null,
  ): Promise<TaskGraphDocument | null> {
    const known = key === undefined ? null : await this.#options.graphs.getByKey(tenantId, key)
    if (known && known.inputHash !== inputHash)
      throw new GraphloomError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used before with another input.')
    return known
  }

  async #checkTasks(principal: Principal, tasks: readonly GraphTaskRequest[]): Promise<CheckedTask[]> {
    const checked: CheckedTask[] = []
    let bytes = 0
    for (const [at, task] of tasks.entries()) {
      if (at % STEP === STEP - 1) await setImmediate()
      const path = `input.tasks.${at}`
      bytes += Buffer.byteLength(JSON.stringify(task.input))
      if (bytes > MAX_GRAPH_INPUT_BYTES) throw inputsTooLarge(path)
      const isTemplate = checkReferences(task, path)
      const checking = this.#options.acceptance.check(principal, task, path, isTemplate)
      checked.push({ ...(await namingMistakes(`${path}.input`, checking)), isTemplate })
    }
    return checked
  }

  async #enter(principal: Principal, accepted: Accepted): Promise<TaskGraphDocument> {
    const { graphs, queues, payloads, clock } = this.#options
    using stack = new DisposableStack()
    for (const [queue, count] of countByQueue(accepted.checked)) stack.use(await queues.enter(queue, count))
    const graph = toGraph(principal, accepted, clock.now())
    const changes: TaskChange[] = []
    try {
      for (const at of accepted.request.tasks.keys()) {
        if (at % STEP === STEP - 1) await setImmediate()
        changes.push(await this.#toChange(principal, accepted, graph.id, at))
      }
      await graphs.insert(graph, changes, toLinks(accepted, changes))
    } catch (error) {
      await payloads.deleteUnstored(error, ...changes.map(({ next }) => next.input))
      throw error
    }
    return await graphs.require({ tenantId: principal.tenantId }, graph.id)
  }

  async #toChange(principal: Principal, accepted: Accepted, graphId: string, at: number): Promise<TaskChange> {
    const { acceptance, clock } = this.#options
    const { request, shape, checked } = accepted
    const { type, queue, queueKey, isTemplate } = checked[at]!
    const { name, after = [] } = request.tasks[at]!
    const task = await acceptance.toTask({
      principal,
      request: request.tasks[at]!,
      type,
      queue,
      inputHash: null,
      origin: {
        queueKey,
        graphId,
        graph: {
          name,
          parentCount: after.length,
          childCount: shape.childCounts[at]!,
          waitsFor: after.length - 1,
          cancelsChildren: false,
        },
      },
    })
    const whole = isTemplate ? { ...task, inputTemplate: task.input } : task
    const names = after.map((parent) => parent.name)
    return acceptTask(names.length > 0 ? blockTask(whole, names) : whole, clock.now())
  }
}

interface Accepted {
  readonly request: EnqueueGraphRequest
  readonly shape: GraphShape
  readonly checked: readonly CheckedTask[]
  readonly inputHash: string | null
}

/** Whether there are any. @throws GraphloomError `INVALID_INPUT` for one to what the task does not wait for. */
function checkReferences({ name, input, after = [] }: GraphTaskRequest, path: string): boolean {
  const references = findReferences(input, `${path}.input`)
  if (references.length === 0) return false
  const parents = new Set(after.map((parent) => parent.name))
  for (const reference of references)
    if (!parents.has(reference.of))
      throw invalidInput(`${reference.path}.$output.of`, `"${reference.of}" is not in the \`after\` of "${name}".`)
  requireSmall(input, `${path}.input`)
  return true
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function requireSmall(template: Json, path: string): void {
  if (Buffer.byteLength(JSON.stringify(template)) > MAX_TEMPLATE_BYTES)
    throw invalidInput(path, `takes outputs of other tasks, and has more than ${MAX_TEMPLATE_BYTES} bytes itself.`)
}

/** How many of them wait in each queue, in one order for all: who enters several queues waits for none that waits for it. */
export function countByQueue(tasks: readonly { readonly queue: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const queue of tasks.map((task) => task.queue).sort()) counts.set(queue, (counts.get(queue) ?? 0) + 1)
  return counts
}

const toGraph = (
  { tenantId, subject }: Principal,
  { request, shape, inputHash }: Accepted,
  nowMs: number,
): DocumentBody<TaskGraphDocument> => ({
  id: createId('taskGraph', nowMs),
  tenantId,
  taskCount: request.tasks.length,
  linkCount: shape.linkCount,
  idempotencyKey: request.idempotencyKey ?? null,
  inputHash,
  rerunOf: null,
  createdBy: subject,
})

function toLinks({ request, shape }: Accepted, changes: readonly TaskChange[]): DocumentBody<TaskLinkDocument>[] {
  return request.tasks.flatMap(({ after = [] }, at) =>
    after.map(({ name, onFailure = 'FAIL' }, ordinal) =>
      toLink({
        child: changes[at]!.next,
        parentId: changes[shape.parents[at]![ordinal]!]!.next.id,
        parentName: name,
        ordinal,
        onFailure,
      }),
    ),
  )
}

export function toLink({
  child: { id: childId, tenantId },
  ...link
}: Pick<TaskLinkDocument, 'parentId' | 'parentName' | 'ordinal' | 'onFailure'> & {
  readonly child: Pick<TaskLinkDocument, 'id' | 'tenantId'>
}): DocumentBody<TaskLinkDocument> {
  return { id: `${childId}.${link.ordinal}`, tenantId, childId, ...link }
}

const inputsTooLarge = (path: string): GraphloomError =>
  new GraphloomError('PAYLOAD_TOO_LARGE', `The inputs of the graph have more than ${MAX_GRAPH_INPUT_BYTES} bytes.`, {
    details: { path, limit: { name: 'graphInputBytes', value: MAX_GRAPH_INPUT_BYTES } },
  })

const hashOf = (request: EnqueueGraphRequest): string =>
  createHash('sha256').update(canonicalJson(request)).digest('hex')
