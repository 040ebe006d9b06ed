import { randomBytes } from 'node:crypto'
import type { PreTrainedTokenizer } from '@huggingface/transformers'
import { GraphloomError } from '../../kernel/errors.js'
import type { CodecMessage } from '../../ports/text-codec.js'

/** A piece of a rendered chat: what stands in a message, or what the template wrote. */
export interface ChatPart {
  readonly text: string
  readonly isContent: boolean
}

/**
 * Renders messages by the model's chat template, with the start of the assistant's answer. The template gets marks in
 * the place of the messages' texts, so that what it wrote can be told from what was written in a message.
 * @throws GraphloomError `INVALID_INPUT` when the template refuses the messages.
 */
export function renderChat(tokenizer: PreTrainedTokenizer, messages: readonly CodecMessage[]): ChatPart[] {
  // 96 random bits between characters of private use: no message can have foreseen it.
  const mark = `\ue000${randomBytes(12).toString('hex')}:`
  const marked = messages.map(({ role }, i) => ({ role, content: `${mark}${i}\ue000` }))
  const pieces = render(tokenizer, marked).split(new RegExp(`${mark}(\\d+)\ue000`, 'u'))
  return pieces.map((piece, i) =>
    i % 2 === 0 ? { text: piece, isContent: false } : { text: messages[Number(piece)]?.content ?? '', isContent: true },
  )
}

function render(tokenizer: PreTrainedTokenizer, messages: { role: string; content: string }[]): string {
  try {
    return tokenizer.apply_chat_template(messages, { tokenize: false, add_generation_prompt: true })
  } catch (error) {
    const path = 'input.chat.messages'
    const reason = error instanceof Error ? error.message : String(error)
    const message = `${path}: the model's chat template refuses them: ${reason.slice(0, 500)}`
    throw new GraphloomError('INVALID_INPUT', message, { details: { path } })
  }
}
