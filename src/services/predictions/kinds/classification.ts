import { NO_TRAITS } from '../../../domain/model.js'
import type { LabelScore } from '../../../domain/prediction.js'
import { INPUT_FIELDS, parseCount, parseTexts } from '../prediction-input.js'
import { callRunner, encodeTexts, toRunnerRequest, toRunOutcome, type KindDefinition } from './prediction-kind.js'

const PATH = INPUT_FIELDS.CLASSIFICATION

/** Labels of texts with how likely they are. */
export const classification: KindDefinition<'CLASSIFICATION'> = {
  task: 'CLASSIFICATION',
  parse: ({ texts, topN }) => ({
    kind: 'CLASSIFICATION',
    texts: parseTexts(texts, `${PATH}.texts`),
    topN: parseCount(topN, `${PATH}.topN`),
  }),
  encode: ({ texts }, context) => encodeTexts(texts, `${PATH}.texts`, context),
  run: async ({ topN }, context) => {
    const { labels } = context.version.traits ?? NO_TRAITS
    const request = { ...toRunnerRequest(context), sequences: context.sequences }
    const result = await callRunner(context, (runner, signal) => runner.classify(request, signal))
    const texts = result.scores.map((scores) => sortLabels(labels, scores).slice(0, topN ?? undefined))
    return toRunOutcome({ kind: 'CLASSIFICATION', texts }, result, context)
  },
  countInferences: (output) => (output.kind === 'CLASSIFICATION' ? output.texts.length : 0),
}

/** The likeliest first; of equal ones in the model's order. */
const sortLabels = (labels: readonly string[], scores: Float32Array): LabelScore[] =>
  labels.map((label, i) => ({ label, score: scores[i] ?? 0 })).sort((a, b) => b.score - a.score)
