import { invalidInput } from '../../../kernel/errors.js'
import type { RankedDocument } from '../../../domain/prediction.js'
import { checkText, INPUT_FIELDS, MAX_DOCUMENTS, parseCount, parseTexts } from '../prediction-input.js'
import { callRunner, tooLong, toRunnerRequest, toRunOutcome, type KindDefinition } from './prediction-kind.js'

const PATH = INPUT_FIELDS.RERANK

/** Documents in the order of how well they answer a query. */
export const rerank: KindDefinition<'RERANK'> = {
  task: 'RERANK',
  parse: ({ query, documents, topN }) => {
    if (query.length === 0) throw invalidInput(`${PATH}.query`, 'must not be empty.')
    checkText(query, `${PATH}.query`)
    const texts = parseTexts(documents, `${PATH}.documents`, MAX_DOCUMENTS)
    return { kind: 'RERANK', query, documents: texts, topN: parseCount(topN, `${PATH}.topN`) }
  },
  encode: async ({ query, documents }, { version, folder, codec, signal }) => {
    const pairs = await codec.encodePairs(folder, { first: query, seconds: documents }, signal)
    pairs.forEach(({ ids }, i) => {
      if (ids.length > version.contextTokens)
        throw tooLong(`${PATH}.documents.${i}`, ids.length, version.contextTokens, ' together with the query')
    })
    return pairs
  },
  run: async ({ documents, topN }, context) => {
    const request = { ...toRunnerRequest(context), sequences: context.sequences }
    const result = await callRunner(context, (runner, signal) => runner.classify(request, signal))
    const ranking = rank(result.scores.map(([score = 0]) => score)).slice(0, topN ?? undefined)
    return toRunOutcome({ kind: 'RANKING', ranking, documentCount: documents.length }, result, context)
  },
  countInferences: (output) => (output.kind === 'RANKING' ? output.documentCount : 0),
}

/** The best first; of equal ones the earlier. */
const rank = (scores: readonly number[]): RankedDocument[] =>
  scores
    .map((score, index) => ({ index, score }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((document, i) => ({ ...document, rank: i + 1 }))
