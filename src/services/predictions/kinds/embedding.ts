import type { TokenSequence } from '../../../ports/text-codec.js'
import { INPUT_FIELDS, parseTexts } from '../prediction-input.js'
import { callRunner, tooLong, toRunnerRequest, toRunOutcome, type KindDefinition } from './prediction-kind.js'

const PATH = INPUT_FIELDS.EMBEDDING

/** Vectors of texts. */
export const embedding: KindDefinition<'EMBEDDING'> = {
  task: 'TEXT_EMBEDDING',
  parse: ({ texts }) => ({ kind: 'EMBEDDING', texts: parseTexts(texts, `${PATH}.texts`) }),
  encode: async ({ texts }, { version, folder, codec, signal }) => {
    const sequences = await codec.encodeForEmbedding(folder, texts, signal)
    return sequences.map((ids, i): TokenSequence => {
      if (ids.length > version.contextTokens) throw tooLong(`${PATH}.texts.${i}`, ids.length, version.contextTokens)
      return { ids, typeIds: null }
    })
  },
  run: async (_input, context) => {
    const request = { ...toRunnerRequest(context), tokenIds: context.sequences.map(({ ids }) => ids) }
    const result = await callRunner(context, (runner, signal) => runner.embed(request, signal))
    const vectors = result.vectors.map((vector) => Array.from(vector))
    return toRunOutcome({ kind: 'EMBEDDING', vectors }, result, context)
  },
  countInferences: (output) => (output.kind === 'EMBEDDING' ? output.vectors.length : 0),
}
