import { unitOf, type Unit } from './units.js'
import { readNumberWords, scaleOf } from './written-numbers.js'
import type { TextTerm } from '../text-term.js'

/** A number in a text, with what it counts or measures. */
export interface Quantity {
  /** What it may mean: "1.500" is one and a half, or one thousand five hundred. */
  readonly values: readonly number[]
  readonly unit: Unit | null
  /** Stem of the word after it, where that is no unit. */
  readonly noun: string | null
  readonly isAbout: boolean
  readonly start: number
  readonly end: number
}

const DIGITS =
  /(?<![\p{L}\p{N}])(?<currency>[€$£¥]\s?)?(?<sign>(?<=^|[\s(])[-−])?(?<number>\d{1,2}:\d{2}(?!\d)|\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)(?:st|nd|rd|th)?(?![\p{L}\p{N}]*\d)/gu
const WORD = /[\p{L}]+(?:['’][\p{L}]+)*/gu
const NEXT_WORD = /^[\s\u00a0-]*(%|°\s?[CFcf]?|[€$£¥]|\p{L}+)/u
const ABOUT =
  /(?:\babout|\baround|\broughly|\bapproximately|\bnearly|\balmost|\bsome|\bover|\bmore than|\bunder|\bclose to|\betwa|\brund|\bungefähr|\benviron|[~≈])\s*[€$£¥]?$/iu
const ABOUT_CHARACTERS = 24
const ABOUT_TOLERANCE = 0.05

/** All numbers of a text, in digits and in words, in order. */
export function findQuantities(text: string, terms: readonly TextTerm[]): Quantity[] {
  const found = [...findDigits(text, terms), ...findWritten(text, terms)]
  return found.sort((a, b) => a.start - b.start)
}

function* findDigits(text: string, terms: readonly TextTerm[]): Generator<Quantity> {
  for (const match of text.matchAll(DIGITS)) {
    const { currency, sign, number } = match.groups as { currency?: string; sign?: string; number: string }
    const end = match.index + match[0].length
    const values = readDigits(number).map((value) => (sign ? -value : value))
    yield toQuantity(text, terms, { values, currency: currency?.trim() ?? null, start: match.index, end })
  }
}

function* findWritten(text: string, terms: readonly TextTerm[]): Generator<Quantity> {
  const words = [...text.matchAll(WORD)]
  for (let i = 0; i < words.length; i++) {
    const read = readNumberWords(rowOf(text, words, i))
    if (!read) continue
    const last = words[i + read.count - 1]!
    const isScaleOfDigits =
      read.count === 1 && scaleOf(words[i]![0]) !== null && /\d[\s-]*$/.test(text.slice(0, words[i]!.index))
    // "One" is as often a pronoun.
    if (!isScaleOfDigits && !(read.count === 1 && read.value === 1))
      yield toQuantity(text, terms, {
        values: [read.value],
        currency: null,
        start: words[i]!.index,
        end: last.index + last[0].length,
      })
    i += read.count - 1
  }
}

/** Words that follow each other with spaces and hyphens alone between them. */
function rowOf(text: string, words: readonly RegExpExecArray[], from: number): string[] {
  const row: string[] = []
  for (let i = from; i < words.length && row.length < 12; i++) {
    const before = words[i - 1]
    if (row.length > 0 && /[^\s-]/.test(text.slice(before!.index + before![0].length, words[i]!.index))) break
    row.push(words[i]![0].toLowerCase())
  }
  return row
}

/** Dots and commas part thousands in some languages, and fractions in others. */
function readDigits(number: string): number[] {
  if (number.includes(':')) {
    const [hours = 0, minutes = 0] = number.split(':').map(Number)
    return [hours * 60 + minutes + 1e9]
  }
  const plain = number.replace(/['’\u00a0\u202f ]/g, '')
  const marks = plain.match(/[.,]/g) ?? []
  const [first] = marks
  if (!first) return [Number(plain)]
  const last = marks.at(-1)!
  if (first !== last) return [Number(plain.replaceAll(first, '').replace(last, '.'))]
  const grouped = plain.split(first)
  const isGrouped = grouped.slice(1).every(({ length }) => length === 3)
  const whole = Number(plain.replaceAll(first, ''))
  if (marks.length > 1) return [whole]
  const fraction = Number(plain.replace(first, '.'))
  return isGrouped ? [whole, fraction] : [fraction]
}

interface Found {
  readonly values: readonly number[]
  readonly currency: string | null
  readonly start: number
  readonly end: number
}

function toQuantity(text: string, terms: readonly TextTerm[], found: Found): Quantity {
  const { start } = found
  let { values, end } = found
  let next = NEXT_WORD.exec(text.slice(end))
  const scale = next && scaleOf(next[1]!)
  if (next && scale) {
    values = values.map((value) => value * scale)
    end += next[0].length
    next = NEXT_WORD.exec(text.slice(end))
  }
  const word = next?.[1]?.replace(/\s/g, '') ?? null
  const isPerCent = word === 'per' && /^\s*per\s+cent\b/i.test(text.slice(end))
  const unit = unitOf(found.currency ?? '') ?? (isPerCent ? unitOf('%') : unitOf(word ?? ''))
  const after = next ? end + next[0].length - next[1]!.length : end
  const noun = unit ? null : (terms.find((term) => term.start === after)?.term ?? null)
  const isAbout = ABOUT.test(text.slice(Math.max(0, start - ABOUT_CHARACTERS), start))
  return { values, unit, noun, isAbout, start, end }
}

/** The first of the numbers that is not said by the source; null when it says all of them. */
export function findUnsaid(wanted: readonly Quantity[], said: readonly Quantity[]): Quantity | null {
  return wanted.find((quantity) => !said.some((other) => isSame(quantity, other, said))) ?? null
}

function isSame(wanted: Quantity, other: Quantity, said: readonly Quantity[]): boolean {
  const [a, b] = [wanted.unit, other.unit]
  if (a && b && a.dimension !== b.dimension) return false
  const [scaleA, scaleB] = a && b ? [a.factor, b.factor] : [1, 1]
  if (!wanted.values.some((one) => other.values.some((two) => isNear(one * scaleA, two * scaleB, wanted.isAbout))))
    return false
  if (a || b || !wanted.noun || !other.noun || wanted.noun === other.noun) return true
  // The same number of something else, while there is another number of this.
  return !said.some(({ noun }) => noun === wanted.noun)
}

const isNear = (a: number, b: number, isAbout: boolean): boolean =>
  Math.abs(a - b) <= Math.abs(b) * (isAbout ? ABOUT_TOLERANCE : 1e-9)
