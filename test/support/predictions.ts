import {
  PredictDocument,
  PredictionEventsDocument,
  StartPredictionDocument,
  type PredictInput,
  type PredictionEventsSubscription,
  type PredictMutation,
  type StartPredictionMutation,
} from '../generated/graphql.js'
import { CHAT_MODEL, EMBEDDING_MODEL } from './models.js'
import type { TestServer } from './server.js'

export type PredictionItem = PredictionEventsSubscription['predictionEvents']

export interface ChatOptions {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly seed?: number
  readonly stop?: string[]
}

export const chat = (
  text: string,
  { maxTokens = 60, temperature = 0.8, seed = 42, stop }: ChatOptions = {},
): PredictInput => ({
  chat: {
    model: CHAT_MODEL,
    messages: [{ role: 'USER', content: [{ text }] }],
    generation: { maxTokens, temperature, seed, ...(stop && { stop }) },
  },
})

export const embedding = (...texts: string[]): PredictInput => ({ embedding: { model: EMBEDDING_MODEL, texts } })

/** How a prediction is asked for, and by whom. */
export interface AskOptions {
  readonly token?: string
  readonly priority?: number
  readonly deadlineMs?: number
  readonly store?: boolean
}

export type EndedPrediction = Extract<PredictMutation['predict'], { __typename: 'Prediction' }>
type EndedText = EndedPrediction & {
  readonly output: Extract<EndedPrediction['output'], { __typename: 'TextOutput' }>
}

/** The ended prediction; throws when there is none. */
export async function requirePrediction(
  server: TestServer,
  input: PredictInput,
  { token, ...options }: AskOptions = {},
): Promise<EndedPrediction> {
  const { predict } = await server.request(PredictDocument, { input, ...options }, token)
  if (predict.__typename !== 'Prediction') throw new Error(JSON.stringify(predict))
  return predict
}

/** The ended prediction of a text; throws when there is none. */
export async function requireText(server: TestServer, input: PredictInput): Promise<EndedText> {
  const prediction = await requirePrediction(server, input)
  const { output } = prediction
  if (output?.__typename !== 'TextOutput') throw new Error(JSON.stringify(prediction))
  return { ...prediction, output }
}

export type StartedPrediction = Extract<StartPredictionMutation['startPrediction'], { __typename: 'Prediction' }>

export async function startChat(
  server: TestServer,
  input: PredictInput,
  { token, ...options }: AskOptions = {},
): Promise<StartedPrediction> {
  const { startPrediction } = await server.request(StartPredictionDocument, { input, ...options }, token)
  if (startPrediction.__typename !== 'Prediction') throw new Error(`Not started: ${startPrediction.message}`)
  return startPrediction
}

/** What a client knows of a prediction from the items that it got; notes holes and overlaps. */
export class PredictionReader {
  text = ''
  state = ''
  cursor: string | null = null
  sequence = 0
  ended = false
  items = 0
  readonly mistakes: string[] = []

  take(item: PredictionItem): void {
    this.items++
    if (item.fromSequence !== this.sequence + 1)
      this.mistakes.push(`${item.__typename} ${item.fromSequence}–${item.sequence} after ${this.sequence}`)
    this.sequence = item.sequence
    this.cursor = item.cursor
    switch (item.__typename) {
      case 'PredictionSnapshot':
        this.state = item.prediction.state
        this.text = textOf(item.prediction.output)
        break
      case 'TokensDelta':
        this.text += item.text
        if (item.tokens.map((token) => token.text).join('') !== item.text)
          this.mistakes.push(`tokens differ from "${item.text}"`)
        break
      case 'PredictionChanged':
        this.state = item.prediction.state
        break
      case 'StreamGap':
        if (item.snapshot.__typename === 'Prediction') {
          this.state = item.snapshot.state
          this.text = textOf(item.snapshot.output)
        }
        break
      case 'StreamEnd':
        this.ended = true
        break
    }
  }

  /** Reads until `until` says so or the stream ends; goes on from the last cursor. */
  async read(server: TestServer, id: string, options: ReadOptions = {}): Promise<void> {
    const { until = () => false, transport = 'websocket', token } = options
    const items = server.subscribe(
      PredictionEventsDocument,
      { id, after: this.cursor },
      { transport, ...(token !== undefined && { token }) },
    )
    for await (const { predictionEvents } of items) {
      this.take(predictionEvents)
      if (until(this)) break
    }
  }
}

export interface ReadOptions {
  readonly until?: (reader: PredictionReader) => boolean
  readonly transport?: 'websocket' | 'sse'
  readonly token?: string
}

function textOf(output: object | null | undefined): string {
  return output && 'text' in output ? String(output.text) : ''
}

/** The whole text of a prediction, undisturbed. */
export async function readWhole(server: TestServer, id: string, token?: string): Promise<PredictionReader> {
  const reader = new PredictionReader()
  await reader.read(server, id, { ...(token !== undefined && { token }) })
  return reader
}
