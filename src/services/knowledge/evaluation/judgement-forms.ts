import { invalidInput } from '../../../kernel/errors.js'
import { readLines } from './query-forms.js'

/** How relevant a document is for a question. */
export interface Judgement {
  readonly query: string
  /** Key or id of a document. */
  readonly document: string
  readonly grade: number
}

const GRADE = /^[+-]?\d{1,4}$/
/** First words of a line that only says what stands in the columns. */
const HEADER = /^(?:query|topic|q)[-_]?id$/i

/**
 * Judgements from a text: TREC qrels (question, iteration, document, grade), or BEIR's lines of question, document and
 * grade, with tabs between and a header. @throws GraphloomError `INVALID_INPUT` that names the line.
 */
export function parseJudgements(text: string, path: string): Judgement[] {
  const judgements: Judgement[] = []
  let isFirst = true
  for (const [at, line] of readLines(text)) {
    const parts = toParts(line)
    const isHeader = isFirst && HEADER.test(parts[0] ?? '')
    isFirst = false
    if (isHeader) continue
    const [query, document, grade] = parts.length === 4 ? [parts[0], parts[2], parts[3]] : parts
    if (!query || !document || !grade || parts.length > 4)
      throw invalidInput(
        path,
        `line ${at}: it needs question, iteration, document and grade, or three without iteration.`,
      )
    if (!GRADE.test(grade)) throw invalidInput(path, `line ${at}: "${grade}" is no grade; a whole number is needed.`)
    judgements.push({ query, document, grade: Number(grade) })
  }
  return judgements
}

/** Names of documents have spaces where tabs are between. */
function toParts(line: string): string[] {
  const byTab = line.split('\t').map((part) => part.trim())
  return byTab.length > 1 ? byTab : line.trim().split(/\s+/)
}
