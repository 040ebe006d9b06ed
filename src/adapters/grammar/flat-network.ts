import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Rule, State } from './network.js'
import { reachable, type Network } from './pruned-network.js'

/** A grammar in numbers, which goes from one thread to another: its states form circles and chains of any length. */
export interface FlatNetwork {
  /** Place of the first rule. */
  readonly root: number
  readonly names: readonly string[]
  /** Of each rule the places of its first and its last state. */
  readonly rules: Int32Array
  readonly stateCount: number
  /**
   * Of each state its id, the rule that ends there or -1, and three lists, each with its length before it: ranges of
   * bytes with the state after each, calls of rules with the state after each, and states reached without a byte.
   */
  readonly states: Int32Array
  readonly classOf: Uint8Array
  readonly classCount: number
}

/** So many states are made before others get their turn. */
const STATES_AT_ONCE = 1_000

export function flatten({ root, classOf, classCount }: Network): FlatNetwork {
  const states = [...reachable(root)]
  const places = new Map(states.map((state, place) => [state, place]))
  const placeOf = (state: State): number => {
    const known = places.get(state)
    if (known !== undefined) return known
    // The end of a rule that nothing leads to.
    places.set(state, states.length)
    return states.push(state) - 1
  }
  const rules = new Map<Rule, number>()
  const numberOf = (rule: Rule): number => {
    if (!rules.has(rule)) rules.set(rule, rules.size)
    return rules.get(rule)!
  }
  numberOf(root)
  const written: number[] = []
  for (const { id, bytes, calls, empty, ends } of states) {
    written.push(id, ends ? numberOf(ends) : -1)
    written.push(bytes.length)
    for (const { range, to } of bytes) written.push(range.min, range.max, placeOf(to))
    written.push(calls.length)
    for (const { rule, to } of calls) written.push(numberOf(rule), placeOf(to))
    written.push(empty.length)
    for (const to of empty) written.push(placeOf(to))
  }
  const all = [...rules.keys()]
  return {
    root: numberOf(root),
    names: all.map(({ name }) => name),
    rules: Int32Array.from(all.flatMap(({ start, end }) => [places.get(start)!, places.get(end) ?? -1])),
    stateCount: states.length,
    states: Int32Array.from(written),
    classOf,
    classCount,
  }
}

/** The grammar again, made with turns for others between. */
export async function inflate(flat: FlatNetwork): Promise<Network> {
  const states: State[] = []
  const written = flat.states
  const rules = flat.names.map((name) => ({ name }) as { -readonly [K in keyof Rule]: Rule[K] })
  for (let place = 0, at = 0; place < flat.stateCount; place++) {
    if (place % STATES_AT_ONCE === STATES_AT_ONCE - 1) await nextTurn()
    const ends = written[at + 1]!
    states.push({ id: written[at]!, bytes: [], calls: [], empty: [], ends: rules[ends] ?? null })
    at += 2
    for (const size of LIST_ENTRY_SIZES) at += 1 + size * written[at]!
  }
  rules.forEach((rule, number) => {
    rule.start = states[flat.rules[2 * number]!]!
    rule.end = states[flat.rules[2 * number + 1]!]!
  })
  let at = 0
  const next = (): number => written[at++]!
  for (const [place, { bytes, calls, empty }] of states.entries()) {
    if (place % STATES_AT_ONCE === STATES_AT_ONCE - 1) await nextTurn()
    at += 2
    for (let left = next(); left > 0; left--) bytes.push({ range: { min: next(), max: next() }, to: states[next()]! })
    for (let left = next(); left > 0; left--) calls.push({ rule: rules[next()]!, to: states[next()]! })
    for (let left = next(); left > 0; left--) empty.push(states[next()]!)
  }
  return { root: rules[flat.root]!, classOf: flat.classOf, classCount: flat.classCount }
}

/** Numbers of an entry in each of a state's lists. */
const LIST_ENTRY_SIZES = [3, 2, 1]
