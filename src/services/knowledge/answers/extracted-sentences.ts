import type { Passage, PassageSentence } from './passages.js'
import { cosine, type ReadText, type TextKind } from './text-reader.js'

export interface RelevantSentence {
  readonly passage: Passage
  readonly sentence: PassageSentence
  /** 0 to 1. */
  readonly relevance: number
}

/** The question as it is compared with passages of each kind. */
export type QuestionOf = (kind: TextKind) => ReadText

/** Parts of relevance: what both mean, and the question's words in the sentence. */
const MEANING_WEIGHT = 0.65
/** Words that title and headings alone have. */
const CONTEXT_SHARE = 0.5
/** What follows the best has at least so much of its relevance. */
const LEAST_OF_BEST = 0.6
const MAX_LIKENESS = 0.95

/** All sentences of the passages, the most relevant first; of equal ones that of the better hit. */
export function rankSentences(passages: readonly Passage[], questionOf: QuestionOf): RelevantSentence[] {
  const rarity = toRarity(passages)
  const ranked = passages.flatMap((passage) => {
    const { statement, vector } = questionOf(passage)
    const terms = [...new Set(statement.terms.map(({ term }) => term))]
    const weights = terms.map((term) => rarity(term))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return passage.sentences.map((sentence): RelevantSentence => {
      const said = new Set(sentence.statement.terms.map(({ term }) => term))
      const share = (term: string): number => (said.has(term) ? 1 : passage.context.has(term) ? CONTEXT_SHARE : 0)
      const found = terms.reduce((sum, term, i) => sum + weights[i]! * share(term), 0)
      const words = total === 0 ? 0 : found / total
      const meaning = Math.max(0, cosine(vector, sentence.vector))
      return { passage, sentence, relevance: MEANING_WEIGHT * meaning + (1 - MEANING_WEIGHT) * words }
    })
  })
  return ranked.sort((a, b) => b.relevance - a.relevance || a.passage.hit.rank - b.passage.hit.rank)
}

/** A word that few sentences have tells more. */
function toRarity(passages: readonly Passage[]): (term: string) => number {
  const counts = new Map<string, number>()
  let sentences = 0
  for (const passage of passages)
    for (const { statement } of passage.sentences) {
      sentences++
      for (const term of new Set(statement.terms.map((one) => one.term))) counts.set(term, (counts.get(term) ?? 0) + 1)
    }
  return (term) => Math.log(1 + (sentences + 1) / ((counts.get(term) ?? 0) + 0.5))
}

/** The best that are relevant enough, none much like another; passage by passage, in the order of the text. */
export function chooseSentences(
  ranked: readonly RelevantSentence[],
  { maxSentences, minRelevance }: { readonly maxSentences: number; readonly minRelevance: number },
): RelevantSentence[] {
  const least = Math.max(minRelevance, LEAST_OF_BEST * (ranked[0]?.relevance ?? 0))
  const chosen: RelevantSentence[] = []
  for (const one of ranked) {
    if (chosen.length >= maxSentences || one.relevance < least) break
    if (!chosen.some((other) => isAlike(one, other))) chosen.push(one)
  }
  const order = new Map<string, number>()
  for (const { passage } of chosen) if (!order.has(passage.hit.versionId)) order.set(passage.hit.versionId, order.size)
  return chosen.sort(
    (a, b) =>
      order.get(a.passage.hit.versionId)! - order.get(b.passage.hit.versionId)! || a.sentence.start - b.sentence.start,
  )
}

function isAlike(a: RelevantSentence, b: RelevantSentence): boolean {
  const isSamePlace =
    a.passage.hit.versionId === b.passage.hit.versionId &&
    a.sentence.start < b.sentence.end &&
    b.sentence.start < a.sentence.end
  const isSameKind = a.passage.embeddingModelVersionId === b.passage.embeddingModelVersionId
  return isSamePlace || (isSameKind && cosine(a.sentence.vector, b.sentence.vector) > MAX_LIKENESS)
}
