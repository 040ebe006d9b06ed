import { CHAT_MODEL, readGolden, type GoldenGeneration } from '../test/support/models.js'
import { median, printRatio } from './support/figures.js'
import { startWatchedServer } from './support/watched-server.js'

/** Texts with drafted tokens against the same without, through the API, in turns. */
const ROUNDS = Number(process.argv[2] ?? 7)

await using server = await startWatchedServer({ GRAPHLOOM_PRELOAD_MODELS: CHAT_MODEL, GRAPHLOOM_MODEL_THREADS: '2' })
const goldens = readGolden<GoldenGeneration>(CHAT_MODEL)
const passage = goldens[1]!.text
const keys = ['recommended_temperature_celsius', 'expected_delivery_in_business_days', 'is_available_in_all_regions']
const properties = Object.fromEntries(keys.map((key) => [key, { type: 'integer', minimum: 1, maximum: 40 }]))
const schema = { type: 'object', properties, required: keys, additionalProperties: false }

const CASES = {
  'quoting a passage': {
    prompt: `${passage}\n\n${passage}\n\n${passage.slice(0, 60)}`,
    generation: { maxTokens: 100 },
  },
  'JSON with long keys': {
    prompt: 'The product as JSON: ',
    generation: {
      maxTokens: 100,
      constraint: { jsonSchema: { type: 'array', items: schema, minItems: 2, maxItems: 2 } },
    },
  },
  'free text': { prompt: 'Write about a walk in the hills.', generation: { maxTokens: 100, temperature: 1, seed: 3 } },
} as const

const PREDICT = `mutation ($input: PredictInput!) {
  predict(input: $input) {
    ... on Prediction { usage { outputTokens } timings { computeMs prefillMs } draft { proposedTokens acceptedTokens } }
    ... on Problem { message }
  }
}`

interface Predicted {
  readonly usage: { readonly outputTokens: number }
  readonly timings: { readonly computeMs: number; readonly prefillMs: number }
  readonly draft: { readonly proposedTokens: number; readonly acceptedTokens: number } | null
}

/** Tokens a second after the prompt. */
async function measure(name: keyof typeof CASES, draft: boolean): Promise<{ rate: number; draft: Predicted['draft'] }> {
  const { prompt, generation } = CASES[name]
  const input = { completion: { model: CHAT_MODEL, prompt, generation: { temperature: 0, ...generation, draft } } }
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: PREDICT, variables: { input } }),
  })
  const { data, errors } = (await response.json()) as { data?: { predict: Predicted }; errors?: unknown }
  if (!data?.predict.usage) throw new Error(JSON.stringify(errors ?? data))
  const { usage, timings } = data.predict
  return { rate: (1_000 * usage.outputTokens) / (timings.computeMs - timings.prefillMs), draft: data.predict.draft }
}

for (const name of Object.keys(CASES) as (keyof typeof CASES)[]) {
  const rates: { with: number[]; without: number[] } = { with: [], without: [] }
  let told: Predicted['draft'] = null
  await measure(name, false)
  for (let round = 0; round < ROUNDS; round++) {
    rates.without.push((await measure(name, false)).rate)
    const drafted = await measure(name, true)
    rates.with.push(drafted.rate)
    told = drafted.draft
  }
  console.log(
    `${name}: ${median(rates.with).toFixed(1)} tokens/s drafted (${told?.acceptedTokens} of ${told?.proposedTokens} right), ${median(rates.without).toFixed(1)} without`,
  )
  printRatio(name, median(rates.with), median(rates.without), name === 'free text' ? 0.95 : 1.7)
}
