/** What pdf.js gives for a run of characters. */
export interface TextItem {
  readonly str: string
  /** Scale and place: the last two are x and y, from the lower left corner. */
  readonly transform: readonly number[]
  readonly width: number
  readonly height: number
  readonly hasEOL: boolean
}

export interface Line {
  readonly text: string
  /** Of its base, from below. */
  readonly y: number
  /** Height of its tallest letters. */
  readonly size: number
}

/** Two bases that differ by less than this part of a letter's height are one line. */
const SAME_LINE = 0.5
/** A gap wider than this part of a letter's height parts words. */
const SPACE_GAP = 0.2

/** Lines in the order in which they are drawn. */
export function toLines(items: readonly TextItem[]): Line[] {
  const lines: Line[] = []
  let open: TextItem[] = []
  const flush = (): void => {
    const line = joinItems(open)
    if (line.text !== '') lines.push(line)
    open = []
  }
  for (const item of items) {
    const last = open.at(-1)
    if (last && isOtherLine(last, item)) flush()
    if (item.str !== '') open.push(item)
    if (item.hasEOL) flush()
  }
  flush()
  return lines
}

const yOf = (item: TextItem): number => item.transform[5] ?? 0
const xOf = (item: TextItem): number => item.transform[4] ?? 0

const isOtherLine = (last: TextItem, item: TextItem): boolean =>
  item.str.trim() !== '' && Math.abs(yOf(last) - yOf(item)) > SAME_LINE * Math.max(last.height, item.height, 1)

function joinItems(items: readonly TextItem[]): Line {
  const parts: string[] = []
  let last: TextItem | null = null
  let size = 0
  for (const item of items) {
    if (last && hasGap(last, item)) parts.push(' ')
    parts.push(item.str)
    if (item.str.trim() !== '') size = Math.max(size, item.height)
    last = item
  }
  return { text: parts.join('').replaceAll(/\s+/gu, ' ').trim(), y: items[0] ? yOf(items[0]) : 0, size }
}

/** Of writing from left to right; pdf.js itself puts spaces into the other. */
function hasGap(last: TextItem, item: TextItem): boolean {
  const gap = xOf(item) - (xOf(last) + last.width)
  return gap > SPACE_GAP * Math.max(last.height, item.height, 1)
}
