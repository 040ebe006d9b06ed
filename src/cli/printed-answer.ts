import type { ApiClient } from './api-client.js'
import { FOLLOW_ANSWER, READ_ANSWER, START_ANSWER } from './answer-operations.js'

export interface AskedQuestion {
  readonly client: ApiClient
  readonly knowledgeBase: string
  readonly question: string
  readonly signal: AbortSignal
}

interface AnswerItem {
  readonly text?: string
  readonly citation?: { readonly number: number } | null
  readonly answer?: WrittenAnswer
}

/** What there is of an answer when it begins to be followed. */
interface WrittenAnswer {
  readonly text: string
  readonly citations: readonly { readonly number: number; readonly answerEnd: number }[]
}

interface CheckedAnswer {
  readonly grounded: boolean
  readonly citations: readonly {
    readonly number: number
    readonly quote: string
    readonly valid: boolean
    readonly superseded: boolean
    readonly support: number
    readonly document: { readonly title: string | null; readonly source: string | null } | null
  }[]
}

/** Asks, prints the answer while it comes, and then where each sentence comes from, with what the server checked. */
export async function printAnswer(
  { client, knowledgeBase, question, signal }: AskedQuestion,
  write: (text: string) => unknown,
): Promise<void> {
  write(`\n? ${question}\n\n  `)
  const input = { knowledgeBases: [knowledgeBase], question }
  const { id } = await client.ask<{ readonly id: string }>(START_ANSWER, { input }, signal)
  for await (const { text, answer, citation } of client.follow<AnswerItem>(FOLLOW_ANSWER, { id }, signal)) {
    if (answer) write(toLine(withMarks(answer)))
    if (text !== undefined) write(toLine(text))
    if (citation) write(toMark(citation))
  }
  const { grounded, citations } = await client.ask<CheckedAnswer>(READ_ANSWER, { id }, signal)
  write('\n\n')
  for (const { number, quote, valid, superseded, support, document } of citations) {
    const checks = [valid ? 'valid' : 'NOT VALID', superseded ? 'superseded' : 'not superseded']
    write(`  [${number}] ${document?.source ?? document?.title ?? 'a deleted document'}\n`)
    write(`      "${toLine(quote)}"\n`)
    write(`      ${[...checks, `support ${support.toFixed(2)}`].join(', ')}\n`)
  }
  write(`  ${grounded ? 'Grounded: each sentence has support.' : 'Not grounded: not every sentence has support.'}\n`)
}

/** Sources break their lines wherever they like. */
const toLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

const toMark = ({ number }: { readonly number: number }): string => ` [${number}]`

/** The number of each citation behind what it supports. */
function withMarks({ text, citations }: WrittenAnswer): string {
  const fromEnd = citations.toSorted((a, b) => b.answerEnd - a.answerEnd || b.number - a.number)
  return fromEnd.reduce(
    (marked, one) => marked.slice(0, one.answerEnd) + toMark(one) + marked.slice(one.answerEnd),
    text,
  )
}
