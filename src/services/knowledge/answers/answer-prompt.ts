import type { AnswerTurn } from '../../../domain/answer.js'
import type { ModelVersionDocument } from '../../../domain/model.js'
import type { CodecMessage, TextCodec } from '../../../ports/text-codec.js'
import type { Registry } from '../../models/registry.js'
import type { MessageRequest } from '../../predictions/prediction-input.js'
import type { Passage } from './passages.js'

export interface AnswerPromptOptions {
  readonly codec: Pick<TextCodec, 'encodeChat'>
  readonly registry: Pick<Registry, 'folderOf'>
}

export interface PromptRequest {
  readonly version: ModelVersionDocument
  readonly question: string
  /** The best first. */
  readonly passages: readonly Passage[]
  readonly turns: readonly AnswerTurn[]
  /** Room that is kept for the answer. */
  readonly maxTokens: number
  readonly signal: AbortSignal
}

export interface FittedPrompt {
  readonly messages: readonly MessageRequest[]
  /** What found room, the best first. */
  readonly passages: readonly Passage[]
  readonly droppedTurns: number
}

const INSTRUCTIONS =
  'You answer questions with the given passages alone. Say only what the passages say. Write short, complete sentences, and copy numbers and names exactly.'
/** Of the room, what earlier turns may take. */
const TURNS_SHARE = 1 / 4

/**
 * A prompt that fits into the model's window. Instructions, question and room for the answer come first; then earlier
 * turns, the latest first, in a quarter of what is left; then passages, the best first, each whole: one that does not fit
 * is passed over.
 */
export async function fitPrompt(options: AnswerPromptOptions, request: PromptRequest): Promise<FittedPrompt> {
  const { version, passages, turns, maxTokens } = request
  const count = (kept: readonly Passage[], told: readonly AnswerTurn[]): Promise<number> =>
    countTokens(options, request, toMessages(request.question, kept, told))
  const room = version.contextTokens - maxTokens
  const least = await count([], [])
  const forTurns = least + (room - least) * TURNS_SHARE
  let told: readonly AnswerTurn[] = []
  for (let from = turns.length - 1; from >= 0; from--) {
    const more = turns.slice(from)
    if ((await count([], more)) > forTurns) break
    told = more
  }
  const kept: Passage[] = []
  for (const passage of passages) if ((await count([...kept, passage], told)) <= room) kept.push(passage)
  return {
    messages: toMessages(request.question, kept, told),
    passages: kept,
    droppedTurns: turns.length - told.length,
  }
}

function toMessages(
  question: string,
  passages: readonly Passage[],
  turns: readonly AnswerTurn[],
): readonly MessageRequest[] {
  const texts = passages.map(({ title, hit, text }) => [[title, ...hit.headings].filter(Boolean).join(' – '), text])
  const blocks = texts.map((lines, i) => `Passage ${i + 1}: ${lines.filter(Boolean).join('\n')}`)
  return [
    { role: 'SYSTEM', content: [INSTRUCTIONS] },
    ...turns.flatMap(({ question: asked, answer }): MessageRequest[] => [
      { role: 'USER', content: [asked] },
      { role: 'ASSISTANT', content: [answer || '…'] },
    ]),
    { role: 'USER', content: [`${blocks.join('\n\n')}\n\nQuestion: ${question}`] },
  ]
}

async function countTokens(
  { codec, registry }: AnswerPromptOptions,
  { version, signal }: PromptRequest,
  messages: readonly MessageRequest[],
): Promise<number> {
  const chat = { messages: messages.map(toCodecMessage) }
  return (await codec.encodeChat(registry.folderOf(version), chat, signal)).length
}

const toCodecMessage = ({ role, content }: MessageRequest): CodecMessage => ({
  role: role.toLowerCase() as CodecMessage['role'],
  content: content.join(''),
})
