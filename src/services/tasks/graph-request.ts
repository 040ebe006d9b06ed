import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { ParentFailurePolicy } from '../../domain/task-graph.js'
import type { EnqueueRequest } from './enqueue-request.js'

/** A task of a graph. What it waits for is named as in the graph. */
export interface GraphTaskRequest extends Omit<EnqueueRequest, 'dedupe' | 'idempotencyKey'> {
  readonly name: string
  readonly after?:
    readonly { readonly name: string; readonly onFailure?: ParentFailurePolicy | undefined }[] | undefined
}

export interface EnqueueGraphRequest {
  readonly tasks: readonly GraphTaskRequest[]
  readonly idempotencyKey?: string | undefined
}

export const MAX_GRAPH_TASKS = 10_000
export const MAX_GRAPH_LINKS = 40_000
export const MAX_NAME_CHARACTERS = 64
/** Of all inputs of a graph together, as JSON. */
export const MAX_GRAPH_INPUT_BYTES = 8 * 1_048_576
const MAX_TOLD_NAMES = 20

/** How the tasks hang together, by their places in the request. */
export interface GraphShape {
  /** For each task those that it waits for, in its order. */
  readonly parents: readonly (readonly number[])[]
  readonly childCounts: readonly number[]
  readonly linkCount: number
}

/** @throws GraphloomError `INVALID_INPUT` that names the first place that is wrong; for a cycle, with its names. */
export function checkGraph(tasks: readonly GraphTaskRequest[]): GraphShape {
  checkCount('input.tasks', 'tasks', tasks.length, MAX_GRAPH_TASKS)
  if (tasks.length === 0) throw invalidInput('input.tasks', 'must not be empty.')
  const linkCount = tasks.reduce((count, { after = [] }) => count + after.length, 0)
  checkCount('input.tasks', 'entries in `after`', linkCount, MAX_GRAPH_LINKS)
  const places = placesByName(tasks)
  const parents = tasks.map((_, at) => placesOfParents(tasks, at, places))
  const childCounts = tasks.map(() => 0)
  for (const parent of parents.flat()) childCounts[parent]!++
  requireNoCycle(tasks, parents)
  return { parents, childCounts, linkCount }
}

function checkCount(path: string, what: string, count: number, most: number): void {
  if (count <= most) return
  throw new GraphloomError('INVALID_INPUT', `${path}: there are ${count} ${what}; at most ${most} are allowed.`, {
    details: { path, limit: { name: what, value: most, actual: count } },
  })
}

function placesByName(tasks: readonly GraphTaskRequest[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  tasks.forEach(({ name }, at) => {
    const path = `input.tasks.${at}.name`
    if (name.length === 0 || name.length > MAX_NAME_CHARACTERS || !name.isWellFormed())
      throw invalidInput(path, `must have 1 to ${MAX_NAME_CHARACTERS} characters.`)
    const other = places.get(name)
    if (other !== undefined) throw invalidInput(path, `input.tasks.${other} has the name "${name}" too.`)
    places.set(name, at)
  })
  return places
}

function placesOfParents(
  tasks: readonly GraphTaskRequest[],
  at: number,
  places: ReadonlyMap<string, number>,
): number[] {
  const seen = new Set<string>()
  return (tasks[at]!.after ?? []).map(({ name }, ordinal) => {
    const path = `input.tasks.${at}.after.${ordinal}.name`
    const place = places.get(name)
    if (place === undefined)
      throw invalidInput(path, `there is no task "${name.slice(0, MAX_NAME_CHARACTERS)}" in the graph.`)
    if (seen.has(name)) throw invalidInput(path, `"${name}" is named twice.`)
    seen.add(name)
    return place
  })
}

/** Takes away, again and again, what waits for nothing; what is left waits for a cycle or is in one. */
function requireNoCycle(tasks: readonly GraphTaskRequest[], parents: readonly (readonly number[])[]): void {
  const children: number[][] = tasks.map(() => [])
  parents.forEach((own, at) => own.forEach((parent) => children[parent]!.push(at)))
  const pending = parents.map((own) => own.length)
  const free = pending.flatMap((count, at) => (count === 0 ? [at] : []))
  for (let at = free.pop(); at !== undefined; at = free.pop())
    for (const child of children[at]!) if (--pending[child]! === 0) free.push(child)
  const first = pending.findIndex((count) => count > 0)
  if (first < 0) return
  const cycle = cycleBefore(first, (at) => parents[at]!.find((parent) => pending[parent]! > 0)!)
  const path = `input.tasks.${cycle[0]}.after`
  const names = cycle.map((at) => tasks[at]!.name)
  const told = names.slice(0, MAX_TOLD_NAMES).map((name) => `"${name}"`)
  const more = names.length > told.length ? ` and ${names.length - told.length} more` : ''
  throw new GraphloomError('INVALID_INPUT', `${path}: the tasks wait for each other: ${told.join(' after ')}${more}.`, {
    details: { path, cycle: names },
  })
}

/** The cycle that going back from a place runs into, beginning with its first place in the request. */
function cycleBefore(start: number, parentOf: (at: number) => number): number[] {
  const order = new Map<number, number>()
  let at = start
  while (!order.has(at)) {
    order.set(at, order.size)
    at = parentOf(at)
  }
  const cycle = [...order.keys()].slice(order.get(at))
  const least = cycle.indexOf(Math.min(...cycle))
  return [...cycle.slice(least), ...cycle.slice(0, least)]
}
