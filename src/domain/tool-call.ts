import { parseJson, type Json } from '../kernel/json.js'

/** A function that a model may ask to be called. */
export interface ToolDefinition {
  readonly name: string
  readonly description: string
  /** JSON Schema of its arguments, an object. */
  readonly parameters: Json
}

/** A call as a message of the assistant has it. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: Json
}

/** A call that a model wrote. */
export interface WrittenToolCall {
  readonly name: string
  /** JSON, or the beginning of it where the text ended, or stands, within the call. */
  readonly arguments: string
}

/** More of a call: the parts of its arguments, joined, are their JSON. */
export interface ToolCallDelta extends WrittenToolCall {
  /** Place among the calls of the text, from 0. */
  readonly index: number
}

/** How a call stands in a text, in the form that Hermes models and many after them were trained on. */
export const TOOL_CALL_BEGIN = '<tool_call>'
export const TOOL_CALL_END = '</tool_call>'
/** What stands between the beginning and the name, between the name and the arguments, and after them. */
export const TOOL_CALL_HEAD = '\n{"name": "'
export const TOOL_CALL_MIDDLE = '", "arguments": '
export const TOOL_CALL_TAIL = `}\n${TOOL_CALL_END}`

/** The call as a text has it; `argumentsText` is JSON. */
export const toToolCallText = (name: string, argumentsText: string): string =>
  [TOOL_CALL_BEGIN, TOOL_CALL_HEAD, name, TOOL_CALL_MIDDLE, argumentsText, TOOL_CALL_TAIL].join('')

/** The same for the same place in the same prediction, whenever it is asked for. */
export const toToolCallId = (predictionId: string, choice: number, index: number): string =>
  `call_${predictionId.slice(predictionId.indexOf('_') + 1)}_${choice}_${index}`

/** The arguments when the call is whole, else null. */
export function parseWrittenArguments({ arguments: text }: WrittenToolCall): Json {
  return parseJson(text) ?? null
}
