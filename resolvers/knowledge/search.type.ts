import { Field, Float, Int, ObjectType } from 'type-graphql'
import type { DocumentChunk } from '../../src/services/knowledge/version-chunks.js'
import { Chunk, Document } from './document.type.js'
import { IndexGeneration } from './generation.type.js'

@ObjectType('TextSpan', { description: 'A part of a text, in UTF-16 code units.' })
export class TextSpanType {
  @Field(() => Int, { description: 'Where it begins, from 0.' })
  readonly start!: number

  @Field(() => Int, { description: 'Where it ends, exclusive.' })
  readonly end!: number
}

@ObjectType('HitScores', { description: 'What led to a hit’s place.' })
export class HitScoresType {
  @Field(() => Float, {
    nullable: true,
    description: 'Cosine of its vector and the query’s, −1 to 1; null when it is not among the candidates by vector.',
  })
  readonly vector!: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Place among the candidates by vector, from 1; null when it came by its words alone.',
  })
  readonly vectorRank!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'BM25 of its words, 0 or more; null when it is not among the candidates by text.',
  })
  readonly text!: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Place among the candidates by text, from 1; null when it came by its vector alone.',
  })
  readonly textRank!: number | null

  @Field(() => Float, { description: 'The two as one: of a search of one mode, its score.' })
  readonly fused!: number

  @Field(() => Float, { nullable: true, description: 'What the reranking model says; null where none was asked.' })
  readonly rerank!: number | null

  @Field(() => Int, { description: 'Place by `fused`, before a model or diversity changed it, from 1.' })
  readonly rankBefore!: number
}

/** What its words are is found when they are asked for. */
export interface SearchHitRoot {
  readonly highlights: () => Promise<readonly TextSpanType[]>
}

@ObjectType('SearchHit', { description: 'A chunk that was found.' })
export class SearchHitType {
  @Field(() => Int, { description: 'Place among the hits, from 1.' })
  readonly rank!: number

  @Field(() => Float, {
    description:
      'What it was ranked by; the higher the better. Scores of different queries do not compare, except cosines.',
  })
  readonly score!: number

  @Field(() => HitScoresType, { description: 'What led to its place.' })
  readonly scores!: HitScoresType

  @Field(() => Document, { description: 'The document that it is of.' })
  readonly document!: object

  @Field(() => Chunk, { description: 'The chunk.' })
  readonly chunk!: DocumentChunk

  @Field(() => [Chunk], { description: 'Chunks before and after it that were asked for, in order, without itself.' })
  readonly neighbours!: readonly DocumentChunk[]
}

@ObjectType('SearchResult', { description: 'What was found.' })
export class SearchResult {
  @Field(() => [SearchHitType], { description: 'The best first.' })
  readonly hits!: readonly SearchHitRoot[]

  @Field(() => [IndexGeneration], {
    description:
      'The generation that was searched of each knowledge base, in the order of the input: all hits of a base are of one.',
  })
  readonly generations!: readonly object[]

  @Field(() => Boolean, {
    description: 'Whether something may be missing because an index is being made again; ask again in a while.',
  })
  readonly degraded!: boolean

  @Field(() => Float, { description: 'The part of what is searched that the indexes have, 0 to 1.' })
  readonly indexedShare!: number
}
