import type { OutputToken } from '../../domain/prediction.js'
import type { ToolCallDelta } from '../../domain/tool-call.js'

/** A part of a generated text as the event log has it. */
export interface TokensData {
  /** Without the calls of tools. */
  readonly text: string
  /** All of them, those of calls too. */
  readonly tokens: readonly OutputToken[]
  readonly toolCalls?: readonly ToolCallDelta[]
}

/** Parts that follow each other as one. */
export function joinTokens(parts: readonly TokensData[]): TokensData {
  const toolCalls = joinToolCalls(parts.flatMap((part) => part.toolCalls ?? []))
  return {
    text: parts.map(({ text }) => text).join(''),
    tokens: parts.flatMap(({ tokens }) => tokens),
    ...(toolCalls.length > 0 && { toolCalls }),
  }
}

/** One for each call. */
function joinToolCalls(deltas: readonly ToolCallDelta[]): readonly ToolCallDelta[] {
  const byCall = Map.groupBy(deltas, ({ index }) => index)
  return Array.from(byCall.values(), (ofCall) => ({
    ...ofCall[0]!,
    arguments: ofCall.map((delta) => delta.arguments).join(''),
  }))
}
