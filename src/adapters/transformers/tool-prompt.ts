import { spacedJson } from '../../kernel/json.js'
import { toToolCallText, type ToolDefinition } from '../../domain/tool-call.js'
import type { CodecChat, CodecMessage } from '../../ports/text-codec.js'

/**
 * The chat without tools, calls and results: they are texts of its messages, in the form of Hermes models. Results that
 * follow each other are one message.
 */
export function writeToolsAsText({ messages, tools = [] }: CodecChat): CodecMessage[] {
  const written: CodecMessage[] = []
  const [first] = messages
  const system = first?.role === 'system' ? [first.content] : []
  if (tools.length > 0) system.push(describeTools(tools))
  if (system.length > 0) written.push({ role: 'system', content: system.join('\n\n') })
  let results: string[] = []
  const takeResults = (): void => {
    if (results.length > 0) written.push({ role: 'user', content: results.join('\n') })
    results = []
  }
  for (const { role, content, toolCalls = [] } of messages) {
    if (role === 'tool') {
      results.push(`<tool_response>\n${content}\n</tool_response>`)
      continue
    }
    takeResults()
    const calls = toolCalls.map((call) => toToolCallText(call.name, spacedJson(call.arguments)))
    if (role !== 'system') written.push({ role, content: [...(content === '' ? [] : [content]), ...calls].join('\n') })
  }
  takeResults()
  return written
}

function describeTools(tools: readonly ToolDefinition[]): string {
  const signatures = tools.map(({ name, description, parameters }) =>
    spacedJson({ type: 'function', function: { name, description, parameters } }),
  )
  return [
    'You can call functions to help with what you are asked. These are their signatures, with JSON Schemas of their arguments:',
    `<tools>\n${signatures.join('\n')}\n</tools>`,
    'To call a function, write its name and its arguments as a JSON object, like this:',
    toToolCallText('name-of-the-function', '{"name-of-an-argument": "value"}'),
    'What it gives then comes within <tool_response></tool_response>.',
  ].join('\n')
}
