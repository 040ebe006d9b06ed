import { Arg, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { parseWrittenArguments, toToolCallId } from '../../src/domain/tool-call.js'
import { invalidInput } from '../../src/kernel/errors.js'
import { toChoiceSeed } from '../../src/services/predictions/choice-seed.js'
import { JsonScalar } from '../common/scalars.js'
import {
  OutputTokenType,
  TextChoice,
  TextOutput,
  ToolCallDeltaType,
  ToolCallType,
  type TextRoot,
} from './text-output.type.js'

const MAX_TOKENS_PAGE = 1_000

/** The fields that an output, which stands for its first text, and each of several texts have alike. */
function createTextResolver(type: () => typeof TextOutput | typeof TextChoice) {
  @Resolver(type)
  abstract class TextResolver {
    @FieldResolver(() => JsonScalar, {
      nullable: true,
      description:
        'The text as a JSON value, valid by the schema that was asked for; null for other texts and for one that is not whole.',
    })
    json(@Root() { text, isJson }: TextRoot): unknown {
      return isJson ? (JSON.parse(text) as unknown) : null
    }

    @FieldResolver(() => [ToolCallType], { description: 'The calls that the model asks for and has written whole.' })
    toolCalls(@Root() { toolCalls = [], prediction, index: choice = 0 }: TextRoot): readonly ToolCallType[] {
      return toolCalls.flatMap((call, index) => {
        const value = parseWrittenArguments(call)
        const id = toToolCallId(prediction.id, choice, index)
        return value === null ? [] : [{ id, name: call.name, arguments: value }]
      })
    }

    @FieldResolver(() => ToolCallDeltaType, {
      nullable: true,
      description:
        'The call that is being written, as far as it is there; of a text that ended, one that was cut off. It is no call that could be answered.',
    })
    openToolCall(@Root() { toolCalls = [], prediction, index: choice = 0 }: TextRoot): ToolCallDeltaType | null {
      const index = toolCalls.length - 1
      const last = toolCalls[index]
      if (!last || parseWrittenArguments(last) !== null) return null
      return { index, id: toToolCallId(prediction.id, choice, index), name: last.name, arguments: last.arguments }
    }

    @FieldResolver(() => [OutputTokenType], { description: 'All its tokens, in order, those of calls too.' })
    tokens(
      @Root() { tokens }: TextRoot,
      @Arg('first', () => Int, { defaultValue: 100, description: `How many; 1 to ${MAX_TOKENS_PAGE}.` }) first: number,
      @Arg('after', () => Int, { defaultValue: 0, description: 'How many to pass over; 0 or more.' }) after: number,
    ): readonly object[] {
      if (first < 1 || first > MAX_TOKENS_PAGE)
        throw invalidInput('first', `is ${first}; 1 to ${MAX_TOKENS_PAGE} is allowed.`)
      if (after < 0) throw invalidInput('after', `is ${after}; 0 or more is allowed.`)
      return tokens.slice(after, after + first)
    }
  }
  return TextResolver
}

@Resolver(() => TextChoice)
export class TextChoiceResolver extends createTextResolver(() => TextChoice) {}

@Resolver(() => TextOutput)
export class TextOutputResolver extends createTextResolver(() => TextOutput) {
  @FieldResolver(() => [TextChoice], {
    description:
      'The texts for the prompt, as many as `generation.n`; while they are written, up to the last one that has begun. The first is what the fields beside this one have.',
  })
  choices(@Root() output: TextRoot): readonly object[] {
    const { others = [], prediction } = output
    return [output, ...others].map((text, index) => ({
      ...text,
      index,
      prediction,
      finishReason: text.finishReason ?? prediction.finishReason,
      seed: prediction.seed === null ? null : toChoiceSeed(prediction.seed, index),
    }))
  }
}
