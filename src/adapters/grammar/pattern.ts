import refa from 'refa'
import type { Concatenation, Element, Expression, NoParent } from 'refa'
import { toCountedPart } from './counted-pattern.js'
import type { NetworkBuilder, Part } from './network.js'
import { intersectRanges, invertRanges, MAX_CHARACTER, type Range } from './utf8-ranges.js'

/** The most characters and parts of an expression. */
const MAX_CHARACTERS = 16_384
const MAX_NODES = 3_000

export interface PatternOptions {
  /** How a character of these is written, where it is not as itself. */
  readonly write?: (characters: readonly Range[]) => Part
  /** In characters. */
  readonly minLength?: number
  readonly maxLength?: number
}

/**
 * What a regular expression (ECMAScript, with the flag u) matches as a whole. Anchors at its ends are allowed.
 * @throws Error that says what cannot be honoured.
 */
export function toPatternPart(builder: NetworkBuilder, pattern: string, options: PatternOptions = {}): Part {
  const { write = (characters) => builder.character(characters), minLength = 0, maxLength = Infinity } = options
  const expression = parse(withoutAnchors(pattern))
  const length = lengthOf(expression.alternatives)
  return length.min >= minLength && length.max <= maxLength
    ? toPart(expression.alternatives, builder, write)
    : toCountedPart(expression, { builder, write, minLength, maxLength })
}

/** What has a match of a regular expression somewhere in it. */
export function toSearchPart(builder: NetworkBuilder, pattern: string): Part {
  const all = builder.repeat(builder.character([{ min: 0, max: MAX_CHARACTER }]), 0, Infinity)
  const match = toPatternPart(builder, pattern)
  const parts = [...(pattern.startsWith('^') ? [] : [all]), match, ...(END_ANCHOR.test(pattern) ? [] : [all])]
  return builder.sequence(...parts)
}

/** A dollar sign with an even number of backslashes before it. */
const END_ANCHOR = /(?<=(?<!\\)(?:\\\\)*)\$$/

const withoutAnchors = (pattern: string): string => pattern.replace(/^\^/, '').replace(END_ANCHOR, '')

function parse(source: string): NoParent<Expression> {
  if (source.length > MAX_CHARACTERS) throw new Error(`it has more than ${MAX_CHARACTERS} characters`)
  try {
    return refa.JS.Parser.fromLiteral({ source, flags: 'u' }).parse({
      maxNodes: MAX_NODES,
      assertions: 'throw',
      backreferences: 'throw',
    }).expression
  } catch (error) {
    if (error instanceof refa.TooManyNodesError)
      throw new Error(`it has more than ${MAX_NODES} parts`, { cause: error })
    throw error
  }
}

interface Length {
  readonly min: number
  readonly max: number
}

function lengthOf(alternatives: readonly NoParent<Concatenation>[]): Length {
  const each = alternatives.map(({ elements }) =>
    elements.map(lengthOfElement).reduce((sum, { min, max }) => ({ min: sum.min + min, max: sum.max + max }), NONE),
  )
  return { min: Math.min(...each.map(({ min }) => min)), max: Math.max(...each.map(({ max }) => max)) }
}

const NONE: Length = { min: 0, max: 0 }

function lengthOfElement(element: NoParent<Element>): Length {
  if (element.type === 'Alternation') return lengthOf(element.alternatives)
  if (element.type !== 'Quantifier') return { min: 1, max: 1 }
  const { min, max } = lengthOf(element.alternatives)
  return { min: min * element.min, max: max === 0 ? 0 : element.max === 0 ? 0 : max * element.max }
}

function toPart(
  alternatives: readonly NoParent<Concatenation>[],
  builder: NetworkBuilder,
  write: NonNullable<PatternOptions['write']>,
): Part {
  const toElement = (element: NoParent<Element>): Part => {
    switch (element.type) {
      case 'CharacterClass':
        return write(element.characters.ranges)
      case 'Quantifier': {
        const repeated = toPart(element.alternatives, builder, write)
        return builder.repeat(repeated, element.min, element.max)
      }
      case 'Alternation':
        return toPart(element.alternatives, builder, write)
      default:
        throw new Error('assertions are not supported')
    }
  }
  return builder.anyOf(alternatives.map(({ elements }) => builder.sequence(...elements.map(toElement))))
}

/** Characters as JSON writes them in a string. */
export function writeInJson(builder: NetworkBuilder): (characters: readonly Range[]) => Part {
  return (characters) => {
    const escaped = intersectRanges(characters, ESCAPED).flatMap(({ min, max }) =>
      Array.from({ length: max - min + 1 }, (_, i) => JSON.stringify(String.fromCodePoint(min + i)).slice(1, -1)),
    )
    const plain = builder.character(intersectRanges(characters, UNESCAPED))
    return escaped.length === 0 ? plain : builder.anyOf([plain, builder.words(escaped)])
  }
}

const ESCAPED: readonly Range[] = [0x22, 0x5c].map((one) => ({ min: one, max: one })).concat({ min: 0, max: 0x1f })
/** What stands in a JSON string as itself. */
export const UNESCAPED: readonly Range[] = invertRanges(ESCAPED)
