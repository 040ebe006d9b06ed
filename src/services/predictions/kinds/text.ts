import { invalidInput, isErrorWithCode } from '../../../kernel/errors.js'
import type { PredictionDocument, PredictionInput, PredictionOutput } from '../../../domain/prediction.js'
import { parseWrittenArguments } from '../../../domain/tool-call.js'
import { Generation } from '../generation.js'
import { INPUT_FIELDS } from '../prediction-input.js'
import { parseChat, parseCompletion } from '../text-input.js'
import {
  tooLong,
  type EncodeContext,
  type KindDefinition,
  type PartialOutput,
  type RunContext,
  type RunOutcome,
} from './prediction-kind.js'

type ChatInput = Extract<PredictionInput, { readonly kind: 'CHAT' }>
type TextInput = Extract<PredictionInput, { readonly kind: 'CHAT' | 'COMPLETION' }>

const ROLES = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant', TOOL: 'tool' } as const

/** The answer to messages. */
export const chat: KindDefinition<'CHAT'> = {
  task: 'CHAT',
  isStreamed: true,
  parse: parseChat,
  encode: async (input, context) => {
    await checkTools(input, context)
    await checkConstraint(input, context)
    const messages = input.messages.map((message) => ({ ...message, role: ROLES[message.role] }))
    const { folder, codec, signal } = context
    const ids = await codec.encodeChat(folder, { messages, ...(input.tools && { tools: input.tools }) }, signal)
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

/** Whether the grammar engine can honour the schema of each tool. */
async function checkTools({ tools = [], settings }: ChatInput, { codec, signal }: EncodeContext): Promise<void> {
  if (settings.constraint?.kind !== 'TOOLS') return
  for (const { name, parameters } of settings.constraint.tools) {
    const path = `${INPUT_FIELDS.CHAT}.tools.${tools.findIndex((tool) => tool.name === name)}.parameters`
    await codec.checkConstraint({ kind: 'JSON_SCHEMA', schema: parameters }, signal).catch(throwAt(path))
  }
}

async function checkConstraint({ kind, settings }: TextInput, { codec, signal }: EncodeContext): Promise<void> {
  if (!settings.constraint) return
  const path = `${INPUT_FIELDS[kind]}.${settings.constraint.kind === 'TOOLS' ? 'tools' : 'generation.constraint'}`
  await codec.checkConstraint(settings.constraint, signal).catch(throwAt(path))
}

const throwAt =
  (path: string) =>
  (error: unknown): never => {
    if (!isErrorWithCode(error, 'INVALID_INPUT')) throw error
    throw invalidInput(path, error.message.replace(/^constraint:? /, ''))
  }

/** There has to be room for one token of an answer. */
function toPrompt(ids: readonly number[], path: string, { version }: EncodeContext) {
  if (ids.length >= version.contextTokens) throw tooLong(path, ids.length, version.contextTokens - 1)
  return [{ ids, typeIds: null }]
}

async function generateText(input: TextInput, context: RunContext): Promise<RunOutcome> {
  const { prediction, version, sequences, inputTokens, slot, log, clock } = context
  const settings = {
    ...input.settings,
    maxTokens: Math.min(input.settings.maxTokens, version.contextTokens - inputTokens),
  }
  const promptTokenIds = sequences[0]?.ids ?? []
  const generation = new Generation({ prediction, promptTokenIds, settings, slot, log, clock })
  context.onPartial(() => toPartial(generation, prediction))
  if (context.isResumed) await generation.resume()
  const result = await generation.run(context.signal)
  const { computeMs, prefillMs, outputTokens, replayDiverged, cachedPromptTokens, batch } = result
  const isJson = settings.constraint?.kind === 'JSON_SCHEMA' && result.endedByModel
  const output = { kind: 'TEXT', ...generation.written, ...(isJson && { isJson }) } as const
  return {
    output,
    finishReason: result.endedByModel && hasCalls(output) ? 'TOOL_CALLS' : result.finishReason,
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

const hasCalls = ({ toolCalls = [] }: Extract<PredictionOutput, { readonly kind: 'TEXT' }>): boolean =>
  toolCalls.some((call) => parseWrittenArguments(call) !== null)

const toFirstTokenMs = ({ firstTokenAt }: Generation, { createdAt }: PredictionDocument): number | null =>
  firstTokenAt === null ? null : firstTokenAt - createdAt

function toPartial(generation: Generation, prediction: PredictionDocument): PartialOutput | null {
  const { written, tokens } = generation
  if (tokens.length === 0) return null
  const timeToFirstTokenMs = toFirstTokenMs(generation, prediction)
  return { output: { kind: 'TEXT', ...written }, outputTokens: tokens.length, timeToFirstTokenMs }
}
