import { FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { NO_TRAITS, type ModelVersionDocument } from '../../src/domain/model.js'
import { ModelVersion } from './model.type.js'

/** What a version's files say of its answers. */
@Resolver(() => ModelVersion)
export class ModelTraitsResolver {
  @FieldResolver(() => [String], {
    description: 'What it tells apart, in the order of its logits; empty unless it classifies or reranks.',
  })
  labels(@Root() { traits }: ModelVersionDocument): readonly string[] {
    return (traits ?? NO_TRAITS).labels
  }

  @FieldResolver(() => [Int], {
    description:
      'Numbers of components, below `embeddingDimensions`, that its vectors may be cut to: those that it was trained for, as its files say (`matryoshka_dimensions`).',
  })
  shorterDimensions(@Root() { traits, embeddingDimensions }: ModelVersionDocument): readonly number[] {
    return (traits ?? NO_TRAITS).shorterDimensions.filter((size) => size < (embeddingDimensions ?? 0))
  }
}
