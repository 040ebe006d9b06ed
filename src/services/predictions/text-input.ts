import { invalidInput } from '../../kernel/errors.js'
import { parseMessages } from './chat-messages.js'
import { parseTools } from './chat-tools.js'
import { parseSettings, withResponseSchema } from './generation-settings.js'
import { checkText, INPUT_FIELDS, type InputOf, type RequestOf } from './prediction-input.js'

/** @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseChat(request: RequestOf<'CHAT'>): InputOf<'CHAT'> {
  const path = INPUT_FIELDS.CHAT
  const messages = parseMessages(request.messages, `${path}.messages`)
  const settings = withResponseSchema(parseSettings(request.generation, path), request.responseSchema, path)
  const { tools, constraint } = parseTools(request, path)
  const hasResponseSchema = request.responseSchema !== undefined && request.responseSchema !== null
  if (tools.length === 0) return { kind: 'CHAT', messages, settings, ...(hasResponseSchema && { hasResponseSchema }) }
  if (settings.constraint) {
    const at = hasResponseSchema ? 'responseSchema' : 'generation.constraint'
    throw invalidInput(`${path}.${at}`, 'is not allowed beside tools, unless toolChoice is of mode NONE.')
  }
  return { kind: 'CHAT', messages, tools, settings: { ...settings, constraint } }
}

/** @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseCompletion({ prompt, generation }: RequestOf<'COMPLETION'>): InputOf<'COMPLETION'> {
  const path = INPUT_FIELDS.COMPLETION
  if (prompt.length === 0) throw invalidInput(`${path}.prompt`, 'must not be empty.')
  checkText(prompt, `${path}.prompt`)
  return { kind: 'COMPLETION', prompt, settings: parseSettings(generation, path) }
}
