import {
  AnswerDocument,
  AnswerEventsDocument,
  StartAnswerDocument,
  type AnswerEventsSubscription,
  type AnswerPartsFragment,
  type AnswerQuery,
  type StartAnswerInput,
  type StartAnswerMutation,
} from '../generated/graphql.js'
import type { GraphClient } from './graph-client.js'

export type AnswerItem = AnswerEventsSubscription['answerEvents']
export type WholeAnswer = NonNullable<AnswerQuery['answer']>

interface AskOptions {
  readonly token?: string | undefined
  readonly idempotencyKey?: string
}

export const tryAsking = async (
  server: GraphClient,
  input: StartAnswerInput,
  { token, idempotencyKey }: AskOptions = {},
): Promise<StartAnswerMutation['startAnswer']> =>
  (await server.request(StartAnswerDocument, { input, ...(idempotencyKey !== undefined && { idempotencyKey }) }, token))
    .startAnswer

/** Asks what must be accepted. */
export async function ask(
  server: GraphClient,
  input: StartAnswerInput,
  options: AskOptions = {},
): Promise<AnswerPartsFragment> {
  const started = await tryAsking(server, input, options)
  if (started.__typename !== 'Answer') throw new Error(JSON.stringify(started))
  return started
}

/** What a client knows of an answer from the items that it got; notes holes and overlaps. */
export class AnswerReader {
  text = ''
  readonly citations: number[] = []
  readonly order: string[] = []
  cursor: string | null = null
  sequence = 0
  end: string | null = null

  take(item: AnswerItem): void {
    const {
      fromSequence = 0,
      sequence = 0,
      cursor = '',
    } = item as { fromSequence?: number; sequence?: number; cursor?: string }
    if (item.__typename !== 'AnswerSnapshot' && fromSequence !== this.sequence + 1)
      throw new Error(`After ${this.sequence} came ${fromSequence}.`)
    this.sequence = sequence
    this.cursor = cursor
    this.order.push(item.__typename)
    if (item.__typename === 'AnswerSnapshot') {
      this.text = item.answer.text
      this.citations.push(...item.answer.citations.map(({ number }) => number))
    }
    if (item.__typename === 'AnswerTextDelta') this.text += item.text
    if (item.__typename === 'AnswerCitationAdded' && item.citation) this.citations.push(item.citation.number)
    if (item.__typename === 'StreamEnd') this.end = item.reason
  }

  async read(
    server: GraphClient,
    id: string,
    options: { readonly transport?: 'websocket' | 'sse'; readonly token?: string; readonly items?: number } = {},
  ): Promise<this> {
    let left = options.items ?? Infinity
    for await (const { answerEvents } of server.subscribe(AnswerEventsDocument, { id, after: this.cursor }, options)) {
      this.take(answerEvents)
      if (--left <= 0) break
    }
    return this
  }
}

export async function readAnswer(server: GraphClient, id: string, token?: string): Promise<WholeAnswer> {
  const { answer } = await server.request(AnswerDocument, { id }, token)
  if (!answer) throw new Error(`There is no answer ${id}.`)
  return answer
}

/** Asks, and waits for the end. */
export async function askAndWait(
  server: GraphClient,
  input: StartAnswerInput,
  token?: string,
): Promise<{ readonly answer: WholeAnswer; readonly reader: AnswerReader }> {
  const { id } = await ask(server, input, { token })
  const reader = await new AnswerReader().read(server, id, token === undefined ? {} : { token })
  return { answer: await readAnswer(server, id, token), reader }
}
