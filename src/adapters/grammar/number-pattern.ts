import { LARGEST_NUMBER, MOST_DIGITS } from '../../domain/written-number.js'

/** Bounds of a number, both included; infinite where there is none. */
export interface NumberBounds {
  readonly low: number
  readonly high: number
}

const MOST_FRACTION_DIGITS = 6

/** An expression for numbers that every program reads as finite ones. */
export const NUMBER = `-?(?:0|[1-9][0-9]{0,${MOST_DIGITS - 1}})(?:\\.[0-9]{1,${MOST_DIGITS}})?(?:[eE][+-]?[0-9]{1,2})?`

/** An expression for the whole numbers within the bounds, as JSON writes them. */
export function toIntegerPattern({ low, high }: NumberBounds): string {
  const [least, most] = [Math.max(low, -LARGEST_NUMBER), Math.min(high, LARGEST_NUMBER)]
  const negative = least < 0 ? naturals(Math.max(1, -most), -least).map((one) => `-${one}`) : []
  const natural = most >= 0 ? naturals(Math.max(0, least), most) : []
  return `(?:${[...negative, ...natural].join('|')})`
}

/** The same with decimals; the bounds are whole. */
export function toNumberPattern({ low, high }: NumberBounds): string {
  const [least, most] = [Math.max(low, -LARGEST_NUMBER), Math.min(high, LARGEST_NUMBER)]
  const whole = [toIntegerPattern({ low, high })]
  const fraction = `\\.[0-9]{1,${MOST_FRACTION_DIGITS}}`
  // What stands before a fraction, towards zero of it.
  if (most > 0 && most > least) whole.push(`(?:${naturals(Math.max(0, least), most - 1).join('|')})${fraction}`)
  if (least < 0 && most > least) whole.push(`-(?:${naturals(Math.max(0, -most), -least - 1).join('|')})${fraction}`)
  return `(?:${whole.join('|')})`
}

/** Expressions that together match the natural numbers from `low` to `high`. */
function naturals(low: number, high: number): string[] {
  const [first, last] = [String(low), String(high)]
  if (first.length < last.length)
    return [...sameLength(first, '9'.repeat(first.length)), ...naturals(10 ** first.length, high)]
  return sameLength(first, last)
}

/** Of two numbers with equally many digits. */
function sameLength(low: string, high: string): string[] {
  const rest = low.length - 1
  if (rest < 0) return ['']
  if (/^0*$/.test(low.slice(1)) && /^9*$/.test(high.slice(1))) return [range(low[0]!, high[0]!) + digits(rest)]
  if (low[0] === high[0]) return sameLength(low.slice(1), high.slice(1)).map((one) => low[0]! + one)
  const [first, last] = [low[0]!, high[0]!]
  const parts = sameLength(low.slice(1), '9'.repeat(rest)).map((one) => first + one)
  const between = [Number(first) + 1, Number(last) - 1] as const
  if (between[0] <= between[1]) parts.push(range(String(between[0]), String(between[1])) + digits(rest))
  return [...parts, ...sameLength('0'.repeat(rest), high.slice(1)).map((one) => last + one)]
}

const range = (first: string, last: string): string => (first === last ? first : `[${first}-${last}]`)
const digits = (count: number): string => (count === 0 ? '' : count === 1 ? '[0-9]' : `[0-9]{${count}}`)
