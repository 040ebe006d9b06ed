import type { OutputConstraint } from '../../domain/prediction.js'
import { TOOL_CALL_BEGIN, TOOL_CALL_HEAD, TOOL_CALL_MIDDLE, TOOL_CALL_TAIL } from '../../domain/tool-call.js'
import type { NetworkBuilder, Part, Rule, State } from './network.js'
import { SchemaRules } from './schema-rules.js'
import { invertRanges } from './utf8-ranges.js'

/**
 * Free text with calls of tools in it: one rule for each number of calls that are left. What begins a call goes on as
 * one.
 */
export function toToolRule(
  builder: NetworkBuilder,
  { tools, isRequired, maxCalls }: Extract<OutputConstraint, { kind: 'TOOLS' }>,
): Rule {
  const calls = tools.map(({ name, parameters }) =>
    builder.sequence(
      builder.text(`${name}${TOOL_CALL_MIDDLE}`),
      builder.call(new SchemaRules(builder, parameters).root),
      builder.text(TOOL_CALL_TAIL),
    ),
  )
  const call = builder.rule('a call', builder.sequence(builder.text(TOOL_CALL_HEAD), builder.anyOf(calls)))
  let after: Part = (from) => from
  for (let left = 1; left < maxCalls; left++)
    after = builder.call(builder.rule('text', toFreeText(builder, builder.sequence(builder.call(call), after))))
  const last = builder.sequence(builder.call(call), after)
  const first = isRequired ? builder.sequence(builder.text(TOOL_CALL_BEGIN), last) : toFreeText(builder, last)
  return builder.rule('an answer with calls', first)
}

/** Text that may end anywhere, until something begins a call, which then goes on as `call` says. */
function toFreeText(builder: NetworkBuilder, call: Part): Part {
  return (from) => {
    const to = builder.state()
    const read = Array.from(TOOL_CALL_BEGIN, () => builder.state())
    from.empty.push(read[0]!)
    read.forEach((state, i) => {
      state.empty.push(to)
      const go = (characters: string, next: State): unknown =>
        builder.character(Array.from(characters, toRange))(state).empty.push(next)
      const begin = TOOL_CALL_BEGIN[i]!
      const next = read[i + 1]
      if (next) go(begin, next)
      else
        builder
          .sequence(
            builder.character([toRange(begin)]),
            call,
          )(state)
          .empty.push(to)
      // What begins a call has its first character nowhere else.
      const first = TOOL_CALL_BEGIN[0]!
      if (begin !== first) go(first, read[1]!)
      builder
        .character(invertRanges([toRange(begin), toRange(first)]))(state)
        .empty.push(read[0]!)
    })
    return to
  }
}

function toRange(character: string) {
  const codePoint = character.codePointAt(0)!
  return { min: codePoint, max: codePoint }
}
