import { Args, ArgsType, Ctx, Field, FieldResolver, Float, ID, Resolver, Root, Subscription } from 'type-graphql'
import type { DocumentProgress } from '../../src/domain/ingestion.js'
import type { KnowledgeBaseDocument, KnowledgeDocument } from '../../src/domain/knowledge.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import { parseIdKind } from '../../src/kernel/ids.js'
import type { BaseIngestion, WatchItem } from '../../src/services/knowledge/progress/ingestion-watch.service.js'
import { CursorScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { Document } from './document.type.js'
import {
  DocumentProgressType,
  IngestionChanged,
  IngestionEventUnion,
  IngestionSnapshot,
  KnowledgeBaseIngestionType,
  percentOf,
} from './ingestion.type.js'
import { KnowledgeBase } from './knowledge-base.type.js'

@ArgsType()
class IngestionEventsArgs {
  @Field(() => String, { nullable: true, description: 'Name of a knowledge base; this or `document` is given.' })
  readonly knowledgeBase?: string | null

  @Field(() => ID, { nullable: true, description: 'Id of a document.' })
  readonly document?: string | null

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'Go on after the item with this cursor. Without it the stream begins with a snapshot.',
  })
  readonly after?: string | null
}

@Resolver(() => KnowledgeBase)
export class KnowledgeBaseIngestionResolver {
  @FieldResolver(() => KnowledgeBaseIngestionType, { description: 'How far its documents are that you may see.' })
  ingestion(@Root() base: KnowledgeBaseDocument, @Ctx() { services, principal }: GraphContext): Promise<BaseIngestion> {
    return services.knowledgeIngestion.describe(principal, base)
  }

  @Subscription(() => IngestionEventUnion, {
    description:
      'Follows the documents of a knowledge base that you may see, or one document, on their way in: a snapshot first (or, with `after`, what came since), then each that has come further. Of a knowledge base there are at most four items a second. It does not end while what is followed is there.',
    subscribe: ({ args, context }: { args: IngestionEventsArgs; context: GraphContext }) => {
      const { knowledgeBase = null, document = null, after = null } = args
      const request = { knowledgeBase, document, after, signal: context.signal }
      return context.services.knowledgeIngestion.follow(context.principal, request)
    },
  })
  ingestionEvents(@Root() item: WatchItem, @Args(() => IngestionEventsArgs) _args: IngestionEventsArgs): object {
    return item
  }
}

@Resolver(() => KnowledgeBaseIngestionType)
export class BaseIngestionPercentResolver {
  @FieldResolver(() => Float, { description: 'The part of them that is in or has failed, 0 to 100.' })
  percent(@Root() { total, ready, failed }: BaseIngestion): number {
    return percentOf(ready + failed, total)
  }
}

@Resolver(() => Document)
export class DocumentIngestionResolver {
  @FieldResolver(() => DocumentProgressType, { description: 'How far its latest version is.' })
  progress(@Root() document: KnowledgeDocument, @Ctx() { services }: GraphContext): DocumentProgress {
    return services.knowledgeIngestion.progressOf(document)
  }
}

@Resolver(() => DocumentProgressType)
export class DocumentProgressResolver {
  @FieldResolver(() => Float, { description: 'The part of its chunks that have their vectors, 0 to 100.' })
  percent(@Root() { phase, done, total }: DocumentProgress): number {
    return phase === 'READY' ? 100 : percentOf(done, total)
  }

  @FieldResolver(() => Document, {
    nullable: true,
    description: 'The document as it is now; null when it is gone, or not for you any more.',
  })
  document(
    @Root() { documentId }: DocumentProgress,
    @Ctx() { loaders }: GraphContext,
  ): Promise<KnowledgeDocument | null> {
    return loaders.documents.load(documentId)
  }
}

type Snapshot = Extract<WatchItem, { type: 'snapshot' }>

@Resolver(() => IngestionSnapshot)
export class IngestionSnapshotResolver {
  @FieldResolver(() => KnowledgeBase, { nullable: true, description: 'The knowledge base, where one is followed.' })
  knowledgeBase(@Root() { snapshot }: Snapshot): StoredDocument | null {
    return parseIdKind(snapshot.id) === 'knowledgeBase' ? snapshot : null
  }

  @FieldResolver(() => Document, { nullable: true, description: 'The document, where one is followed.' })
  document(@Root() { snapshot }: Snapshot): StoredDocument | null {
    return parseIdKind(snapshot.id) === 'document' ? snapshot : null
  }
}

@Resolver(() => IngestionChanged)
export class IngestionChangedResolver {
  @FieldResolver(() => [DocumentProgressType], { description: 'Where they stand after the change.' })
  documents(@Root() { event }: IngestionChanged): readonly DocumentProgress[] {
    return event.documents
  }
}
