import type { NetworkBuilder, Rule } from './network.js'
import { NUMBER } from './number-pattern.js'
import { toPatternPart, UNESCAPED } from './pattern.js'

/** An escape of one character: of no half of a surrogate pair, which would be no text. */
const ESCAPE = '\\\\(?:["\\\\/bfnrt]|u(?:[0-9A-CEFa-cef][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}))'

export interface AnyValue {
  /** A JSON value, with the separators of `spacedJson`. */
  readonly value: Rule
  /** A character of a JSON string. */
  readonly character: Rule
}

export function addAnyValue(builder: NetworkBuilder): AnyValue {
  const escape = toPatternPart(builder, ESCAPE)
  const character = builder.rule('a character', builder.anyOf([builder.character(UNESCAPED), escape]))
  const string = builder.rule(
    'a string',
    builder.sequence(builder.text('"'), builder.repeat(builder.call(character), 0, Infinity), builder.text('"')),
  )
  const value = builder.declare('a value')
  const member = builder.sequence(builder.call(string), builder.text(': '), builder.call(value))
  const list = (one: typeof member) =>
    builder.optional(builder.sequence(one, builder.repeat(builder.sequence(builder.text(', '), one), 0, Infinity)))
  builder.define(
    value,
    builder.anyOf([
      builder.sequence(builder.text('{'), list(member), builder.text('}')),
      builder.sequence(builder.text('['), list(builder.call(value)), builder.text(']')),
      builder.call(string),
      toPatternPart(builder, NUMBER),
      builder.words(['true', 'false', 'null']),
    ]),
  )
  return { value, character }
}
