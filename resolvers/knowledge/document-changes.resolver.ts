import { Arg, Args, Ctx, Directive, Mutation, Resolver } from 'type-graphql'
import { answer } from '../common/problem.interface.js'
import type { GraphContext } from '../context.js'
import { CancelIngestionInput, RetryDocumentsInput, UpdateDocumentArgs } from './document.input.js'
import { toUpdateDocument } from './knowledge-request.js'
import { CancelIngestionResult, RetryDocumentsResult, UpdateDocumentResult } from './knowledge.union.js'

@Resolver()
export class DocumentChangesResolver {
  @Directive('@rateLimit')
  @Mutation(() => UpdateDocumentResult, {
    description:
      'Gives a document a next version: with other content, or with other metadata, readers or another title over the same, of which nothing is embedded again whose embedded text stays. Searches flip to it when it is ready, wholly and at once; who may see it holds from the answer on.',
  })
  updateDocument(
    @Ctx() { services, principal }: GraphContext,
    @Args(() => UpdateDocumentArgs) { input, idempotencyKey = null }: UpdateDocumentArgs,
  ) {
    return answer(() => services.documentChanges.update(principal, toUpdateDocument(input), idempotencyKey))
  }

  @Directive('@rateLimit')
  @Mutation(() => RetryDocumentsResult, {
    description: 'Takes documents in again that failed, as they were given then; for those who see them as it is now.',
  })
  retryDocuments(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => RetryDocumentsInput, { description: 'Which.' })
    { knowledgeBase, ids = null }: RetryDocumentsInput,
  ) {
    return answer(() => services.documentChanges.retry(principal, { knowledgeBase, ids }))
  }

  @Mutation(() => CancelIngestionResult, {
    description:
      'Cancels the tasks that documents wait for which you may see. Those that are not in by then fail as CANCELLED, and can be tried again; each is in its old or its new version, wholly. One task alone is cancelled by `cancelTask`.',
  })
  cancelIngestion(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CancelIngestionInput, { description: 'Where.' }) { knowledgeBase }: CancelIngestionInput,
  ) {
    return answer(async () => ({ taskCount: await services.documentChanges.cancel(principal, knowledgeBase) }))
  }
}
