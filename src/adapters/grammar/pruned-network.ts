import type { Rule, State } from './network.js'
import { keepBytes } from './utf8-ranges.js'

/** A grammar without dead ends: from each place that a text can reach in it, the text can be brought to an end. */
export interface Network {
  readonly root: Rule
  /** Bytes that no state tells apart have the same class. */
  readonly classOf: Uint8Array
  readonly classCount: number
}

/** All bytes: a model may lack tokens for some. */
export const ALL_BYTES: readonly boolean[] = Array.from({ length: 0x100 }, () => true)

/**
 * Takes out of a grammar what cannot be brought to an end with the bytes that can be written.
 * @throws Error when nothing is left, and for a rule that begins with itself.
 */
export function toNetwork(root: Rule, isWritable = ALL_BYTES): Network {
  const states = reachable(root)
  if (isWritable !== ALL_BYTES) for (const state of states) keepWritable(state, isWritable)
  const live = findEnding(states, false)
  if (!live.has(root.start)) {
    const what = isWritable === ALL_BYTES ? 'nothing that ends' : 'nothing that the model has tokens for'
    throw new Error(`${what} is valid by ${nameDeadEnd(root, live)}`)
  }
  for (const state of states) prune(state, live)
  const kept = reachable(root)
  checkBeginnings(kept, findEnding(kept, true))
  return { root, ...toClasses(kept) }
}

/** States in the order in which they were found, each once. */
class StateList {
  readonly all: State[] = []
  readonly #isIn: boolean[] = []

  has({ id }: State): boolean {
    return this.#isIn[id] === true
  }

  add(state: State): void {
    if (this.#isIn[state.id]) return
    this.#isIn[state.id] = true
    this.all.push(state)
  }
}

/** The states of a rule and of those that it calls, in the order in which they are found. */
export function reachable(root: Rule): readonly State[] {
  const states = new StateList()
  states.add(root.start)
  // What is added on the way is visited too.
  for (const { bytes, calls, empty } of states.all) {
    for (const { to } of bytes) states.add(to)
    for (const { rule, to } of calls) {
      states.add(rule.start)
      states.add(to)
    }
    for (const to of empty) states.add(to)
  }
  return states.all
}

/** States from which the end of their rule can be reached; without a byte being written, where asked for. */
function findEnding(states: readonly State[], withoutBytes: boolean): StateList {
  const waysTo: State[][] = []
  const callsTo: { readonly from: State; readonly rule: Rule }[][] = []
  const callsOf: { readonly from: State; readonly to: State }[][] = []
  const ending = new StateList()
  for (const state of states) {
    if (state.ends) ending.add(state)
    if (!withoutBytes) for (const { to } of state.bytes) (waysTo[to.id] ??= []).push(state)
    for (const to of state.empty) (waysTo[to.id] ??= []).push(state)
    for (const { rule, to } of state.calls) {
      ;(callsTo[to.id] ??= []).push({ from: state, rule })
      ;(callsOf[rule.start.id] ??= []).push({ from: state, to })
    }
  }
  for (const { id } of ending.all) {
    for (const from of waysTo[id] ?? []) ending.add(from)
    for (const { from, rule } of callsTo[id] ?? []) if (ending.has(rule.start)) ending.add(from)
    for (const { from, to } of callsOf[id] ?? []) if (ending.has(to)) ending.add(from)
  }
  return ending
}

/** The innermost rule on the way that cannot be brought to an end, as far as there is only one such way. */
function nameDeadEnd(root: Rule, live: StateList): string {
  let rule = root
  const seen = new Set<Rule>()
  while (!seen.has(rule)) {
    seen.add(rule)
    const states = within(rule)
    const dead = states.flatMap(({ calls }) => calls.map((call) => call.rule)).filter(({ start }) => !live.has(start))
    if (dead.length === 0) return rule.name
    rule = dead[0]!
  }
  return rule.name
}

function within(rule: Rule): State[] {
  const states = new Set([rule.start])
  for (const { bytes, calls, empty } of states) {
    for (const { to } of [...bytes, ...calls]) states.add(to)
    for (const to of empty) states.add(to)
  }
  return [...states]
}

function keepWritable({ bytes }: State, isWritable: readonly boolean[]): void {
  const kept = bytes.flatMap(({ range, to }) => keepBytes(range, isWritable).map((one) => ({ range: one, to })))
  bytes.splice(0, bytes.length, ...kept)
}

function prune(state: State, live: StateList): void {
  const keep = <T>(list: T[], isLive: (one: T) => boolean): void => {
    if (!list.every(isLive)) list.splice(0, list.length, ...list.filter(isLive))
  }
  keep(state.bytes, ({ to }) => live.has(to))
  keep(state.calls, ({ rule, to }) => live.has(rule.start) && live.has(to))
  keep(state.empty, (to) => live.has(to))
}

/** A text is read from its beginning: a rule that calls itself before it has read anything would never come further. */
function checkBeginnings(states: readonly State[], nullable: StateList): void {
  const done = new Set<Rule>()
  const open = new Set<Rule>()
  const visits: { readonly rule: Rule; readonly left: Rule[] }[] = []
  const visit = (rule: Rule): void => {
    if (open.has(rule)) throw new Error(`${rule.name} calls itself before anything is written`)
    if (done.has(rule)) return
    open.add(rule)
    visits.push({ rule, left: firstCalls(rule, nullable) })
  }
  for (const { calls } of states)
    for (const { rule } of calls) {
      visit(rule)
      for (let top = visits.at(-1); top; top = visits.at(-1)) {
        const next = top.left.pop()
        if (next) visit(next)
        else {
          visits.pop()
          open.delete(top.rule)
          done.add(top.rule)
        }
      }
    }
}

function firstCalls({ start }: Rule, nullable: StateList): Rule[] {
  const states = new Set([start])
  const rules = new Set<Rule>()
  for (const { calls, empty } of states) {
    for (const to of empty) states.add(to)
    for (const { rule, to } of calls) {
      rules.add(rule)
      if (nullable.has(rule.start)) states.add(to)
    }
  }
  return [...rules]
}

function toClasses(states: readonly State[]): Pick<Network, 'classOf' | 'classCount'> {
  const begins = new Uint8Array(0x101)
  for (const { bytes } of states)
    for (const { range } of bytes) {
      begins[range.min] = 1
      begins[range.max + 1] = 1
    }
  const classOf = new Uint8Array(0x100)
  let count = 0
  for (let byte = 0; byte < classOf.length; byte++) {
    if (begins[byte] === 1 && byte > 0) count++
    classOf[byte] = count
  }
  return { classOf, classCount: count + 1 }
}
