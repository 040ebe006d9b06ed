import { toUtf8Ranges, type Range } from './utf8-ranges.js'

/** A place in a rule. From it a text goes on by a byte, by all of another rule, or by nothing at all. */
export interface State {
  readonly id: number
  readonly bytes: { readonly range: Range; readonly to: State }[]
  readonly calls: { readonly rule: Rule; readonly to: State }[]
  readonly empty: State[]
  /** The rule that ends here. */
  readonly ends: Rule | null
}

/** Texts: those on the ways from its start to its end. */
export interface Rule {
  /** As a refusal names it. */
  readonly name: string
  readonly start: State
  readonly end: State
}

/** Lays ways for some texts from a state, and gives the state in which they end. It may be laid several times. */
export type Part = (from: State) => State

interface WordTree {
  readonly state: State
  readonly next: Map<number, WordTree>
}

/** The most states of a grammar, and ways between them: it is built in some tens of milliseconds. */
const MAX_STATES = 30_000
const MAX_STEPS = 150_000
/** Characters that are written in more ways than these are a rule, so that the ways are built once. */
const FEW_SEQUENCES = 16
/** So many times a part is written one after the other; more are written as repetitions of that many. */
const BLOCK = 32

/** Builds rules. @throws Error when they are too large together. */
export class NetworkBuilder {
  readonly #characters = new Map<string, Rule>()
  readonly #blocks = new Map<Part, Part>()
  #count = 0
  #steps = 0

  state(ends: Rule | null = null): State {
    this.spend(1, 0)
    return { id: this.#count, bytes: [], calls: [], empty: [], ends }
  }

  /** Counts states and ways that are not built here but cost as much. */
  spend(states: number, steps: number): void {
    if ((this.#count += states) > MAX_STATES)
      throw new Error(`it takes more than ${MAX_STATES} states: it has too many parts, or repeats too much`)
    if ((this.#steps += steps) > MAX_STEPS)
      throw new Error(`it takes more than ${MAX_STEPS} steps between states: its classes have too many ranges`)
  }

  /** A rule to be defined later. */
  declare(name: string): Rule {
    const rule = { name, start: this.state() } as { -readonly [K in keyof Rule]: Rule[K] }
    rule.end = this.state(rule)
    return rule
  }

  define(rule: Rule, part: Part): void {
    part(rule.start).empty.push(rule.end)
  }

  rule(name: string, part: Part): Rule {
    const rule = this.declare(name)
    this.define(rule, part)
    return rule
  }

  call(rule: Rule): Part {
    return (from) => {
      const to = this.state()
      from.calls.push({ rule, to })
      return to
    }
  }

  text(text: string): Part {
    return (from) => {
      let state = from
      for (const byte of Buffer.from(text, 'utf8')) {
        const to = this.state()
        state.bytes.push({ range: { min: byte, max: byte }, to })
        state = to
      }
      return state
    }
  }

  /** One character of the ranges. */
  character(ranges: readonly Range[]): Part {
    this.spend(0, ranges.length)
    if (ranges.length > FEW_SEQUENCES) return this.call(this.#characterRule(ranges))
    return this.#characterOf(ranges)
  }

  #characterRule(ranges: readonly Range[]): Rule {
    const key = ranges.map(({ min, max }) => `${min}-${max}`).join()
    let rule = this.#characters.get(key)
    if (!rule) this.#characters.set(key, (rule = this.rule('a character', this.#characterOf(ranges))))
    return rule
  }

  #characterOf(ranges: readonly Range[]): Part {
    const sequences = ranges.flatMap(toUtf8Ranges)
    return (from) => {
      this.spend(0, sequences.length)
      const to = this.state()
      const within = new Map<string, State>()
      for (const sequence of sequences) this.#addSequence(sequence, from, to, within)
      return to
    }
  }

  /** Sequences that end alike share their ends. */
  #addSequence(sequence: readonly Range[], from: State, to: State, within: Map<string, State>): void {
    const [range, ...rest] = sequence
    if (rest.length === 0) {
      from.bytes.push({ range: range!, to })
      return
    }
    const key = rest.map(({ min, max }) => `${min}-${max}`).join()
    let next = within.get(key)
    if (!next) {
      within.set(key, (next = this.state()))
      this.#addSequence(rest, next, to, within)
    }
    from.bytes.push({ range: range!, to: next })
  }

  sequence(...parts: readonly Part[]): Part {
    return (from) => parts.reduce((state, part) => part(state), from)
  }

  anyOf(parts: readonly Part[]): Part {
    return (from) => {
      const to = this.state()
      for (const part of parts) part(from).empty.push(to)
      return to
    }
  }

  /** One of the texts; those that begin alike share their beginnings. */
  words(words: Iterable<string>): Part {
    return (from) => {
      const to = this.state()
      const tree: WordTree = { state: from, next: new Map() }
      for (const word of words) {
        let node = tree
        for (const byte of Buffer.from(word, 'utf8')) node = this.#follow(node, byte)
        node.state.empty.push(to)
      }
      return to
    }
  }

  #follow(node: WordTree, byte: number): WordTree {
    const known = node.next.get(byte)
    if (known) return known
    const added = { state: this.state(), next: new Map() }
    node.state.bytes.push({ range: { min: byte, max: byte }, to: added.state })
    node.next.set(byte, added)
    return added
  }

  optional(part: Part): Part {
    return this.anyOf([(from) => from, part])
  }

  /** So many times at least and at most; without a limit when `most` is infinite. */
  repeat(part: Part, least: number, most: number): Part {
    return this.sequence(this.#times(part, least), most === Infinity ? this.#any(part) : this.#upTo(part, most - least))
  }

  #any(part: Part): Part {
    return (from) => {
      const loop = this.state()
      from.empty.push(loop)
      part(loop).empty.push(loop)
      return loop
    }
  }

  #times(part: Part, count: number): Part {
    if (count <= BLOCK) return this.sequence(...Array.from({ length: count }, () => part))
    const block = this.#block(part)
    return this.sequence(this.#times(block, Math.floor(count / BLOCK)), this.#times(part, count % BLOCK))
  }

  /** There is one way for each number of times: some blocks and less than one more, or all blocks and the rest. */
  #upTo(part: Part, count: number): Part {
    if (count <= BLOCK) return this.#upToFew(part, count)
    const block = this.#block(part)
    const blocks = Math.floor(count / BLOCK)
    return this.anyOf([
      this.sequence(this.#upTo(block, blocks - 1), this.#upToFew(part, BLOCK - 1)),
      this.sequence(this.#times(block, blocks), this.#upToFew(part, count % BLOCK)),
    ])
  }

  #upToFew(part: Part, count: number): Part {
    return (from) => {
      const to = this.state()
      let state = from
      state.empty.push(to)
      for (let i = 0; i < count; i++) {
        state = part(state)
        state.empty.push(to)
      }
      return to
    }
  }

  #block(part: Part): Part {
    let block = this.#blocks.get(part)
    if (!block) {
      block = this.call(this.rule(`${BLOCK} of a repetition`, this.#times(part, BLOCK)))
      this.#blocks.set(part, block)
    }
    return block
  }
}
