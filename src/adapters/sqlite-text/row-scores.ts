import { BLOCK_ROWS, POSTING_NUMBERS } from './posting-blocks.js'

const K1 = 1.2
const B = 0.75

/** A word of the query. */
export interface QueryTerm {
  /** How often the query has it. */
  readonly count: number
  /** By their blocks. */
  readonly postings: ReadonlyMap<number, Uint32Array>
}

/** What the asking readers may see. */
export interface Visible {
  /** By the ids of lists of readers, 1 for those that may be seen. */
  readonly lists: Uint8Array
  readonly rows: number
  readonly words: number
}

/** Rows by their ids, each with its score. */
export interface RowScores {
  readonly rows: readonly number[]
  readonly scores: readonly number[]
}

interface WeighedPostings {
  readonly weight: number
  readonly postings: Uint32Array
}

/** BM25 of every visible row that has one of the terms. A row's score is summed up in the order of the terms. */
export function scoreRows(terms: readonly QueryTerm[], visible: Visible): RowScores {
  const blocks = new Map<number, WeighedPostings[]>()
  for (const { count, postings } of terms) {
    const weight = count * weigh(postings, visible)
    for (const [block, part] of postings) {
      const parts = blocks.get(block)
      if (parts) parts.push({ weight, postings: part })
      else blocks.set(block, [{ weight, postings: part }])
    }
  }
  const found = { rows: [] as number[], scores: [] as number[] }
  const sums = new Float64Array(BLOCK_ROWS)
  for (const [block, parts] of blocks) {
    for (const part of parts) addUp(sums, part, visible)
    for (let place = 0; place < BLOCK_ROWS; place++) {
      if (sums[place] === 0) continue
      found.rows.push(block * BLOCK_ROWS + place)
      found.scores.push(sums[place]!)
    }
    sums.fill(0)
  }
  return found
}

function weigh(postings: QueryTerm['postings'], { lists, rows }: Visible): number {
  let count = 0
  for (const part of postings.values())
    for (let at = POSTING_NUMBERS - 1; at < part.length; at += POSTING_NUMBERS) count += lists[part[at]!]!
  return (K1 + 1) * Math.log(1 + (rows - count + 0.5) / (count + 0.5))
}

function addUp(sums: Float64Array, { weight, postings }: WeighedPostings, { lists, rows, words }: Visible): void {
  const mean = Math.max(1, words / rows)
  for (let at = 0; at < postings.length; at += POSTING_NUMBERS) {
    if (lists[postings[at + 3]!] === 0) continue
    const frequency = postings[at + 1]!
    const norm = K1 * (1 - B + (B * postings[at + 2]!) / mean)
    sums[postings[at]!]! += (weight * frequency) / (frequency + norm)
  }
}
