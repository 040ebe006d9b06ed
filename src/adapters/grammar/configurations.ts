import type { Network } from './pruned-network.js'
import type { State } from './network.js'

/** The most ways in which a text may be read that are kept. With fewer ways fewer texts are let through, never others. */
const KEPT_WAYS = 400
/** The most ways that are looked at for what may come at one place, and for all that one token may be. */
const MAX_WAYS = 10_000
const MAX_WORK = 1_000_000

/** Where a text goes on after the rules that it is in, the innermost first. */
interface Stack {
  readonly id: number
  readonly state: State
  readonly below: Stack | null
  readonly above: Map<State, Stack>
}

interface Way {
  readonly state: State
  /** Null within the first rule. */
  readonly stack: Stack | null
}

/** All that a text so far may be the beginning of. */
export interface Configuration {
  readonly ways: readonly Way[]
  /** Whether the text may end here. */
  readonly isWhole: boolean
  /** What each class of bytes leads to, as far as it is known; null where it may not come. */
  readonly next: (Configuration | null | undefined)[]
}

/**
 * A grammar as an automaton whose states are made when a text first comes by. There is one for each set of ways, so
 * that what was found out for it holds wherever a text gets into the same.
 */
export class Configurations {
  readonly #network: Network
  readonly #bottom = new Map<State, Stack>()
  readonly #known = new Map<string, Configuration>()
  #stacks = 0
  #work = 0
  readonly first: Configuration

  constructor(network: Network) {
    this.#network = network
    this.first = this.#settle([{ state: network.root.start, stack: null }])
  }

  get size(): number {
    return this.#known.size
  }

  /** From here on as many ways may be followed as one token may cost. */
  startWork(): void {
    this.#work = 0
  }

  /** @throws Error when there are too many ways to read the text. */
  step(configuration: Configuration, byte: number): Configuration | null {
    const byteClass = this.#network.classOf[byte]!
    const known = configuration.next[byteClass]
    return known === undefined ? this.#stepAnew(configuration, byte, byteClass) : known
  }

  /** Where bytes from `min` to `max` lead, each class of them once. */
  *stepAll(configuration: Configuration, min: number, max: number): Generator<Configuration | null> {
    const { classOf } = this.#network
    for (let byte = min; byte <= max; byte++)
      if (byte === min || classOf[byte] !== classOf[byte - 1]) yield this.step(configuration, byte)
  }

  #stepAnew(configuration: Configuration, byte: number, byteClass: number): Configuration | null {
    const ways: Way[] = []
    for (const { state, stack } of configuration.ways)
      for (const { range, to } of state.bytes)
        if (byte >= range.min && byte <= range.max) ways.push({ state: to, stack })
    return (configuration.next[byteClass] = ways.length === 0 ? null : this.#settle(ways))
  }

  /** The same configuration of this automaton, for one of another of the same grammar. */
  adopt({ ways, isWhole }: Configuration): Configuration {
    return this.#keep(
      ways.map(({ state, stack }) => ({ state, stack: this.#copy(stack) })),
      isWhole,
    )
  }

  #copy(stack: Stack | null): Stack | null {
    const states: State[] = []
    for (let one = stack; one; one = one.below) states.push(one.state)
    return states.reduceRight<Stack | null>((below, state) => this.#push(state, below), null)
  }

  /** Follows what takes no byte: into rules, and out of them. */
  #settle(from: readonly Way[]): Configuration {
    const ways = new WaySet()
    const add = (state: State, stack: Stack | null): void => {
      if (!ways.add(state, stack)) return
      if (ways.all.length > MAX_WAYS || ++this.#work > MAX_WORK)
        throw new Error(
          `it lets a text be read in too many ways: more than ${MAX_WAYS}, or ${MAX_WORK} for what comes next`,
        )
    }
    for (const { state, stack } of from) add(state, stack)
    let isWhole = false
    for (const { state, stack } of ways.all) {
      for (const to of state.empty) add(to, stack)
      for (const { rule, to } of state.calls) add(rule.start, isEndOfRule(to) ? stack : this.#push(to, stack))
      if (!state.ends) continue
      if (stack) add(stack.state, stack.below)
      else isWhole = true
    }
    return this.#keep(
      ways.all.filter(({ state }) => state.bytes.length > 0),
      isWhole,
    )
  }

  #keep(ways: readonly Way[], isWhole: boolean): Configuration {
    if (ways.length > KEPT_WAYS) return this.#keep(ways.toSorted(compareWays).slice(0, KEPT_WAYS), isWhole)
    const keys = ways.map(keyOf)
    if (keys.length > 1) keys.sort((one, other) => one - other)
    const key = `${keys.join()}${isWhole ? '!' : ''}`
    let known = this.#known.get(key)
    if (!known) this.#known.set(key, (known = { ways, isWhole, next: new Array<undefined>(this.#network.classCount) }))
    return known
  }

  #push(state: State, below: Stack | null): Stack {
    const above = below?.above ?? this.#bottom
    let stack = above.get(state)
    if (!stack) above.set(state, (stack = { id: ++this.#stacks, state, below, above: new Map() }))
    return stack
  }
}

const keyOf = ({ state, stack }: Way): number => state.id + (stack?.id ?? 0) * STACK_KEY
/** More than there are states. */
const STACK_KEY = 2 ** 20
const FEW_WAYS = 12

/** Ways without one twice. Most often they are so few that looking through them is quickest. */
class WaySet {
  readonly all: Way[] = []
  #keys: Set<number> | null = null

  /** False for one that is there. */
  add(state: State, stack: Stack | null): boolean {
    const way = { state, stack }
    if (this.#keys ? this.#keys.has(keyOf(way)) : this.all.some((one) => one.state === state && one.stack === stack))
      return false
    this.all.push(way)
    if (this.#keys) this.#keys.add(keyOf(way))
    else if (this.all.length > FEW_WAYS) this.#keys = new Set(this.all.map(keyOf))
    return true
  }
}

/** An order that is the same wherever and whenever a text comes by: by the places in the rules, from the innermost. */
function compareWays(one: Way, other: Way): number {
  let difference = one.state.id - other.state.id
  let [mine, theirs] = [one.stack, other.stack]
  while (difference === 0 && mine !== theirs) {
    difference = (mine?.state.id ?? 0) - (theirs?.state.id ?? 0)
    mine = mine?.below ?? null
    theirs = theirs?.below ?? null
  }
  return difference
}

/** Whether nothing but the end of its rule comes after a state: then nobody needs to come back to it. */
function isEndOfRule(state: State): boolean {
  let one = state
  while (!one.ends && one.bytes.length + one.calls.length === 0 && one.empty.length === 1) one = one.empty[0]!
  return one.ends !== null
}
