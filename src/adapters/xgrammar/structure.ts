import type { StructuralTagFormat } from '@mlc-ai/web-xgrammar'
import type { OutputConstraint, ToolDefinition } from '../../domain/prediction.js'

/** What the grammar engine compiles. */
export type Structure =
  | { readonly kind: 'json'; readonly schema: string }
  | { readonly kind: 'ebnf'; readonly grammar: string }
  | { readonly kind: 'tags'; readonly format: StructuralTagFormat }

/** How a call of a tool stands in a text, in the form that Hermes and SmolLM2 were trained on. */
export const TOOL_CALL_BEGIN = '<tool_call>'
export const TOOL_CALL_END = '</tool_call>'

export function toStructure(constraint: OutputConstraint): Structure {
  switch (constraint.kind) {
    case 'JSON_SCHEMA':
      return { kind: 'json', schema: JSON.stringify(constraint.schema) }
    case 'REGEX':
      return { kind: 'tags', format: { type: 'regex', pattern: constraint.pattern } }
    case 'GRAMMAR':
      return { kind: 'ebnf', grammar: constraint.grammar }
    case 'CHOICE':
      return { kind: 'ebnf', grammar: `root ::= ${constraint.choices.map(toLiteral).join(' | ')}` }
    case 'TOOLS':
      return {
        kind: 'tags',
        format: {
          type: 'triggered_tags',
          triggers: [TOOL_CALL_BEGIN],
          tags: constraint.tools.map(toTag),
          at_least_one: constraint.isRequired,
        },
      }
  }
}

const toTag = ({ name, parameters }: Pick<ToolDefinition, 'name' | 'parameters'>) => ({
  type: 'tag' as const,
  begin: `${TOOL_CALL_BEGIN}\n{"name": ${JSON.stringify(name)}, "arguments": `,
  content: { type: 'json_schema' as const, json_schema: parameters as Record<string, unknown> },
  end: `}\n${TOOL_CALL_END}`,
})

/** A literal of the grammar notation; every character but letters and digits by its number. */
function toLiteral(text: string): string {
  const escaped = Array.from(text, (char) =>
    /^[A-Za-z0-9 ]$/.test(char) ? char : `\\U${char.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  )
  return `"${escaped.join('')}"`
}
