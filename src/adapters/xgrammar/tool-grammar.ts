import { TOOL_CALL_BEGIN, TOOL_CALL_HEAD, TOOL_CALL_MIDDLE, TOOL_CALL_TAIL } from '../../domain/tool-call.js'

export interface ToolGrammarOptions {
  /** Each tool with the grammar of its arguments, whose first rule is `root`. */
  readonly tools: readonly { readonly name: string; readonly grammar: string }[]
  /** Whether the text begins with a call. */
  readonly isRequired: boolean
  /** After so many calls the text ends. */
  readonly maxCalls: number
}

/**
 * Free text with calls of tools in it: one rule for each number of calls that are left. What begins a call goes on as
 * one.
 */
export function toToolGrammar({ tools, isRequired, maxCalls }: ToolGrammarOptions): string {
  const rules = tools.map(({ grammar }, i) => prefixRules(grammar, `tool${i}_`))
  const words = tools.map(({ name }, i) => ({ text: `${name}${TOOL_CALL_MIDDLE}`, then: `tool${i}_root` }))
  rules.push(`call ::= ${quote(TOOL_CALL_HEAD)} ${toAlternatives(words)} ${quote(TOOL_CALL_TAIL)}`)
  for (let left = 1; left <= maxCalls; left++) {
    const rest = left === 1 ? '' : ` text${left - 1}`
    rules.push(`call${left} ::= call${rest}`)
    rules.push(`text${left} ::= TagDispatch((${quote(TOOL_CALL_BEGIN)}, call${left}), loop_after_dispatch=false)`)
  }
  rules.push(`root ::= ${isRequired ? `${quote(TOOL_CALL_BEGIN)} call${maxCalls}` : `text${maxCalls}`}`)
  return rules.join('\n')
}

interface Word {
  readonly text: string
  /** The rule that follows it. */
  readonly then: string
}

/** Alternatives that begin with different characters: the engine confuses those that begin alike. */
function toAlternatives(words: readonly Word[]): string {
  const [only] = words
  if (only && words.length === 1) return `${quote(only.text)} ${only.then}`
  const byFirst = Map.groupBy(words, ({ text }) => text.charAt(0))
  const alternatives = Array.from(byFirst, ([first, group]) => {
    const rest = group.map(({ text, then }) => ({ text: text.slice(1), then }))
    return `${quote(first)} ${toAlternatives(rest)}`
  })
  return alternatives.length === 1 ? alternatives[0]! : `(${alternatives.join(' | ')})`
}

/** Strings, character classes and names of a grammar in the engine's notation. */
const PARTS = /"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[A-Za-z_][A-Za-z0-9_]*/gu

/** The grammar with other names of its rules, so that it can stand beside another. */
function prefixRules(grammar: string, prefix: string): string {
  const names = new Set(Array.from(grammar.matchAll(/^([A-Za-z_][A-Za-z0-9_]*)\s*::=/gmu), ([, name]) => name))
  return grammar.replace(PARTS, (part) => (names.has(part) ? `${prefix}${part}` : part))
}

/** A text as the engine's notation has it; names and markup have no characters but ASCII. */
const quote = (text: string): string => JSON.stringify(text)
