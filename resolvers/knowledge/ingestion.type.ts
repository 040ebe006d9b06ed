import { Field, ID, Int, ObjectType } from 'type-graphql'
import { INGESTION_PHASES, type DocumentProgress, type IngestionPhase } from '../../src/domain/ingestion.js'
import type { ErrorInfo } from '../../src/kernel/errors.js'
import { createEnum } from '../common/enums.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { createUnion } from '../common/union.js'
import { streamItemTypeName } from '../streams/stream-item.js'
import { StreamEnd, StreamGap, StreamItemType } from '../streams/stream.type.js'

const MEANINGS: Record<IngestionPhase, string> = {
  WAITING: 'Its task has not come to it yet.',
  FETCHING: 'Its content is being got.',
  PARSING: 'Its text is being read out of its content.',
  CHUNKING: 'Its text is being cut into chunks.',
  EMBEDDING: 'Vectors of its chunks are being made; `done` of `total` have theirs.',
  INDEXING: 'It is being stored, and entered into the indexes.',
  READY: 'Searches find it.',
  FAILED: 'It could not be taken in; `error` says why.',
}

const IngestionPhaseEnum = createEnum<IngestionPhase>({
  name: 'IngestionPhase',
  description: 'Where the latest version of a document stands on its way in.',
  values: Object.fromEntries(INGESTION_PHASES.map((phase) => [phase, MEANINGS[phase]])) as typeof MEANINGS,
})

@ObjectType('DocumentProgress', { description: 'How far the latest version of a document is.' })
export class DocumentProgressType {
  @Field(() => ID, { description: 'Id of the document.' })
  readonly documentId!: string

  @Field(() => Int, { description: 'Number of the version.' })
  readonly versionNumber!: number

  @Field(() => IngestionPhaseEnum, { description: 'Where it stands.' })
  readonly phase!: IngestionPhase

  @Field(() => Int, { description: 'Chunks that have their vectors.' })
  readonly done!: number

  @Field(() => Int, { description: 'Chunks that it has, of all generations that are kept; 0 before it was cut.' })
  readonly total!: number

  @Field(() => ErrorInfoType, {
    nullable: true,
    description: 'Why it failed, with the page or line where one is known.',
  })
  readonly error!: ErrorInfo | null
}

@ObjectType('KnowledgeBaseIngestion', {
  description: 'How far the documents of a knowledge base are that you may see, by their latest versions.',
})
export class KnowledgeBaseIngestionType {
  @Field(() => Int, { description: 'All of them.' })
  readonly total!: number

  @Field(() => Int, { description: 'Those whose task has not come to them yet.' })
  readonly waiting!: number

  @Field(() => Int, { description: 'Those that are in.' })
  readonly ready!: number

  @Field(() => Int, { description: 'Those that could not be taken in; `documents(state: FAILED)` lists them.' })
  readonly failed!: number

  @Field(() => [DocumentProgressType], { description: 'Those that are being taken in; at most 100.' })
  readonly active!: readonly DocumentProgress[]
}

@ObjectType('IngestionSnapshot', {
  implements: StreamItemType,
  description:
    'Where everything stands as the stream begins: of the knowledge base or the document that was asked for.',
})
export class IngestionSnapshot extends StreamItemType {}

@ObjectType('IngestionChanged', { implements: StreamItemType, description: 'Documents have come further.' })
export class IngestionChanged extends StreamItemType {
  readonly event!: { readonly documents: readonly DocumentProgress[] }
}

export const IngestionEventUnion = createUnion({
  name: 'IngestionEvent',
  description: 'What `ingestionEvents` gives.',
  types: [IngestionSnapshot, IngestionChanged, StreamGap, StreamEnd],
  typeName: streamItemTypeName('IngestionSnapshot', () => 'IngestionChanged'),
})

export const percentOf = (done: number, total: number): number => (total === 0 ? 0 : (100 * done) / total)
