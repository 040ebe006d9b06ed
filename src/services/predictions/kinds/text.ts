import { invalidInput, isErrorWithCode } from '../../../kernel/errors.js'
import type { PredictionInput, PredictionOutput } from '../../../domain/prediction.js'
import type { TokenSequence } from '../../../ports/text-codec.js'
import { INPUT_FIELDS } from '../prediction-input.js'
import { parseChat, parseCompletion } from '../text-input.js'
import { TextWork } from '../text-work.js'
import {
  tooLong,
  type EncodeContext,
  type KindDefinition,
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
    await checkConstraint(input, context).catch((error: unknown) => blameTool(error, input, context))
    const messages = input.messages.map((message) => ({ ...message, role: ROLES[message.role] }))
    const { folder, codec, signal } = context
    const ids = await codec.encodeChat(folder, { messages, ...(input.tools && { tools: input.tools }) }, signal)
    return toPrompts(ids, input, context)
  },
  run: generateText,
  countInferences: countTexts,
}

/** The continuation of a text. */
export const completion: KindDefinition<'COMPLETION'> = {
  task: 'CHAT',
  isStreamed: true,
  parse: parseCompletion,
  encode: async (input, context) => {
    await checkConstraint(input, context)
    const ids = await context.codec.encodeText(context.folder, input.prompt, context.signal)
    return toPrompts(ids, input, context)
  },
  run: generateText,
  countInferences: countTexts,
}

/** Finds the tool whose schema the grammar engine cannot honour. @throws GraphloomError with its path; else `error`. */
async function blameTool(error: unknown, { tools = [], settings }: ChatInput, context: EncodeContext): Promise<never> {
  if (!isErrorWithCode(error, 'INVALID_INPUT') || settings.constraint?.kind !== 'TOOLS') throw error
  const { codec, signal } = context
  for (const { name, parameters } of settings.constraint.tools) {
    const path = `${INPUT_FIELDS.CHAT}.tools.${tools.findIndex((tool) => tool.name === name)}.parameters`
    await codec.checkConstraint({ kind: 'JSON_SCHEMA', schema: parameters }, signal).catch(throwAt(path))
  }
  throw error
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

/** The prompt, once for each text that is wanted. There has to be room for one token of an answer. */
function toPrompts(ids: readonly number[], { kind, settings }: TextInput, { version }: EncodeContext): TokenSequence[] {
  const path = `${INPUT_FIELDS[kind]}.${kind === 'CHAT' ? 'messages' : 'prompt'}`
  if (ids.length >= version.contextTokens) throw tooLong(path, ids.length, version.contextTokens - 1)
  return Array.from({ length: settings.n ?? 1 }, () => ({ ids, typeIds: null }))
}

function generateText({ settings }: TextInput, context: RunContext): Promise<RunOutcome> {
  return new TextWork(settings, context).run()
}

function countTexts(output: PredictionOutput): number {
  return output.kind === 'TEXT' ? 1 + (output.others?.length ?? 0) : 0
}
