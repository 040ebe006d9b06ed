import { Arg, Ctx, Directive, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import type { GraphContext } from '../context.js'
import { toSearchRequest } from './knowledge-request.js'
import { SearchInput } from './search.input.js'
import { SearchHitType, SearchResult, TextSpanType, type SearchHitRoot } from './search.type.js'

@Resolver()
export class SearchResolver {
  @Directive('@rateLimit')
  @Query(() => SearchResult, {
    description:
      'Finds chunks. What is not for you has no influence: not on hits, not on scores. Documents whose deletion was answered are not found.',
  })
  async search(
    @Ctx() { services, principal, signal }: GraphContext,
    @Arg('input', () => SearchInput, { description: 'What to find, and how.' }) input: SearchInput,
  ) {
    const found = await services.knowledgeSearch.search(principal, toSearchRequest(input), signal)
    const generations = found.bases.map((base) => services.knowledgeGenerations.get(principal, base, base.generation))
    return { ...found, generations: await Promise.all(generations), degraded: found.indexedShare < 1 }
  }
}

@Resolver(() => SearchHitType)
export class SearchHitResolver {
  @FieldResolver(() => [TextSpanType], {
    description: 'Words of the query in the chunk’s text, by their stems, in order.',
  })
  highlights(@Root() hit: SearchHitRoot) {
    return hit.highlights()
  }
}
