import type { OutputConstraint } from '../../domain/prediction.js'
import { toGrammarRule } from './grammar-text.js'
import { NetworkBuilder, type Rule } from './network.js'
import { toPatternPart } from './pattern.js'
import { toNetwork, type Network } from './pruned-network.js'
import { SchemaRules } from './schema-rules.js'
import { toToolRule } from './tool-rules.js'

/** The grammar that a text must follow, in bytes that can be written. @throws Error that says what cannot be honoured. */
export const toConstraintNetwork = (constraint: OutputConstraint, isWritable?: readonly boolean[]): Network =>
  toNetwork(toRule(new NetworkBuilder(), constraint), isWritable)

function toRule(builder: NetworkBuilder, constraint: OutputConstraint): Rule {
  switch (constraint.kind) {
    case 'JSON_SCHEMA':
      return new SchemaRules(builder, constraint.schema).root
    case 'REGEX':
      return builder.rule(`the expression ${constraint.pattern}`, toPatternPart(builder, constraint.pattern))
    case 'GRAMMAR':
      return toGrammarRule(builder, constraint.grammar)
    case 'CHOICE':
      return builder.rule('the list', builder.words(constraint.choices))
    case 'TOOLS':
      return toToolRule(builder, constraint)
  }
}
