import { Arg, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { parseWrittenArguments, toToolCallId } from '../../src/domain/tool-call.js'
import { invalidInput } from '../../src/kernel/errors.js'
import type { LabelScore } from '../../src/domain/prediction.js'
import { countElements } from '../../src/domain/tensor.js'
import { toJsonElements } from '../../src/services/predictions/tensor-elements.js'
import { JsonScalar } from '../common/scalars.js'
import { ClassificationOutput } from './classification-output.type.js'
import { EmbeddingOutput } from './embedding-output.type.js'
import { OutputTensor } from './tensor-output.type.js'
import { OutputTokenType, TextOutput, ToolCallDeltaType, ToolCallType } from './text-output.type.js'

const MAX_TOKENS_PAGE = 1_000
/** Elements of a tensor that are given as JSON. */
const MAX_JSON_ELEMENTS = 262_144

@Resolver(() => TextOutput)
export class TextOutputResolver {
  @FieldResolver(() => JsonScalar, {
    nullable: true,
    description:
      'The text as a JSON value, valid by the schema that was asked for; null for other texts and for one that is not whole.',
  })
  json(@Root() { text, isJson }: TextOutput): unknown {
    return isJson ? (JSON.parse(text) as unknown) : null
  }

  @FieldResolver(() => [ToolCallType], { description: 'The calls that the model asks for and has written whole.' })
  toolCalls(@Root() { toolCalls = [], predictionId }: TextOutput): readonly ToolCallType[] {
    return toolCalls.flatMap((call, index) => {
      const value = parseWrittenArguments(call)
      return value === null ? [] : [{ id: toToolCallId(predictionId, index), name: call.name, arguments: value }]
    })
  }

  @FieldResolver(() => ToolCallDeltaType, {
    nullable: true,
    description:
      'The call that is being written, as far as it is there; of a text that ended, one that was cut off. It is no call that could be answered.',
  })
  openToolCall(@Root() { toolCalls = [], predictionId }: TextOutput): ToolCallDeltaType | null {
    const index = toolCalls.length - 1
    const last = toolCalls[index]
    if (!last || parseWrittenArguments(last) !== null) return null
    return { index, id: toToolCallId(predictionId, index), name: last.name, arguments: last.arguments }
  }

  @FieldResolver(() => [OutputTokenType], { description: 'All its tokens, in order, those of calls too.' })
  tokens(
    @Root() output: TextOutput,
    @Arg('first', () => Int, { defaultValue: 100, description: `How many; 1 to ${MAX_TOKENS_PAGE}.` }) first: number,
    @Arg('after', () => Int, { defaultValue: 0, description: 'How many to pass over; 0 or more.' }) after: number,
  ): readonly object[] {
    if (first < 1 || first > MAX_TOKENS_PAGE)
      throw invalidInput('first', `is ${first}; 1 to ${MAX_TOKENS_PAGE} is allowed.`)
    if (after < 0) throw invalidInput('after', `is ${after}; 0 or more is allowed.`)
    return output.tokens.slice(after, after + first)
  }
}

@Resolver(() => EmbeddingOutput)
export class EmbeddingOutputResolver {
  @FieldResolver()
  vectors(@Root() output: { readonly vectors: readonly (readonly number[])[] }): object[] {
    return output.vectors.map((values, index) => ({ index, values }))
  }
}

@Resolver(() => ClassificationOutput)
export class ClassificationOutputResolver {
  @FieldResolver()
  texts(@Root() output: { readonly texts: readonly (readonly LabelScore[])[] }): object[] {
    return output.texts.map((labels, index) => ({ index, labels }))
  }
}

@Resolver(() => OutputTensor)
export class OutputTensorResolver {
  @FieldResolver(() => JsonScalar, {
    description: `Its elements in one flat array, in row-major order: numbers, those of 64 bits and what JSON has no number for ("NaN") as texts; true and false; texts. At most ${MAX_JSON_ELEMENTS}: take more as \`base64\`.`,
  })
  data(@Root() tensor: OutputTensor): unknown {
    const elements = countElements(tensor.shape)
    if (elements > MAX_JSON_ELEMENTS)
      throw invalidInput(
        'data',
        `has ${elements} elements; at most ${MAX_JSON_ELEMENTS} are given as JSON. Take base64.`,
      )
    return toJsonElements(tensor)
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Its elements in row-major order, little-endian, as base64; bool has one byte each. Null for texts.',
  })
  base64(@Root() { data }: OutputTensor): string | null {
    return typeof data === 'string' ? data : null
  }
}
