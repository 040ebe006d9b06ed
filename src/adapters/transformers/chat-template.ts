import type { PreTrainedTokenizer } from '@huggingface/transformers'
import { GraphloomError } from '../../kernel/errors.js'
import { spacedJson, type Json } from '../../kernel/json.js'
import { TOOL_CALL_BEGIN, type ToolCall } from '../../domain/tool-call.js'
import type { CodecChat, CodecMessage } from '../../ports/text-codec.js'
import { Marks, type ChatPart } from './marks.js'
import { writeToolsAsText } from './tool-prompt.js'

/** How a template wants the arguments of a call. */
type ArgumentsForm = 'object' | 'text'

interface Rendering {
  readonly messages: readonly object[]
  readonly tools: readonly object[]
  /** Whether the start of the assistant's answer follows. */
  readonly beginsAnswer: boolean
}

/** A model's chat template. */
export class ChatTemplate {
  readonly #tokenizer: PreTrainedTokenizer
  readonly #controls: readonly string[]
  /** Null when it does not write tools and calls in the form that calls are read in. */
  #argumentsForm: ArgumentsForm | null | undefined

  /** `controls` are the model's control tokens. */
  constructor(tokenizer: PreTrainedTokenizer, controls: readonly string[]) {
    this.#tokenizer = tokenizer
    this.#controls = controls
  }

  /**
   * The chat up to where the assistant's answer goes on. The template gets marks in the place of texts.
   * @throws GraphloomError `INVALID_INPUT` when the template refuses the chat.
   */
  render(chat: CodecChat): ChatPart[] {
    const marks = new Marks(this.#controls)
    const { messages, tools = [] } = chat
    const hasTools = tools.length > 0 || messages.some(({ role, toolCalls }) => role === 'tool' || toolCalls)
    const form = hasTools ? this.#findArgumentsForm() : null
    const written = hasTools && form === null ? writeToolsAsText(chat) : messages
    const marked = written.map((message) => toTemplateMessage(message, form ?? 'object', marks))
    const last = written.at(-1)?.role === 'assistant' ? marked.at(-1)!.content : undefined
    const rendered = this.#render({
      messages: marked,
      tools: form === null ? [] : tools.map((tool) => toTemplateTool(marks.markIn({ ...tool }))),
      beginsAnswer: last === undefined,
    })
    const parts = marks.split(rendered, last)
    if (!parts) throw refusal('it leaves a text out or changes it')
    return parts
  }

  #render({ messages, tools, beginsAnswer }: Rendering): string {
    const options = { tokenize: false, add_generation_prompt: beginsAnswer } as const
    try {
      return this.#tokenizer.apply_chat_template(messages as { role: string; content: string }[], {
        ...options,
        ...(tools.length > 0 && { tools: [...tools] }),
      })
    } catch (error) {
      throw refusal(error instanceof Error ? error.message : String(error))
    }
  }

  #findArgumentsForm(): ArgumentsForm | null {
    if (this.#argumentsForm === undefined)
      this.#argumentsForm = (['object', 'text'] as const).find((form) => this.#writesTools(form)) ?? null
    return this.#argumentsForm
  }

  /** Tries whether a tool, a call with arguments in this form, and a result all stand in a chat as they should. */
  #writesTools(form: ArgumentsForm): boolean {
    const call = { id: 'call00001', name: 'lookUp', arguments: { word: 'heron' } }
    const messages: CodecMessage[] = [
      { role: 'user', content: 'What is it?' },
      { role: 'assistant', content: '', toolCalls: [call] },
      { role: 'tool', content: 'A long-legged bird.', toolCallId: call.id, name: call.name },
    ]
    const tool = toTemplateTool({ name: call.name, description: 'Looks a word up.', parameters: { type: 'object' } })
    const marks = { mark: (text: string) => text, markIn: (value: Json) => value }
    try {
      const marked = messages.map((message) => toTemplateMessage(message, form, marks))
      const rendered = this.#render({ messages: marked, tools: [tool], beginsAnswer: true })
      const isCall = /"name": ?"lookUp", ?"arguments": ?\{"word": ?"heron"\}/
      const [before = '', after = ''] = rendered.split(isCall)
      return (
        before.includes('Looks a word up.') && before.includes(TOOL_CALL_BEGIN) && after.includes('A long-legged bird.')
      )
    } catch {
      return false
    }
  }
}

function toTemplateMessage(
  { role, content, toolCalls, toolCallId, name }: CodecMessage,
  form: ArgumentsForm,
  marks: Pick<Marks, 'mark' | 'markIn'>,
): { readonly role: string; readonly content: string } {
  const toCall = (call: ToolCall): object => {
    const marked = marks.markIn(call.arguments)
    return {
      id: marks.markIn(call.id),
      type: 'function',
      function: { name: call.name, arguments: form === 'object' ? marked : spacedJson(marked) },
    }
  }
  return {
    role,
    content: marks.mark(content),
    ...(toolCalls && { tool_calls: toolCalls.map(toCall) }),
    ...(toolCallId !== undefined && { tool_call_id: marks.markIn(toolCallId) }),
    ...(name !== undefined && { name }),
  }
}

const toTemplateTool = (tool: Json): object => ({ type: 'function', function: tool })

function refusal(reason: string): GraphloomError {
  const path = 'input.chat.messages'
  const message = `${path}: the model's chat template refuses them: ${reason.slice(0, 500)}`
  return new GraphloomError('INVALID_INPUT', message, { details: { path } })
}
