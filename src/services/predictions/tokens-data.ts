import type { OutputToken, PredictionOutput } from '../../domain/prediction.js'
import type { ToolCallDelta } from '../../domain/tool-call.js'

/** A part of a generated text as the event log has it. */
export interface TokensData {
  /** Which of several texts for one prompt; the first when missing. */
  readonly choice?: number
  /** Without the calls of tools. */
  readonly text: string
  /** All of them, those of calls too. */
  readonly tokens: readonly OutputToken[]
  readonly toolCalls?: readonly ToolCallDelta[]
}

export const choiceOf = ({ choice = 0 }: TokensData): number => choice

/** Parts of one choice that follow each other as one. */
export function joinTokens(parts: readonly TokensData[]): TokensData {
  const [first] = parts
  if (first && parts.length === 1 && !first.toolCalls) return first
  const toolCalls = joinToolCalls(parts.flatMap((part) => part.toolCalls ?? []))
  const choice = first?.choice
  return {
    ...(choice !== undefined && { choice }),
    text: parts.map(({ text }) => text).join(''),
    tokens: parts.flatMap(({ tokens }) => tokens),
    ...(toolCalls.length > 0 && { toolCalls }),
  }
}

/** What parts come to, one for each choice that has any, in the order of their first parts. */
export const joinByChoice = (parts: readonly TokensData[]): readonly TokensData[] =>
  Array.from(Map.groupBy(parts, choiceOf).values(), joinTokens)

/** An output of what there is of each choice, in any order. */
export function toTextOutput(written: readonly TokensData[]): PredictionOutput {
  const count = 1 + Math.max(0, ...written.map(choiceOf))
  const texts = Array.from({ length: count }, (_, choice) => {
    const { choice: _choice, ...text } = written.find((one) => choiceOf(one) === choice) ?? { text: '', tokens: [] }
    return text
  })
  const [first, ...others] = texts
  return { kind: 'TEXT', ...first!, ...(others.length > 0 && { others }) }
}

/** One for each call. */
function joinToolCalls(deltas: readonly ToolCallDelta[]): readonly ToolCallDelta[] {
  const byCall = Map.groupBy(deltas, ({ index }) => index)
  return Array.from(byCall.values(), (ofCall) => ({
    ...ofCall[0]!,
    arguments: ofCall.map((delta) => delta.arguments).join(''),
  }))
}
