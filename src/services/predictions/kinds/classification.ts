import { invalidInput } from '../../../kernel/errors.js'
import { NO_TRAITS, type ModelVersionDocument } from '../../../domain/model.js'
import type { LabelScore } from '../../../domain/prediction.js'
import { INPUT_FIELDS, parseCount, parseTexts } from '../prediction-input.js'
import { callRunner, encodeTexts, toRunnerRequest, toRunOutcome, type KindDefinition } from './prediction-kind.js'

const PATH = INPUT_FIELDS.CLASSIFICATION
/** Of all texts of a request. */
const MAX_SCORES = 100_000

/** Labels of texts with how likely they are. */
export const classification: KindDefinition<'CLASSIFICATION'> = {
  task: 'CLASSIFICATION',
  parse: ({ texts, topN }) => ({
    kind: 'CLASSIFICATION',
    texts: parseTexts(texts, `${PATH}.texts`),
    topN: parseCount(topN, `${PATH}.topN`),
  }),
  encode: async ({ texts, topN }, context) => {
    const labels = labelsOf(context.version).length
    const scores = texts.length * Math.min(labels, topN ?? labels)
    if (scores > MAX_SCORES)
      throw invalidInput(`${PATH}.topN`, `makes ${scores} scores; at most ${MAX_SCORES} are given at once.`)
    return encodeTexts(texts, `${PATH}.texts`, context)
  },
  run: async ({ topN }, context) => {
    const labels = labelsOf(context.version)
    const request = { ...toRunnerRequest(context), sequences: context.sequences }
    const result = await callRunner(context, (runner, signal) => runner.classify(request, signal))
    const texts = result.scores.map((scores) => sortLabels(labels, scores).slice(0, topN ?? undefined))
    return toRunOutcome({ kind: 'CLASSIFICATION', texts }, result, context)
  },
  countInferences: (output) => (output.kind === 'CLASSIFICATION' ? output.texts.length : 0),
}

const labelsOf = ({ traits }: ModelVersionDocument): readonly string[] => (traits ?? NO_TRAITS).labels

/** The likeliest first; of equal ones in the model's order. */
const sortLabels = (labels: readonly string[], scores: Float32Array): LabelScore[] =>
  labels.map((label, i) => ({ label, score: scores[i] ?? 0 })).sort((a, b) => b.score - a.score)
