/** Bounds, both included: of characters or of bytes. */
export interface Range {
  readonly min: number
  readonly max: number
}

export const MAX_CHARACTER = 0x10_ffff
/** Characters that take equally many bytes; surrogates are no characters by themselves. */
const BLOCKS: readonly Range[] = [
  { min: 0, max: 0x7f },
  { min: 0x80, max: 0x7ff },
  { min: 0x800, max: 0xd7ff },
  { min: 0xe000, max: 0xffff },
  { min: 0x1_0000, max: MAX_CHARACTER },
]
const BITS_OF_CONTINUATION = 6

/** The bytes of the characters of a range in UTF-8: sequences of ranges, of which each stands for all its combinations. */
export function toUtf8Ranges({ min, max }: Range): Range[][] {
  return BLOCKS.flatMap((block) => split(Math.max(min, block.min), Math.min(max, block.max)))
}

/** Within a range whose ends differ in a byte, the bytes after it take all their values. */
function split(min: number, max: number): Range[][] {
  if (min > max) return []
  for (let bits = BITS_OF_CONTINUATION; bits <= 3 * BITS_OF_CONTINUATION; bits += BITS_OF_CONTINUATION) {
    const rest = (1 << bits) - 1
    if ((min & ~rest) === (max & ~rest)) continue
    if ((min & rest) !== 0 && min > 0x7f) return [...split(min, min | rest), ...split((min | rest) + 1, max)]
    if ((max & rest) !== rest && max > 0x7f) return [...split(min, (max & ~rest) - 1), ...split(max & ~rest, max)]
  }
  const last = toBytes(max)
  return [Array.from(toBytes(min), (byte, i) => ({ min: byte, max: last[i]! }))]
}

const toBytes = (codePoint: number): Uint8Array => Buffer.from(String.fromCodePoint(codePoint), 'utf8')

/** All characters that none of the ranges has. */
export function invertRanges(ranges: readonly Range[]): Range[] {
  const others: Range[] = []
  let from = 0
  for (const { min, max } of ranges.toSorted((one, other) => one.min - other.min)) {
    if (min > from) others.push({ min: from, max: min - 1 })
    from = Math.max(from, max + 1)
  }
  return from > MAX_CHARACTER ? others : [...others, { min: from, max: MAX_CHARACTER }]
}

/** The characters that both have. */
export function intersectRanges(some: readonly Range[], others: readonly Range[]): Range[] {
  return some.flatMap((one) =>
    others
      .map((other) => ({ min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) }))
      .filter(({ min, max }) => min <= max),
  )
}

/** The bytes of a range that are among those given. */
export function keepBytes({ min, max }: Range, isKept: readonly boolean[]): Range[] {
  const kept: { min: number; max: number }[] = []
  for (let byte = min; byte <= max; byte++) {
    const last = kept.at(-1)
    if (!isKept[byte]) continue
    if (last?.max === byte - 1) last.max = byte
    else kept.push({ min: byte, max: byte })
  }
  return kept
}
