import { invalidInput, isErrorWithCode } from '../../../kernel/errors.js'
import type { PredictionDocument, PredictionInput } from '../../../domain/prediction.js'
import { Generation } from '../generation.js'
import { INPUT_FIELDS, parseChat, parseCompletion } from '../prediction-input.js'
import {
  tooLong,
  type EncodeContext,
  type KindDefinition,
  type PartialOutput,
  type RunContext,
  type RunOutcome,
} from './prediction-kind.js'

type TextInput = Extract<PredictionInput, { readonly kind: 'CHAT' | 'COMPLETION' }>

const ROLES = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const

/** The answer to messages. */
export const chat: KindDefinition<'CHAT'> = {
  task: 'CHAT',
  isStreamed: true,
  parse: parseChat,
  encode: async (input, context) => {
    await checkConstraint(input, context)
    const messages = input.messages.map(({ role, content }) => ({ role: ROLES[role], content }))
    const ids = await context.codec.encodeChat(context.folder, messages, context.signal)
    return toPrompt(ids, `${INPUT_FIELDS.CHAT}.messages`, context)
  },
  run: generateText,
  countInferences: () => 1,
}

/** The continuation of a text. */
export const completion: KindDefinition<'COMPLETION'> = {
  task: 'CHAT',
  isStreamed: true,
  parse: parseCompletion,
  encode: async (input, context) => {
    await checkConstraint(input, context)
    const ids = await context.codec.encodeText(context.folder, input.prompt, context.signal)
    return toPrompt(ids, `${INPUT_FIELDS.COMPLETION}.prompt`, context)
  },
  run: generateText,
  countInferences: () => 1,
}

async function checkConstraint({ kind, settings }: TextInput, { codec, signal }: EncodeContext): Promise<void> {
  if (!settings.constraint) return
  try {
    await codec.checkConstraint(settings.constraint, signal)
  } catch (error) {
    if (!isErrorWithCode(error, 'INVALID_INPUT')) throw error
    throw invalidInput(`${INPUT_FIELDS[kind]}.generation.constraint`, error.message.replace(/^constraint:? /, ''))
  }
}

/** There has to be room for one token of an answer. */
function toPrompt(ids: readonly number[], path: string, { version }: EncodeContext) {
  if (ids.length >= version.contextTokens) throw tooLong(path, ids.length, version.contextTokens - 1)
  return [{ ids, typeIds: null }]
}

async function generateText(input: TextInput, context: RunContext): Promise<RunOutcome> {
  const { prediction, version, sequences, inputTokens, slot, store, clock } = context
  const settings = {
    ...input.settings,
    maxTokens: Math.min(input.settings.maxTokens, version.contextTokens - inputTokens),
  }
  const promptTokenIds = sequences[0]?.ids ?? []
  const generation = new Generation({ prediction, promptTokenIds, settings, slot, store, clock })
  context.onPartial(() => toPartial(generation, prediction))
  if (context.attempt > 1) await generation.resume()
  const result = await generation.run(context.signal)
  const { computeMs, prefillMs, outputTokens, finishReason, replayDiverged, cachedPromptTokens, batch } = result
  const isJson = settings.constraint?.kind === 'JSON_SCHEMA' && result.endedByModel
  return {
    output: { kind: 'TEXT', text: generation.text, tokens: generation.tokens, ...(isJson && { isJson }) },
    finishReason,
    usage: { inputTokens, cachedInputTokens: cachedPromptTokens, outputTokens },
    timings: {
      prefillMs,
      computeMs,
      timeToFirstTokenMs: toFirstTokenMs(generation, prediction),
      tokensPerSecond: computeMs > prefillMs ? (1_000 * outputTokens) / (computeMs - prefillMs) : null,
    },
    replayDiverged,
    batch,
    draft: settings.draft ? result.draft : null,
  }
}

const toFirstTokenMs = ({ firstTokenAt }: Generation, { createdAt }: PredictionDocument): number | null =>
  firstTokenAt === null ? null : firstTokenAt - createdAt

function toPartial(generation: Generation, prediction: PredictionDocument): PartialOutput | null {
  const { text, tokens } = generation
  if (tokens.length === 0) return null
  const timeToFirstTokenMs = toFirstTokenMs(generation, prediction)
  return { output: { kind: 'TEXT', text, tokens }, outputTokens: tokens.length, timeToFirstTokenMs }
}
