import type { Json } from '../../kernel/json.js'

type Schema = Readonly<Record<string, Json>>

const GRID_STEPS = 40

/** The numbers of a range in what the grammar engine honours; null when there are none. */
export function toNumberSchema(schema: Schema, type: 'integer' | 'number'): Schema | null {
  const range = toRange(schema)
  const integers = { type: 'integer', ...toBounds(lowestInteger(range), highestInteger(range)) }
  const hasIntegers = lowestInteger(range) <= highestInteger(range)
  if (range.low > range.high) return null
  if (type === 'integer') return hasIntegers ? integers : null
  if (range.low === -Infinity && range.high === Infinity) return { type }
  // The engine reads the ends of a range of decimals too generously: only what lies well inside is left to it.
  const low = lowestInteger(range) + (range.low < 0 ? 1 : 0)
  const high = highestInteger(range) - (range.high > 0 ? 1 : 0)
  const grid = low <= high ? [] : toGrid(range)
  const inside = low <= high ? { type, ...toBounds(low, high) } : { enum: grid }
  if (!hasIntegers) return grid.length > 0 ? inside : null
  return low <= high || grid.length > 0 ? { anyOf: [integers, inside] } : integers
}

interface NumberRange {
  readonly low: number
  readonly high: number
  readonly withLow: boolean
  readonly withHigh: boolean
}

/** What a number's bounds leave. */
function toRange(schema: Schema): NumberRange {
  const bound = (name: string, none: number): number => (typeof schema[name] === 'number' ? schema[name] : none)
  const [minimum, above] = [bound('minimum', -Infinity), bound('exclusiveMinimum', -Infinity)]
  const [maximum, below] = [bound('maximum', Infinity), bound('exclusiveMaximum', Infinity)]
  return {
    low: Math.max(minimum, above),
    high: Math.min(maximum, below),
    withLow: minimum > above,
    withHigh: maximum < below,
  }
}

const lowestInteger = ({ low, withLow }: NumberRange): number => (withLow ? Math.ceil(low) : Math.floor(low) + 1)
const highestInteger = ({ high, withHigh }: NumberRange): number => (withHigh ? Math.floor(high) : Math.ceil(high) - 1)

const toBounds = (minimum: number, maximum: number): Schema => ({
  ...(Number.isFinite(minimum) && { minimum }),
  ...(Number.isFinite(maximum) && { maximum }),
})

/** Numbers of a narrow range, evenly spread, with as few digits as tell them apart. */
function toGrid({ low, high, withLow, withHigh }: NumberRange): number[] {
  const fits = (value: number): boolean =>
    (withLow ? value >= low : value > low) && (withHigh ? value <= high : value < high)
  const step = (high - low) / GRID_STEPS
  const digits = Math.min(15, Math.max(0, Math.ceil(-Math.log10(step))))
  const values = Array.from({ length: GRID_STEPS + 1 }, (_, i) => Number((low + i * step).toFixed(digits)))
  return [...new Set([low, ...values, high])].filter(fits)
}
