import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { ErrorInfo } from '../../src/kernel/errors.js'
import type { GenerationState } from '../../src/services/knowledge/generations.service.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { ChunkingSettingsType } from './knowledge-base.type.js'
import { GenerationStateEnum } from './knowledge.enum.js'

@ObjectType('GenerationProgress', { description: 'How far the building of a generation has come.' })
export class GenerationProgressType {
  @Field(() => Int, { description: 'Documents that it has.' })
  readonly done!: number

  @Field(() => Int, { description: 'Documents that it is to have.' })
  readonly total!: number

  @Field(() => Float, { description: 'The part that is done, 0 to 100.' })
  readonly percent!: number
}

@ObjectType('ApproximateSearch', {
  description:
    'How well an index finds the nearest vectors without comparing all of them, measured against such a comparison. Searches use it only as far as it finds enough.',
})
export class ApproximateSearchType {
  @Field(() => String, { description: 'The kind of index, as LanceDB names it.' })
  readonly kind!: string

  @Field(() => Boolean, {
    description:
      'Whether searches use it: its recall is at least 0.98, and GRAPHLOOM_INDEX_CACHE_BYTES has room for it. Otherwise they compare all vectors.',
  })
  readonly isUsed!: boolean

  @Field(() => Float, { description: 'The share of the ten nearest vectors that it finds, 0 to 1.' })
  readonly recall!: number

  @Field(() => Int, {
    description: 'Questions that this was measured with: those asked last, and vectors between stored ones.',
  })
  readonly sampleSize!: number

  @Field(() => DateTimeScalar, { description: 'When it was measured.' })
  readonly measuredAt!: number

  @Field(() => Float, {
    description: 'The part of the vectors that it has, 0 to 1. The others came later; each is compared.',
  })
  readonly indexedShare!: number

  @Field(() => Int, {
    description: 'How many vectors a search follows at once; the smallest number that gives the recall.',
  })
  readonly width!: number
}

@ObjectType('IndexGeneration', {
  implements: Node,
  description:
    'One way in which all documents of a knowledge base are cut and embedded, with indexes of its own. Searches read the active one; a search reads one from its beginning to its end. All that are READY get every document and every deletion at the same moment as the active one.',
})
export class IndexGeneration extends Node {
  @Field(() => Int, { description: 'From 1, in the order in which they were begun; never given again.' })
  readonly number!: number

  @Field(() => GenerationStateEnum, { description: 'Where it stands.' })
  readonly state!: GenerationState

  @Field(() => ChunkingSettingsType, { description: 'How documents become chunks in it.' })
  readonly chunking!: ChunkingSettingsType

  @Field(() => DateTimeScalar, { description: 'When it was begun.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when it has every document; null before.' })
  readonly readyAt!: number | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When searches began to read it last.' })
  readonly activatedAt!: number | null

  @Field(() => ErrorInfoType, { nullable: true, description: 'Why it failed.' })
  readonly error!: ErrorInfo | null
}

@ObjectType('DeletedGeneration', { description: 'A generation was deleted, with its indexes and vectors.' })
export class DeletedGeneration {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}
