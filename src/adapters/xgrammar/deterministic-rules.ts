import refa from 'refa'
import type { DFA, NFA } from 'refa'

/** The most states of an automaton, and nodes of a pattern. */
const MAX_STATES = 5_000
const MAX_NODES = 10_000
const MAX_CHARACTER = 0x10_ffff
const SURROGATES = { min: 0xd800, max: 0xdfff }

/** What stands in a JSON string without an escape. */
const UNESCAPED = '[^"\\\\\\x00-\\x1f]'

/**
 * The grammar engine confuses alternatives that begin alike, so what is a regular language goes to it as a deterministic
 * automaton: one rule for each state, whose alternatives begin with different characters. The first rule is `name`.
 */
export interface RuleOptions {
  readonly name: string
  /** Whether the text is the inside of a JSON string, in which nothing may need an escape. */
  readonly insideString?: boolean
  readonly minLength?: number
  readonly maxLength?: number
}

/** Rules for the texts given. */
export function toWordRules(words: readonly string[], { name }: Pick<RuleOptions, 'name'>): string {
  const codePoints = words.map((word) => Array.from(word, (character) => character.codePointAt(0)!))
  return toRules(refa.DFA.fromWords(codePoints, { maxCharacter: MAX_CHARACTER }), name)
}

/**
 * Rules for what a regular expression (ECMAScript, with the flag u) matches as a whole. Anchors at its ends are allowed.
 * @throws Error that says what cannot be honoured.
 */
export function toPatternRules(pattern: string, options: RuleOptions): string {
  const { name, insideString = false, minLength = 0, maxLength } = options
  let automaton = toDeterministic(parse(pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')))
  const limits = [
    ...(insideString ? [`${UNESCAPED}*`] : []),
    ...(minLength > 0 || maxLength !== undefined ? [`[^]{${minLength},${maxLength ?? ''}}`] : []),
  ]
  for (const limit of limits)
    automaton = refa.DFA.fromIntersection(automaton, parse(limit), new refa.DFA.LimitedNodeFactory(MAX_STATES))
  if (automaton.isEmpty) throw new Error(`nothing that may be written matches the pattern ${pattern}`)
  return toRules(automaton, name)
}

const toDeterministic = (automaton: NFA): DFA => refa.DFA.fromFA(automaton, new refa.DFA.LimitedNodeFactory(MAX_STATES))

function parse(source: string): NFA {
  const { expression, maxCharacter } = refa.JS.Parser.fromLiteral({ source, flags: 'u' }).parse({
    maxNodes: MAX_NODES,
    assertions: 'throw',
    backreferences: 'throw',
  })
  return refa.NFA.fromRegex(expression, { maxCharacter }, undefined, new refa.NFA.LimitedNodeFactory(MAX_STATES))
}

type State = DFA.Node

function toRules(automaton: DFA, name: string): string {
  automaton.minimize()
  const names = new Map<State, string>([[automaton.initial, name]])
  const rules: string[] = []
  for (const [state, rule] of names) {
    const classes = new Map<State, string[]>()
    for (const [range, next] of state.out) {
      const known = classes.get(next) ?? []
      classes.set(next, [...known, ...withoutSurrogates(range)])
      if (!names.has(next)) names.set(next, `${name}_${names.size}`)
    }
    const loop = classes.get(state)
    classes.delete(state)
    const ways = Array.from(classes, ([next, ranges]) => [`[${ranges.join('')}]`, names.get(next)!].join(' '))
    if (automaton.finals.has(state)) ways.push('""')
    // A state that leads to itself is a repetition: as a rule that ends in itself it would cost more with each turn.
    rules.push(`${rule} ::= ${loop ? `[${loop.join('')}]* ` : ''}(${ways.join(' | ')})`)
  }
  return rules.join('\n')
}

/** Ranges as a character class writes them. Surrogates are no characters by themselves. */
function withoutSurrogates({ min, max }: { readonly min: number; readonly max: number }): string[] {
  const parts = [
    { min, max: Math.min(max, SURROGATES.min - 1) },
    { min: Math.max(min, SURROGATES.max + 1), max },
  ]
  if (max < SURROGATES.min || min > SURROGATES.max) return [toRange(min, max)]
  return parts.filter((part) => part.min <= part.max).map((part) => toRange(part.min, part.max))
}

const toRange = (min: number, max: number): string =>
  min === max ? toCharacter(min) : `${toCharacter(min)}-${toCharacter(max)}`

const toCharacter = (codePoint: number): string => `\\U${codePoint.toString(16).padStart(8, '0')}`
