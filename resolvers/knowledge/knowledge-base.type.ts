import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { ChunkingMethod } from '../../src/domain/chunking.js'
import type { MetadataKind } from '../../src/domain/metadata-filter.js'
import type { TextLanguage } from '../../src/domain/text-language.js'
import { createConnectionType } from '../common/connection.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar } from '../common/scalars.js'
import { ChunkingMethodEnum, MetadataKindEnum, TextLanguageEnum } from './knowledge.enum.js'

@ObjectType('ChunkingSettings', { description: 'How documents become chunks, and chunks what is embedded.' })
export class ChunkingSettingsType {
  @Field(() => ChunkingMethodEnum, { description: 'Where documents are cut.' })
  readonly method!: ChunkingMethod

  @Field(() => Int, {
    description: 'The most tokens of a chunk with what is put before it, by the embedding model’s count; 8 or more.',
  })
  readonly maxTokens!: number

  @Field(() => Int, {
    description: 'Tokens at the end of a chunk that the next begins with; less than half of `maxTokens`.',
  })
  readonly overlapTokens!: number

  @Field(() => Boolean, {
    description:
      'Whether the title and the headings above a chunk are embedded and searched with it. They are never a part of its text.',
  })
  readonly withHeadings!: boolean
}

@ObjectType('MetadataField', {
  description: 'A field that documents of a knowledge base may have, and searches filter by.',
})
export class MetadataFieldType {
  @Field(() => String, { description: 'A letter, then letters, digits and underscores; at most 64 characters.' })
  readonly name!: string

  @Field(() => MetadataKindEnum, { description: 'What it holds.' })
  readonly kind!: MetadataKind
}

@ObjectType('SnapshotRetention', { description: 'Which snapshots of a knowledge base stay.' })
export class SnapshotRetentionType {
  @Field(() => Int, { description: 'How many, the latest.' })
  readonly keep!: number

  @Field(() => Int, { nullable: true, description: 'Days after which they go; null is no bound.' })
  readonly maxAgeDays!: number | null
}

@ObjectType('KnowledgeBase', {
  implements: Node,
  description: 'Documents that are searched together: cut into chunks, each with a vector and its words.',
})
export class KnowledgeBase extends Node {
  @Field(() => String, { description: 'The tenant that it belongs to.' })
  readonly tenantId!: string

  @Field(() => String, { description: 'Its name, unique within the tenant.' })
  readonly name!: string

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  readonly description!: string | null

  @Field(() => TextLanguageEnum, { description: 'The language of searches by text.' })
  readonly language!: TextLanguage

  @Field(() => [MetadataFieldType], {
    description: 'Fields that its documents may have, in the order in which they were declared.',
  })
  readonly metadataFields!: readonly MetadataFieldType[]

  @Field(() => SnapshotRetentionType, { description: 'Which of its snapshots stay.' })
  readonly snapshotRetention!: SnapshotRetentionType

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When its settings were changed last.' })
  readonly updatedAt!: number
}

@ObjectType('DeletedKnowledgeBase', { description: 'A knowledge base was deleted, with everything in it.' })
export class DeletedKnowledgeBase {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}

export const KnowledgeBaseConnection = createConnectionType(KnowledgeBase, 'KnowledgeBase')
