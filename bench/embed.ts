import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { createTextCodec } from '../src/adapters/transformers/text-codec.js'
import pino from 'pino'
import { bundledModel, EMBEDDING_MODEL } from '../test/support/models.js'
import { median, printRatio } from './support/figures.js'
import { post } from './support/post.js'
import { startWatchedServer } from './support/watched-server.js'

/** 64 single texts at once through the API against a bare loop of ONNX Runtime over the same texts, in turns. */
const ROUNDS = Number(process.argv[2] ?? 9)
const TEXTS = 64
const THREADS = Math.min(2, availableParallelism())
/** Rows of a run that the bare loop tries; the quickest counts. */
const BATCH_ROWS = [1, 4, 8, 16, 32]

const words = 'the lake lies still under a low sky while boats wait for morning wind and nobody speaks of rain'.split(
  ' ',
)
const texts = Array.from({ length: TEXTS }, (_, i) => {
  const length = 4 + ((i * 37) % 180)
  return Array.from({ length }, (_, word) => words[(i * 7 + word * 3) % words.length]!).join(' ')
})

const { path } = bundledModel(EMBEDDING_MODEL)
await using server = await startWatchedServer({
  GRAPHLOOM_PRELOAD_MODELS: EMBEDDING_MODEL,
  GRAPHLOOM_MODEL_THREADS: String(THREADS),
})
await using codec = createTextCodec({ logger: pino({ level: 'warn' }) })
const tokenIds = await codec.encodeForEmbedding(path, texts)
const session = await InferenceSession.create(join(path, 'onnx/model_quantized.onnx'), { intraOpNumThreads: THREADS })

async function bare(rows: number): Promise<number> {
  const sorted = tokenIds.toSorted((a, b) => a.length - b.length)
  const startedAt = performance.now()
  for (let from = 0; from < sorted.length; from += rows) {
    const batch = sorted.slice(from, from + rows)
    const width = Math.max(...batch.map((ids) => ids.length))
    const dims = [batch.length, width]
    const [ids, mask] = [new BigInt64Array(batch.length * width), new BigInt64Array(batch.length * width)]
    batch.forEach((row, r) => {
      row.forEach((id, i) => (ids[r * width + i] = BigInt(id)))
      mask.fill(1n, r * width, r * width + row.length)
    })
    await session.run({
      input_ids: new Tensor('int64', ids, dims),
      attention_mask: new Tensor('int64', mask, dims),
      token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), dims),
    })
  }
  return performance.now() - startedAt
}

const PREDICT = `mutation ($input: PredictInput!, $store: Boolean!) {
  predict(input: $input, store: $store) {
    ... on Prediction { batch { size tokens } usage { inputTokens } output { ... on EmbeddingOutput { vectors { values } } } }
    ... on Problem { message }
  }
}`

interface Embedded {
  readonly batch: { readonly size: number; readonly tokens: number }
  readonly usage: { readonly inputTokens: number }
}

async function embed(text: string): Promise<Embedded> {
  const variables = { input: { embedding: { model: EMBEDDING_MODEL, texts: [text] } }, store: true }
  const { data, errors } = await post<{ data?: { predict: Embedded }; errors?: unknown }>(`${server.url}/graphql`, {
    query: PREDICT,
    variables,
  })
  if (!data?.predict.usage) throw new Error(JSON.stringify(errors ?? data))
  return data.predict
}

async function together(): Promise<{ ms: number; runs: number; padding: number }> {
  const startedAt = performance.now()
  const results = await Promise.all(texts.map(embed))
  const ms = performance.now() - startedAt
  const sum = (value: (one: Embedded) => number): number => results.reduce((total, one) => total + value(one), 0)
  const padding = sum(({ batch }) => batch.tokens / batch.size) / sum(({ usage }) => usage.inputTokens)
  return { ms, runs: sum(({ batch }) => 1 / batch.size), padding }
}

async function oneByOne(): Promise<number> {
  const startedAt = performance.now()
  for (const text of texts) await embed(text)
  return performance.now() - startedAt
}

const bareTimes = new Map(BATCH_ROWS.map((rows) => [rows, [] as number[]]))
const times: number[] = []
const singles: number[] = []
let last = { runs: 0, padding: 0 }
await together()
await bare(8)
for (let round = 0; round < ROUNDS; round++) {
  for (const [rows, kept] of bareTimes) kept.push(await bare(rows))
  // Each of both in one stretch, so that neither finds its memory cold.
  singles.push(await oneByOne())
  const { ms, ...rest } = await together()
  times.push(ms)
  last = rest
}
const perSecond = (ms: number): number => (1_000 * TEXTS) / ms
const [bestRows, best] = [...bareTimes]
  .map(([rows, kept]) => [rows, median(kept)] as const)
  .reduce((a, b) => (a[1] <= b[1] ? a : b))
console.log(
  `bare loop, ${bestRows} rows a run: ${perSecond(best).toFixed(0)} texts/s (one row: ${perSecond(median(bareTimes.get(1)!)).toFixed(0)})`,
)
console.log(
  `through the API: ${perSecond(median(times)).toFixed(0)} texts/s in ${last.runs.toFixed(0)} runs, padded to real tokens ${last.padding.toFixed(2)} (wanted at most 1.2); one call at a time ${perSecond(median(singles)).toFixed(0)} texts/s`,
)
printRatio('embed', perSecond(median(times)), perSecond(best), 0.85)
await session.release()
