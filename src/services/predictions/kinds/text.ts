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
    await checkBiases(input, context)
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
    await checkBiases(input, context)
    await checkConstraint(input, context)
    const ids = await context.codec.encodeText(context.folder, input.prompt, context.signal)
    return toPrompts(ids, input, context)
  },
  run: generateText,
  countInferences: countTexts,
}

async function checkBiases({ kind, settings }: TextInput, { codec, folder, signal }: EncodeContext): Promise<void> {
  const { logitBias } = settings
  if (logitBias.length === 0) return
  const count = await codec.countVocabulary(folder, signal)
  const wrong = logitBias.findIndex(({ tokenId }) => tokenId >= count)
  if (wrong >= 0)
    throw invalidInput(
      `${INPUT_FIELDS[kind]}.generation.logitBias.${wrong}.tokenId`,
      `${logitBias[wrong]!.tokenId} is none of the model's tokens, 0 to ${count - 1}.`,
    )
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

async function checkConstraint(input: TextInput, { codec, signal }: EncodeContext): Promise<void> {
  const { constraint } = input.settings
  if (constraint) await codec.checkConstraint(constraint, signal).catch(throwAt(pathOfConstraint(input)))
}

/** Where in the request the constraint stands. */
function pathOfConstraint(input: TextInput): string {
  const path = INPUT_FIELDS[input.kind]
  if (input.settings.constraint?.kind === 'TOOLS') return `${path}.tools`
  return input.kind === 'CHAT' && input.hasResponseSchema ? `${path}.responseSchema` : `${path}.generation.constraint`
}

/** A constraint is called so by those who do not know the request. */
const throwAt =
  (path: string) =>
  (error: unknown): never => {
    if (!isErrorWithCode(error, 'INVALID_INPUT') || error.details.path !== 'constraint') throw error
    throw invalidInput(path, error.message.replace(/^constraint:? /, ''))
  }

/** The prompt, once for each text that is wanted. There has to be room for one token of an answer. */
function toPrompts(ids: readonly number[], { kind, settings }: TextInput, { version }: EncodeContext): TokenSequence[] {
  const path = `${INPUT_FIELDS[kind]}.${kind === 'CHAT' ? 'messages' : 'prompt'}`
  if (ids.length >= version.contextTokens) throw tooLong(path, ids.length, version.contextTokens - 1)
  return Array.from({ length: settings.n ?? 1 }, () => ({ ids, typeIds: null }))
}

function generateText(input: TextInput, context: RunContext): Promise<RunOutcome> {
  return new TextWork(input.settings, context).run().catch(throwAt(pathOfConstraint(input)))
}

function countTexts(output: PredictionOutput): number {
  return output.kind === 'TEXT' ? 1 + (output.others?.length ?? 0) : 0
}
