import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { CHAT_MODEL } from '../test/support/models.js'
import { median } from './support/figures.js'
import { startWatchedServer } from './support/watched-server.js'

/**
 * How soon a cancelled text has ended, against the time between two tokens of that text; and how soon a text goes on
 * whose runner was killed, against the first token of a text whose model is not loaded.
 */
const ROUNDS = Number(process.argv[2] ?? 9)
const TOKENS = 20

const START = `mutation ($input: PredictInput!) {
  startPrediction(input: $input) { ... on Prediction { id } ... on Problem { message } }
}`
const FOLLOW = `subscription ($id: ID!) { predictionEvents(id: $id) { ... on TokensDelta { text } } }`
const CANCEL = `mutation ($id: ID!) { cancelPrediction(input: { id: $id }) { ... on Prediction { state } } }`
const UNLOAD = `mutation ($id: ID!) { unloadModelVersion(input: { id: $id }) { __typename } }`
const RUNNER = `query ($name: String!) { model(name: $name) { version { id runner { pid } } } }`

await using server = await startWatchedServer({ GRAPHLOOM_PRELOAD_MODELS: CHAT_MODEL })
const client = createClient({ url: `${server.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket })

async function ask<T>(query: string, variables: object): Promise<T> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: T; errors?: readonly { readonly message: string }[] }
  if (errors) throw new Error(errors[0]?.message)
  return data
}

/** Follows a new text; when it has run for some tokens, `interrupt` is called, and after some more it is cancelled. */
async function run(interrupt: (id: string) => Promise<void>): Promise<readonly number[]> {
  const messages = [{ role: 'USER', content: [{ text: 'Tell a long story about a library.' }] }]
  const generation = { temperature: 1, maxTokens: 1_000 }
  const { startPrediction } = await ask<{ startPrediction: { id: string } }>(START, {
    input: { chat: { model: CHAT_MODEL, messages, generation } },
  })
  const times: number[] = []
  for await (const { data } of client.iterate<{ predictionEvents: { text?: string } }>({
    query: FOLLOW,
    variables: startPrediction,
  })) {
    if (data?.predictionEvents.text === undefined) continue
    times.push(performance.now())
    if (times.length === TOKENS) await interrupt(startPrediction.id)
    if (times.length === 2 * TOKENS) await ask(CANCEL, startPrediction)
  }
  return times
}

async function readVersion(): Promise<{ readonly id: string; readonly runner: { readonly pid: number } }> {
  const { model } = await ask<{ model: { version: Awaited<ReturnType<typeof readVersion>> } }>(RUNNER, {
    name: CHAT_MODEL,
  })
  return model.version
}

const gapsOf = (times: readonly number[]): number[] => times.slice(1).map((time, index) => time - times[index]!)

const cancels: number[] = []
const steps: number[] = []
const replacements: number[] = []
const coldStarts: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const undisturbed = await run(async (id) => {
    const askedAt = performance.now()
    await ask(CANCEL, { id })
    cancels.push(performance.now() - askedAt)
  })
  steps.push(...gapsOf(undisturbed.slice(0, TOKENS)))

  const disturbed = await run(async () => {
    process.kill((await readVersion()).runner.pid, 'SIGKILL')
  })
  replacements.push(Math.max(...gapsOf(disturbed)))

  await ask(UNLOAD, { id: (await readVersion()).id })
  const startedAt = performance.now()
  const [firstAt = NaN] = await run(() => Promise.resolve())
  coldStarts.push(firstAt - startedAt)
}
await client.dispose()

function print(what: string, ours: readonly number[], wantedMs: number, reference: [string, readonly number[]]): void {
  const [name, values] = reference
  console.log(`${what}: ${median(ours).toFixed(1)} ms, at most ${Math.max(...ours).toFixed(1)} ms (wanted ${wantedMs})`)
  console.log(`${name}: ${median(values).toFixed(1)} ms, ratio ${(median(ours) / median(values)).toFixed(2)}`)
}

print('cancelled after', cancels, 100, ['between two tokens', steps])
print('killed runner, goes on after', replacements, 3_000, ['first token of a model that is not loaded', coldStarts])
