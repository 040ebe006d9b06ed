import { invalidInput } from '../../kernel/errors.js'
import type { ChatMessage } from '../../domain/prediction.js'
import type { ToolCall } from '../../domain/tool-call.js'
import { checkArguments, checkToolName } from './chat-tools.js'
import { checkText, type MessageRequest } from './prediction-input.js'

export const MAX_MESSAGES = 1_024
export const MAX_MESSAGE_TOOL_CALLS = 64
const MAX_CALL_ID_CHARACTERS = 256

/** @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseMessages(messages: readonly MessageRequest[], path: string): ChatMessage[] {
  if (messages.length === 0) throw invalidInput(path, 'must have at least one message.')
  if (messages.length > MAX_MESSAGES)
    throw invalidInput(path, `has ${messages.length} messages; at most ${MAX_MESSAGES} are allowed.`)
  const calls = new CallsOfChat()
  const parsed = messages.map((message, i) => {
    if (message.role === 'SYSTEM' && i > 0)
      throw invalidInput(`${path}.${i}.role`, 'SYSTEM is allowed for the first message only.')
    return parseMessage(message, calls, `${path}.${i}`)
  })
  const last = parsed.at(-1)!
  const at = `${path}.${parsed.length - 1}`
  if (last.role === 'SYSTEM')
    throw invalidInput(`${at}.role`, 'the last message must be of role USER, TOOL, or ASSISTANT to be continued.')
  if (last.toolCalls) throw invalidInput(`${at}.toolCalls`, 'must be answered by messages of role TOOL.')
  return parsed
}

function parseMessage(message: MessageRequest, calls: CallsOfChat, at: string): ChatMessage {
  const { role } = message
  const content = message.content.join('')
  checkText(content, `${at}.content`)
  const toolCalls = message.toolCalls ?? []
  if (content === '' && role !== 'TOOL' && toolCalls.length === 0)
    throw invalidInput(`${at}.content`, 'must not be empty.')
  if (toolCalls.length > 0 && role !== 'ASSISTANT')
    throw invalidInput(`${at}.toolCalls`, 'is allowed for role ASSISTANT only.')
  if (role === 'TOOL') return { role, content, ...calls.answer(message, at) }
  for (const field of ['toolCallId', 'name'] as const)
    if (typeof message[field] === 'string') throw invalidInput(`${at}.${field}`, 'is allowed for role TOOL only.')
  const asked = calls.ask(toolCalls, `${at}.toolCalls`)
  return { role, content, ...(asked.length > 0 && { toolCalls: asked }) }
}

/** The calls of a chat, and those that wait for their results. */
class CallsOfChat {
  readonly #ids = new Set<string>()
  #waiting = new Map<string, ToolCall>()

  /** A message with these calls: results of earlier ones can come no more. */
  ask(toolCalls: NonNullable<MessageRequest['toolCalls']>, path: string): readonly ToolCall[] {
    if (toolCalls.length > MAX_MESSAGE_TOOL_CALLS)
      throw invalidInput(path, `has ${toolCalls.length} calls; at most ${MAX_MESSAGE_TOOL_CALLS} are allowed.`)
    const calls = toolCalls.map(({ id, name, arguments: given }, i): ToolCall => {
      const at = `${path}.${i}`
      if (id.length === 0 || id.length > MAX_CALL_ID_CHARACTERS)
        throw invalidInput(`${at}.id`, `must have 1 to ${MAX_CALL_ID_CHARACTERS} characters.`)
      checkText(id, `${at}.id`)
      if (this.#ids.has(id)) throw invalidInput(`${at}.id`, `"${id}" is the id of another call.`)
      this.#ids.add(id)
      checkToolName(name, `${at}.name`)
      return { id, name, arguments: checkArguments(given, `${at}.arguments`) }
    })
    this.#waiting = new Map(calls.map((call) => [call.id, call]))
    return calls
  }

  /** A message with the result of a call. */
  answer({ toolCallId, name }: MessageRequest, at: string): Pick<ChatMessage, 'toolCallId' | 'name'> {
    if (typeof toolCallId !== 'string') throw invalidInput(`${at}.toolCallId`, 'must be given for role TOOL.')
    const call = this.#waiting.get(toolCallId)
    if (!call)
      throw invalidInput(
        `${at}.toolCallId`,
        `"${toolCallId}" is no call of the message of role ASSISTANT before it, or has its result.`,
      )
    if (typeof name === 'string' && name !== call.name)
      throw invalidInput(`${at}.name`, `is "${name}"; the call is of "${call.name}".`)
    this.#waiting.delete(toolCallId)
    return { toolCallId, name: call.name }
  }
}
