import { createHash } from 'node:crypto'
import type { AnswerCitation, AnswerHit } from '../../../domain/answer.js'
import type { TextRange } from '../chunking/cuts.js'
import type { AnswerPart } from './answer-store.js'
import type { RelevantSentence } from './extracted-sentences.js'

export const toQuoteHash = (quote: string): string => createHash('sha256').update(quote).digest('hex')

export interface Cited {
  readonly hit: Pick<AnswerHit, 'documentId' | 'versionId' | 'chunkId'>
  readonly source: TextRange
  readonly quote: string
  readonly support: number
}

export function toCitation(
  { hit, source, quote, support }: Cited,
  { number, start, end }: TextRange & { readonly number: number },
): AnswerCitation {
  const { documentId, versionId, chunkId } = hit
  return {
    number,
    documentId,
    versionId,
    chunkId,
    start: source.start,
    end: source.end,
    quoteHash: toQuoteHash(quote),
    answerStart: start,
    answerEnd: end,
    support,
  }
}

/** The sentences one after the other, each with its own citation. */
export function quoteSentences(chosen: readonly RelevantSentence[]): AnswerPart[] {
  let length = 0
  return chosen.flatMap(({ passage: { hit }, sentence }, i): AnswerPart[] => {
    const quote = sentence.statement.text
    const start = length === 0 ? 0 : length + 1
    const end = start + quote.length
    length = end
    const number = i + 1
    const citation = toCitation({ hit, source: sentence, quote, support: 1 }, { number, start, end })
    return [
      { type: 'text', text: start === 0 ? quote : ` ${quote}` },
      { type: 'citation', citation },
      {
        type: 'sentence',
        sentence: {
          start,
          end,
          support: 1,
          isSupported: true,
          problem: null,
          citations: [number],
          isWithheld: false,
          writtenEnd: end,
        },
      },
    ]
  })
}
