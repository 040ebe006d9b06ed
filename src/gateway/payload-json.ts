import type { FormattedExecutionResult } from 'graphql'

const TEXTS = new WeakMap<FormattedExecutionResult, string>()

/** A result as JSON, made once however many readers get it. */
export function toPayloadJson(result: FormattedExecutionResult): string {
  let text = TEXTS.get(result)
  if (text === undefined) TEXTS.set(result, (text = JSON.stringify(result)))
  return text
}
