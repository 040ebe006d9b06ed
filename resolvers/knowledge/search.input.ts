import { Field, Float, InputType, Int } from 'type-graphql'
import { DEFAULT_FUSION, type FusionMethod } from '../../src/domain/fusion.js'
import type { Json } from '../../src/kernel/json.js'
import {
  DEFAULT_RERANKED,
  MAX_BASES,
  MAX_CANDIDATES,
  MAX_HITS,
  MAX_NEIGHBOURS,
  MAX_QUERY_CHARACTERS,
  MAX_RERANKED,
  SEARCH_DEFAULTS,
  type SearchMode,
} from '../../src/services/knowledge/search-input.js'
import { JsonScalar } from '../common/scalars.js'
import { FusionMethodEnum, SearchModeEnum } from './knowledge.enum.js'

const VALUE = 'of the field’s kind'

@InputType('MetadataConditionInput', {
  description: 'Conditions on one metadata field; all that are given hold. Without a value, every comparison is false.',
})
export class MetadataConditionInput {
  @Field(() => String, { description: 'Name of a field that every searched knowledge base declares.' })
  readonly name!: string

  @Field(() => JsonScalar, { nullable: true, description: `Equal to this value ${VALUE}. Not of lists.` })
  readonly eq?: Json

  @Field(() => JsonScalar, {
    nullable: true,
    description: `Other than this value ${VALUE}, or without one. Not of lists.`,
  })
  readonly ne?: Json

  @Field(() => [JsonScalar], { nullable: true, description: `One of these values ${VALUE}. Not of lists.` })
  readonly in?: Json[] | null

  @Field(() => JsonScalar, { nullable: true, description: `Less than this value ${VALUE}: a text, number or date.` })
  readonly lt?: Json

  @Field(() => JsonScalar, { nullable: true, description: `At most this value ${VALUE}: a text, number or date.` })
  readonly lte?: Json

  @Field(() => JsonScalar, { nullable: true, description: `Greater than this value ${VALUE}: a text, number or date.` })
  readonly gt?: Json

  @Field(() => JsonScalar, { nullable: true, description: `At least this value ${VALUE}: a text, number or date.` })
  readonly gte?: Json

  @Field(() => JsonScalar, { nullable: true, description: 'A text that the list has. Of lists alone.' })
  readonly contains?: Json

  @Field(() => Boolean, { nullable: true, description: 'Whether there is no value.' })
  readonly isMissing?: boolean | null
}

@InputType('MetadataFilterInput', {
  description: 'What chunks have to fulfil before they are ranked: exactly one of these. At most 16 deep, 256 parts.',
})
export class MetadataFilterInput {
  @Field(() => [MetadataFilterInput], { nullable: true, description: 'All of them hold.' })
  readonly and?: MetadataFilterInput[] | null

  @Field(() => [MetadataFilterInput], { nullable: true, description: 'One of them holds, or several.' })
  readonly or?: MetadataFilterInput[] | null

  @Field(() => MetadataFilterInput, { nullable: true, description: 'It does not hold.' })
  readonly not?: MetadataFilterInput | null

  @Field(() => MetadataConditionInput, { nullable: true, description: 'A condition on a field.' })
  readonly field?: MetadataConditionInput | null
}

@InputType('FusionInput', { description: 'How the lists of a hybrid search are joined.' })
export class FusionInput {
  @Field(() => FusionMethodEnum, { defaultValue: DEFAULT_FUSION.method, description: 'By scores or by ranks.' })
  readonly method!: FusionMethod

  @Field(() => Float, {
    defaultValue: DEFAULT_FUSION.rankConstant,
    description: 'Of RRF: the larger, the less the first ranks stand out; 0 to 10,000.',
  })
  readonly rankConstant!: number

  @Field(() => Float, {
    defaultValue: DEFAULT_FUSION.vectorWeight,
    description: 'Weight of the list by vector; 0 to 1.',
  })
  readonly vectorWeight!: number

  @Field(() => Float, { defaultValue: DEFAULT_FUSION.textWeight, description: 'Weight of the list by text; 0 to 1.' })
  readonly textWeight!: number
}

@InputType('RerankStageInput', {
  description: 'A model that reads the best candidates together with the question and orders them anew.',
})
export class RerankStageInput {
  @Field(() => String, { description: 'A model for RERANK: "name", "name:version" or "name@alias".' })
  readonly model!: string

  @Field(() => Int, {
    defaultValue: DEFAULT_RERANKED,
    description: `How many candidates it orders; the others are no hits. \`first\` to ${MAX_RERANKED}.`,
  })
  readonly candidates!: number
}

@InputType('RankingInput', { description: 'How chunks are found.' })
export abstract class RankingInput {
  @Field(() => SearchModeEnum, { defaultValue: SEARCH_DEFAULTS.mode, description: 'How chunks are found.' })
  readonly mode!: SearchMode

  @Field(() => Int, {
    defaultValue: SEARCH_DEFAULTS.candidates,
    description: `Chunks that each way of searching gives before they are joined; \`first\` to ${MAX_CANDIDATES}.`,
  })
  readonly candidates!: number

  @Field(() => MetadataFilterInput, {
    nullable: true,
    description: 'What chunks have to fulfil before they are ranked.',
  })
  readonly filter?: MetadataFilterInput | null

  @Field(() => String, {
    nullable: true,
    description:
      'Name of a snapshot that each of the knowledge bases has: what was found then is found, with the same scores, except in documents that were deleted since. Who may see a document is asked of then and of now.',
  })
  readonly asOf?: string | null

  @Field(() => FusionInput, { nullable: true, description: 'How the lists of a hybrid search are joined.' })
  readonly fusion?: FusionInput | null

  @Field(() => Float, {
    nullable: true,
    description: 'Hits have at least this `scores.fused`, which is the cosine by VECTOR, BM25 by TEXT.',
  })
  readonly minScore?: number | null

  @Field(() => RerankStageInput, { nullable: true, description: 'Lets a model order the best candidates anew.' })
  readonly rerank?: RerankStageInput | null

  @Field(() => Float, {
    nullable: true,
    description:
      'How much a hit loses by being like one before it, 0 to 1 (maximal marginal relevance with lambda = 1 − diversity); it does not count when unset.',
  })
  readonly diversity?: number | null
}

/** What a search has beside the question and what it is shown with. */
@InputType('SearchSettingsInput', { description: 'Where and how to search.' })
export class SearchSettingsInput extends RankingInput {
  @Field(() => [String], {
    description: `Names of 1 to ${MAX_BASES} knowledge bases; unless they are searched by TEXT, of the same embedding model.`,
  })
  readonly knowledgeBases!: string[]
}

@InputType('SearchInput', { description: 'What to find, and how.' })
export class SearchInput extends SearchSettingsInput {
  @Field(() => String, { description: `What is looked for, in words; 1 to ${MAX_QUERY_CHARACTERS} characters.` })
  readonly query!: string

  @Field(() => Int, { defaultValue: SEARCH_DEFAULTS.first, description: `How many hits; 1 to ${MAX_HITS}.` })
  readonly first!: number

  @Field(() => Boolean, {
    defaultValue: SEARCH_DEFAULTS.onePerDocument,
    description: 'Whether a document has its best chunk alone among the hits.',
  })
  readonly onePerDocument!: boolean

  @Field(() => Int, {
    defaultValue: SEARCH_DEFAULTS.neighbours,
    description: `Chunks before and after each hit that come along; 0 to ${MAX_NEIGHBOURS}.`,
  })
  readonly neighbours!: number
}
