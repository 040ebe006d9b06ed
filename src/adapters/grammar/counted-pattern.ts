import refa from 'refa'
import type { Expression, NFA, NoParent } from 'refa'
import type { NetworkBuilder, Part, State } from './network.js'
import { MAX_CHARACTER, type Range } from './utf8-ranges.js'

/** The most states of an expression that is joined with limits of length. */
const MAX_STATES = 5_000

export interface CountedPatternOptions {
  readonly builder: NetworkBuilder
  readonly write: (characters: readonly Range[]) => Part
  /** In characters. */
  readonly minLength: number
  readonly maxLength: number
}

/** What an expression matches in some lengths. */
export function toCountedPart(expression: NoParent<Expression>, options: CountedPatternOptions): Part {
  const automaton = toAutomaton(expression, options.builder)
  return (from) => new CountedWalk(automaton, options).layFrom(from)
}

function toAutomaton(expression: NoParent<Expression>, builder: NetworkBuilder): NFA {
  const factory = new refa.NFA.LimitedNodeFactory(MAX_STATES)
  try {
    const automaton = refa.NFA.fromRegex(expression, { maxCharacter: MAX_CHARACTER }, undefined, factory)
    for (const { out } of automaton.nodes()) builder.spend(1, out.size)
    return automaton
  } catch (error) {
    if (error instanceof refa.TooManyNodesError)
      throw new Error(`beside limits of length it takes more than ${MAX_STATES} states`, { cause: error })
    throw error
  }
}

/** A state of the automaton, after so many characters. */
interface Counted {
  readonly node: NFA.Node
  readonly count: number
  readonly state: State
}

class CountedWalk {
  readonly #automaton: NFA
  readonly #options: CountedPatternOptions
  /** Where counting ends: without an upper limit nothing changes any more after the lower one. */
  readonly #most: number
  readonly #byNode = new Map<NFA.Node, Map<number, State>>()
  readonly #waiting: Counted[] = []

  constructor(automaton: NFA, options: CountedPatternOptions) {
    this.#automaton = automaton
    this.#options = options
    this.#most = options.maxLength === Infinity ? options.minLength : options.maxLength
  }

  layFrom(from: State): State {
    const { builder, write, minLength, maxLength } = this.#options
    const to = builder.state()
    from.empty.push(this.#stateOf(this.#automaton.initial, 0))
    for (let one = this.#waiting.pop(); one; one = this.#waiting.pop()) {
      const { node, count, state } = one
      if (this.#automaton.finals.has(node) && count >= minLength) state.empty.push(to)
      if (count === maxLength) continue
      for (const [next, characters] of node.out)
        write(characters.ranges)(state).empty.push(this.#stateOf(next, Math.min(count + 1, this.#most)))
    }
    return to
  }

  #stateOf(node: NFA.Node, count: number): State {
    let states = this.#byNode.get(node)
    if (!states) this.#byNode.set(node, (states = new Map<number, State>()))
    let state = states.get(count)
    if (state) return state
    states.set(count, (state = this.#options.builder.state()))
    this.#waiting.push({ node, count, state })
    return state
  }
}
