import { Arg, Args, Ctx, Directive, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql'
import type { KnowledgeBaseDocument, Snapshot } from '../../src/domain/knowledge.js'
import type { GenerationStatus } from '../../src/services/knowledge/generations.service.js'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { IndexGeneration } from './generation.type.js'
import { KnowledgeBase } from './knowledge-base.type.js'
import { DeleteSnapshotResult, RestoreSnapshotResult, SnapshotKnowledgeBaseResult } from './knowledge.union.js'
import { RestoreSnapshotArgs, SnapshotInput } from './snapshot.input.js'
import { KnowledgeBaseSnapshot } from './snapshot.type.js'

@Resolver(() => KnowledgeBase)
export class KnowledgeBaseSnapshotsResolver {
  @FieldResolver(() => [KnowledgeBaseSnapshot], { description: 'What was served at times, the latest first.' })
  snapshots(@Root() base: KnowledgeBaseDocument, @Ctx() { services, principal }: GraphContext): Promise<Snapshot[]> {
    return services.knowledgeSnapshots.list(principal, base)
  }
}

@Resolver(() => KnowledgeBaseSnapshot)
export class KnowledgeBaseSnapshotResolver {
  @Directive('@rateLimit')
  @Mutation(() => SnapshotKnowledgeBaseResult, {
    description:
      'Keeps by a name what searches find now: `search` finds it again by `asOf`, with the same scores. Its indexes are made in the background. When there are more than `snapshotRetention` says, the oldest go.',
  })
  snapshotKnowledgeBase(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => SnapshotInput, { description: 'Of what, and by which name.' }) input: SnapshotInput,
  ) {
    return answer(() => services.knowledgeSnapshots.create(principal, input))
  }

  @Directive('@rateLimit')
  @Mutation(() => RestoreSnapshotResult, {
    description:
      'Gives each document that has changed since a new version with what it was in the snapshot, as a task: nothing is embedded again that the active generation had then. Documents that came later stay, deleted ones stay deleted, and who may see a document stays as it is. Documents that you may not see are left alone.',
  })
  restoreSnapshot(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => RestoreSnapshotArgs) { input, idempotencyKey = null }: RestoreSnapshotArgs,
  ) {
    const { knowledgeBase, name } = input
    return answer(async () => ({
      task: await services.knowledgeSnapshots.restore(principal, { knowledgeBase, name, idempotencyKey }),
    }))
  }

  @Mutation(() => DeleteSnapshotResult, {
    description: 'Deletes a snapshot, with its indexes and the vectors that it alone needs.',
  })
  deleteSnapshot(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => SnapshotInput, { description: 'Which snapshot.' }) input: SnapshotInput,
  ) {
    return answer(async () => ({ deletedId: (await services.knowledgeSnapshots.delete(principal, input)).id }))
  }

  @FieldResolver(() => KnowledgeBase, {
    nullable: true,
    description: 'What it is of; null when that was deleted just now.',
  })
  knowledgeBase(
    @Root() { knowledgeBaseId }: Snapshot,
    @Ctx() { loaders }: GraphContext,
  ): Promise<KnowledgeBaseDocument | null> {
    return loaders.knowledgeBases.load(knowledgeBaseId)
  }

  @FieldResolver(() => IndexGeneration, { nullable: true, description: 'The generation that was active.' })
  async generation(
    @Root() { knowledgeBaseId, generation }: Snapshot,
    @Ctx() { services, loaders, principal }: GraphContext,
  ): Promise<GenerationStatus | null> {
    const base = await loaders.knowledgeBases.load(knowledgeBaseId)
    return base && services.knowledgeGenerations.get(principal, base, generation)
  }

  @FieldResolver(() => Int, { description: 'Documents that you may see of those that it has.' })
  async documentCount(@Root() snapshot: Snapshot, @Ctx() { services, principal }: GraphContext): Promise<number> {
    return (await services.knowledgeSnapshots.sumUp(principal, snapshot)).documents
  }

  @FieldResolver(() => Int, { description: 'Chunks of those documents.' })
  async chunkCount(@Root() snapshot: Snapshot, @Ctx() { services, principal }: GraphContext): Promise<number> {
    return (await services.knowledgeSnapshots.sumUp(principal, snapshot)).chunks
  }
}
