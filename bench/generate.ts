import { availableParallelism } from 'node:os'
import { CHAT_MODEL, readGolden, type GoldenGeneration } from '../test/support/models.js'
import { median, printRatio } from './support/figures.js'
import { startLlama } from './support/llama.js'
import type { LlamaAnswer } from './support/llama-process.js'
import { startWatchedServer } from './support/watched-server.js'

/** Whole answers through the API against node-llama-cpp on the original weights, in turns. */
const ROUNDS = Number(process.argv[2] ?? 5)
const PREFIX_ROUNDS = 3 * ROUNDS
const TOKENS = 120
const STREAMS = 8
const THREADS = Math.min(2, availableParallelism())

const words = readGolden<GoldenGeneration>(CHAT_MODEL)
  .flatMap(({ prompt, text }) => `${prompt} ${text}`.split(/\s+/))
  .filter((word) => word !== '')
let made = 0
/** A text that begins like no other, of about so many tokens. */
const toPrompt = (tokens: number): string => {
  made++
  const count = Math.round(tokens / 1.3)
  const text = Array.from({ length: count }, (_, i) => words[(17 * made + i) % words.length]!).join(' ')
  return `${made * 7919} notes. ${text}. Let us go through all of this slowly, one thing after the other:`
}

await using server = await startWatchedServer({
  GRAPHLOOM_PRELOAD_MODELS: CHAT_MODEL,
  GRAPHLOOM_MODEL_THREADS: String(THREADS),
})
await using llama = await startLlama(THREADS, STREAMS, 4_096)

const PREDICT = `mutation ($input: PredictInput!) {
  predict(input: $input) {
    ... on Prediction { usage { inputTokens cachedInputTokens outputTokens } timings { prefillMs computeMs timeToFirstTokenMs } }
    ... on Problem { message }
  }
}`

interface Predicted {
  readonly usage: { readonly inputTokens: number; readonly cachedInputTokens: number; readonly outputTokens: number }
  readonly timings: { readonly prefillMs: number; readonly computeMs: number; readonly timeToFirstTokenMs: number }
}

async function predict(prompt: string, maxTokens: number): Promise<Predicted> {
  const generation = { temperature: 0, maxTokens }
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: PREDICT,
      variables: { input: { completion: { model: CHAT_MODEL, prompt, generation } } },
    }),
  })
  const { data, errors } = (await response.json()) as { data?: { predict: Predicted }; errors?: unknown }
  if (!data?.predict.usage) throw new Error(JSON.stringify(errors ?? data))
  return data.predict
}

async function ours(prompts: readonly string[], maxTokens: number): Promise<LlamaAnswer & { cachedTokens: number }> {
  const startedAt = performance.now()
  const answers = await Promise.all(prompts.map((prompt) => predict(prompt, maxTokens)))
  const wallMs = performance.now() - startedAt
  const sum = (value: (one: Predicted) => number): number => answers.reduce((total, one) => total + value(one), 0)
  const { timings, usage } = answers[0]!
  return {
    promptTokens: sum((one) => one.usage.inputTokens),
    outputTokens: sum((one) => one.usage.outputTokens),
    cachedTokens: sum((one) => one.usage.cachedInputTokens),
    wallMs,
    firstTokenMs: timings.timeToFirstTokenMs,
    stepMs: (timings.computeMs - timings.prefillMs) / Math.max(1, usage.outputTokens - 1),
  }
}

const CASES = {
  'one short stream': [1, 64],
  'one stream at 1,000 tokens': [1, 1_000],
  'eight streams': [STREAMS, 64],
} as const
const rateOf = ({ outputTokens, wallMs }: LlamaAnswer): number => (1_000 * outputTokens) / wallMs
const afterFirst = ({ outputTokens, wallMs, firstTokenMs }: LlamaAnswer): number =>
  (1_000 * (outputTokens - 1)) / (wallMs - firstTokenMs)

interface Figures {
  readonly whole: number[]
  readonly decode: number[]
  readonly step: number[]
}
const empty = (): Figures => ({ whole: [], decode: [], step: [] })
const figures = new Map(Object.keys(CASES).map((name) => [name, { ours: empty(), llama: empty() }]))
const prompt: { ours: number[]; llama: number[] } = { ours: [], llama: [] }
const firstTokens: { cold: number[]; warm: number[] } = { cold: [], warm: [] }

// By itself: nothing of the other cases lies between a prompt and the one that begins like it.
for (let round = -1; round < PREFIX_ROUNDS; round++) {
  const prefix = toPrompt(512)
  const cold = await ours([`${prefix} First.`], 1)
  const warm = await ours([`${prefix} Then another.`], 1)
  if (round < 0) continue
  firstTokens.cold.push(cold.firstTokenMs)
  firstTokens.warm.push(warm.firstTokenMs)
}
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, [streams, tokens]] of Object.entries(CASES)) {
    const prompts = Array.from({ length: streams }, () => toPrompt(tokens))
    const pair = { ours: await ours(prompts, TOKENS), llama: await llama.ask({ prompts, maxTokens: TOKENS }) }
    for (const who of ['ours', 'llama'] as const) {
      const kept = figures.get(name)![who]
      if (round < 0) continue
      kept.whole.push(rateOf(pair[who]))
      kept.decode.push(afterFirst(pair[who]))
      kept.step.push(pair[who].stepMs)
    }
    if (name !== 'one stream at 1,000 tokens' || round < 0) continue
    prompt.ours.push((1_000 * pair.ours.promptTokens) / pair.ours.firstTokenMs)
    prompt.llama.push((1_000 * pair.llama.promptTokens) / pair.llama.firstTokenMs)
  }
}

for (const [name, { ours: us, llama: peer }] of figures)
  console.log(
    `${name}: ours ${median(us.whole).toFixed(1)} tokens/s (step ${median(us.step).toFixed(1)} ms), node-llama-cpp ${median(peer.whole).toFixed(1)} (step ${median(peer.step).toFixed(1)} ms); after the first token ${median(us.decode).toFixed(1)} and ${median(peer.decode).toFixed(1)}`,
  )
const rate = (name: keyof typeof CASES, who: 'ours' | 'llama'): number => median(figures.get(name)![who].whole)
printRatio('one short stream', rate('one short stream', 'ours'), rate('one short stream', 'llama'), 1.1)
printRatio(
  'one stream at 1,000 tokens',
  rate('one stream at 1,000 tokens', 'ours'),
  rate('one stream at 1,000 tokens', 'llama'),
  1,
)
printRatio('eight streams', rate('eight streams', 'ours'), rate('eight streams', 'llama'), 2)
printRatio('eight streams against one', rate('eight streams', 'ours'), rate('one short stream', 'ours'), 2.5)
printRatio('prompt tokens a second', median(prompt.ours), median(prompt.llama), 0.6)
console.log(
  `time to first token of 512 tokens: cold ${median(firstTokens.cold).toFixed(0)} ms, repeated ${median(firstTokens.warm).toFixed(0)} ms: ratio ${(median(firstTokens.warm) / median(firstTokens.cold)).toFixed(2)} (wanted at most 0.15)`,
)
