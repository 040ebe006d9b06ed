import { Arg, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { invalidInput } from '../../src/kernel/errors.js'
import { JsonScalar } from '../common/scalars.js'
import { EmbeddingOutput } from './embedding-output.type.js'
import { OutputTokenType, TextOutput } from './text-output.type.js'

const MAX_TOKENS_PAGE = 1_000

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

  @FieldResolver(() => [OutputTokenType], { description: 'Its tokens, in order.' })
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
