import { Field, InputType, Int } from 'type-graphql'
import type { ChunkingMethod } from '../../src/domain/chunking.js'
import type { MetadataKind } from '../../src/domain/metadata-filter.js'
import type { TextLanguage } from '../../src/domain/text-language.js'
import { DEFAULT_EMBEDDING_MODEL, DEFAULT_MAX_TOKENS } from '../../src/services/knowledge/knowledge-base-input.js'
import { DEFAULT_SNAPSHOT_RETENTION, MAX_SNAPSHOTS } from '../../src/services/knowledge/snapshots/snapshot-retention.js'
import { ChunkingMethodEnum, MetadataKindEnum, TextLanguageEnum } from './knowledge.enum.js'

@InputType('ChunkingInput', { description: 'How documents become chunks, and chunks what is embedded.' })
export class ChunkingInput {
  @Field(() => ChunkingMethodEnum, { nullable: true, description: 'Where documents are cut; STRUCTURE when unset.' })
  readonly method?: ChunkingMethod | null

  @Field(() => Int, {
    nullable: true,
    description: `The most tokens of a chunk with what is put before it; 8 to what the model takes, ${DEFAULT_MAX_TOKENS} (or what the model takes, if that is less) when unset.`,
  })
  readonly maxTokens?: number | null

  @Field(() => Int, {
    nullable: true,
    description:
      'Tokens at the end of a chunk that the next begins with; 0 to less than half of `maxTokens`, an eighth of it up to 32 when unset.',
  })
  readonly overlapTokens?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the title and the headings above a chunk are embedded and searched with it; true when unset.',
  })
  readonly withHeadings?: boolean | null
}

@InputType('MetadataFieldInput', { description: 'A field that documents may have, and searches filter by.' })
export class MetadataFieldInput {
  @Field(() => String, { description: 'A letter, then letters, digits and underscores; at most 64 characters.' })
  readonly name!: string

  @Field(() => MetadataKindEnum, { description: 'What it holds.' })
  readonly kind!: MetadataKind
}

@InputType('CreateKnowledgeBaseInput', { description: 'A knowledge base to be made.' })
export class CreateKnowledgeBaseInput {
  @Field(() => String, {
    description:
      'Its name, unique within the tenant: 1 to 128 letters, digits, ".", "_" and "-"; it begins with a letter or digit.',
  })
  readonly name!: string

  @Field(() => String, { nullable: true, description: 'What it is for; at most 4,096 characters.' })
  readonly description?: string | null

  @Field(() => String, {
    nullable: true,
    description: `The model that makes its vectors: "name", "name:version" or "name@alias"; ${DEFAULT_EMBEDDING_MODEL} when unset. What the reference means now stays.`,
  })
  readonly embeddingModel?: string | null

  @Field(() => ChunkingInput, { nullable: true, description: 'How its documents become chunks.' })
  readonly chunking?: ChunkingInput | null

  @Field(() => TextLanguageEnum, { defaultValue: 'ENGLISH', description: 'The language of searches by text.' })
  readonly language!: TextLanguage

  @Field(() => [MetadataFieldInput], {
    defaultValue: [],
    description: 'Fields that its documents may have; at most 64.',
  })
  readonly metadataFields!: MetadataFieldInput[]
}

@InputType('SnapshotRetentionInput', { description: 'Which snapshots of a knowledge base stay.' })
class SnapshotRetentionInput {
  @Field(() => Int, {
    defaultValue: DEFAULT_SNAPSHOT_RETENTION.keep,
    description: `How many, the latest: 1 to ${MAX_SNAPSHOTS}. With the next one that is made, those beyond it go.`,
  })
  readonly keep!: number

  @Field(() => Int, {
    nullable: true,
    description: 'Days after which they go, at least 1; no bound when unset.',
  })
  readonly maxAgeDays?: number | null
}

@InputType('UpdateKnowledgeBaseInput', { description: 'What to change of a knowledge base; what is unset stays.' })
export class UpdateKnowledgeBaseInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly name!: string

  @Field(() => String, { nullable: true, description: 'The name that it gets; as in `CreateKnowledgeBaseInput`.' })
  readonly newName?: string | null

  @Field(() => String, { nullable: true, description: 'What it is for; null takes it away. At most 4,096 characters.' })
  readonly description?: string | null

  @Field(() => [MetadataFieldInput], {
    defaultValue: [],
    description:
      'Further fields; at most 64 with those that there are. Documents that are there have no value in them.',
  })
  readonly addMetadataFields!: MetadataFieldInput[]

  @Field(() => SnapshotRetentionInput, { nullable: true, description: 'Which snapshots stay.' })
  readonly snapshotRetention?: SnapshotRetentionInput | null
}

@InputType('DeleteKnowledgeBaseInput', { description: 'What to delete.' })
export class DeleteKnowledgeBaseInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly name!: string
}
