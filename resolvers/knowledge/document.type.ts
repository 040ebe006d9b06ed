import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { ChunkingMethod } from '../../src/domain/chunking.js'
import type { AccessList, DocumentDiff, DocumentState } from '../../src/domain/knowledge.js'
import type { ErrorInfo } from '../../src/kernel/errors.js'
import { createConnectionType } from '../common/connection.type.js'
import { ErrorInfoType } from '../common/error-info.type.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'
import { Task } from '../tasks/task.type.js'
import { ChunkingMethodEnum, DocumentStateEnum } from './knowledge.enum.js'

@ObjectType('DocumentAccess', {
  description: 'Who may see a document: nobody else of the tenant finds it, reads it or counts it.',
})
export class DocumentAccessType {
  @Field(() => [String], { description: 'Subjects, as their credentials name them.' })
  readonly users!: readonly string[]

  @Field(() => [String], { description: 'Groups, as credentials name them.' })
  readonly groups!: readonly string[]
}

@ObjectType('DocumentDiff', {
  description: 'What became of a version’s chunks in comparison with the version that was served before.',
})
export class DocumentDiffType {
  @Field(() => Int, { description: 'Chunks whose vectors were there already.' })
  readonly unchanged!: number

  @Field(() => Int, { description: 'Chunks that were embedded.' })
  readonly embedded!: number

  @Field(() => Int, { description: 'Chunks of the version before that are in this one no more.' })
  readonly removed!: number

  @Field(() => Int, { description: 'Tokens of the unchanged chunks, which were not embedded again.' })
  readonly tokensSaved!: number
}

@ObjectType('DocumentChunking', {
  description: 'What is otherwise of a document’s chunking; what is null is as the knowledge base’s.',
})
export class DocumentChunkingType {
  @Field(() => ChunkingMethodEnum, { nullable: true, description: 'Where it is cut.' })
  readonly method?: ChunkingMethod

  @Field(() => Int, {
    nullable: true,
    description: 'The most tokens of a chunk, or what the model takes if that is less.',
  })
  readonly maxTokens?: number

  @Field(() => Int, { nullable: true, description: 'Tokens at the end of a chunk that the next begins with.' })
  readonly overlapTokens?: number

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether title and headings are embedded and searched with it.',
  })
  readonly withHeadings?: boolean
}

@ObjectType('DocumentTraits', { description: 'What is told of a document and of each of its versions.' })
abstract class DocumentTraitsType extends Node {
  @Field(() => String, { nullable: true, description: 'As it was given, else as it was found in the document.' })
  readonly title!: string | null

  @Field(() => String, { nullable: true, description: 'Where it comes from, as it was given.' })
  readonly source!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What its content was found to be; as it was given before it was read.',
  })
  readonly mediaType!: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'SHA-256 of its content as it was given, lower-case hexadecimal: equal content need not be sent again. Null for an address that was not read yet.',
  })
  readonly contentSha256!: string | null

  @Field(() => Int, { nullable: true, description: 'How many pages it has, of formats that have pages.' })
  readonly pages!: number | null

  @Field(() => LongScalar, { description: 'Bytes of its text; 0 before it was read.' })
  readonly sizeBytes!: number

  @Field(() => DocumentChunkingType, {
    nullable: true,
    description: 'How it is cut, where that is not as the knowledge base’s documents are.',
  })
  readonly chunking!: DocumentChunkingType | null

  @Field(() => [String], { description: 'What was passed over when it was read, in words.' })
  readonly warnings!: readonly string[]

  @Field(() => DocumentDiffType, { nullable: true, description: 'What was new in it; null before it was read.' })
  readonly diff!: DocumentDiff | null

  @Field(() => ErrorInfoType, { nullable: true, description: 'Why it failed.' })
  readonly error!: ErrorInfo | null

  @Field(() => DateTimeScalar, { description: 'When it was accepted.' })
  readonly createdAt!: number
}

@ObjectType('Document', {
  implements: Node,
  description:
    'A document of a knowledge base. What is told of it is that of the version that searches find, or of its first as long as there is none.',
})
export class Document extends DocumentTraitsType {
  @Field(() => String, {
    nullable: true,
    description: 'The caller’s own name for it, unique within the knowledge base.',
  })
  readonly key!: string | null

  @Field(() => DocumentStateEnum, { description: 'Where its latest version stands.' })
  readonly state!: DocumentState

  @Field(() => Int, { description: 'Number of the version that searches find; 0 before the first is ready.' })
  readonly versionNumber!: number

  @Field(() => Int, { description: 'Number of its latest version; 1 or more.' })
  readonly latestNumber!: number

  @Field(() => DocumentAccessType, { nullable: true, description: 'Who may see it; null is everybody of the tenant.' })
  readonly access!: AccessList | null

  @Field(() => String, { description: 'Who added it.' })
  readonly createdBy!: string

  @Field(() => DateTimeScalar, { description: 'When it was changed last.' })
  readonly updatedAt!: number
}

@ObjectType('DocumentVersion', { implements: Node, description: 'A document as it was given at one time.' })
export class DocumentVersion extends DocumentTraitsType {
  @Field(() => Int, { description: 'From 1, in the order in which versions were accepted.' })
  readonly number!: number

  @Field(() => DocumentStateEnum, { description: 'Where it stands.' })
  readonly state!: DocumentState
}

/** What is told of a chunk, stored or not. */
@ObjectType('ChunkTraits', { description: 'A piece of a text.' })
abstract class ChunkTraitsType {
  @Field(() => Int, { description: 'Place among the chunks, from 0.' })
  readonly ordinal!: number

  @Field(() => String, { description: 'The chunk’s text.' })
  readonly text!: string

  @Field(() => Int, { description: 'Where it begins in the text, UTF-16 code units from 0.' })
  readonly start!: number

  @Field(() => Int, { description: 'Where it ends in the text, exclusive.' })
  readonly end!: number

  @Field(() => Int, { nullable: true, description: 'Page of its first character, from 1, of formats that have pages.' })
  readonly page!: number | null

  @Field(() => [String], { description: 'Headings above it, the outermost first.' })
  readonly headings!: readonly string[]

  @Field(() => Int, { description: 'Its tokens by the embedding model’s count, with special ones.' })
  readonly tokens!: number
}

@ObjectType('Chunk', {
  implements: Node,
  description: 'A piece of a document’s version: exactly `text.slice(start, end)` of its text, in UTF-16 code units.',
})
export class Chunk extends ChunkTraitsType {
  readonly id!: string
}

@ObjectType('ChunkPreview', { description: 'A chunk that a document would have.' })
export class ChunkPreview extends ChunkTraitsType {
  @Field(() => String, { description: 'What would be embedded and searched: the title and headings, and the text.' })
  readonly searched!: string
}

@ObjectType('DocumentPreview', { description: 'What a document would become.' })
export class DocumentPreview {
  @Field(() => String, { nullable: true, description: 'As it was given, else as it was found in the document.' })
  readonly title!: string | null

  @Field(() => String, { description: 'What its content was found to be.' })
  readonly mediaType!: string

  @Field(() => Int, { nullable: true, description: 'How many pages it has, of formats that have pages.' })
  readonly pages!: number | null

  @Field(() => String, { description: 'Its normalised text, which chunks are slices of.' })
  readonly text!: string

  @Field(() => [String], { description: 'What was passed over, in words.' })
  readonly warnings!: readonly string[]

  @Field(() => [ChunkPreview], { description: 'Its chunks, in order; at most the first 1,000.' })
  readonly chunks!: readonly ChunkPreview[]

  @Field(() => Int, { description: 'How many chunks it would have.' })
  readonly chunkCount!: number
}

@ObjectType('AddedDocuments', { description: 'Documents that were accepted; they are on disk.' })
export class AddedDocuments {
  @Field(() => Task, { description: 'The task that reads them; follow it by `taskEvents`.' })
  readonly task!: object

  @Field(() => [Document], {
    description: 'The documents, in the order of the input; without those that were deleted since.',
  })
  readonly documents!: readonly object[]
}

@ObjectType('UpdatedDocument', { description: 'A document has a next version; it is on disk.' })
export class UpdatedDocument {
  @Field(() => Task, { description: 'The task that takes it in.' })
  readonly task!: object

  @Field(() => Document, { description: 'The document.' })
  readonly document!: object
}

@ObjectType('RetriedDocuments', { description: 'Documents that failed are taken in again.' })
export class RetriedDocuments {
  @Field(() => Task, { nullable: true, description: 'The task that does it; null when there was nothing to do.' })
  readonly task!: object | null

  @Field(() => [Document], { description: 'The documents.' })
  readonly documents!: readonly object[]

  @Field(() => [ID], {
    description: 'Those that cannot be tried again, because what was given is not kept any more: add them again.',
  })
  readonly notKept!: readonly string[]
}

@ObjectType('CancelledIngestion', { description: 'What a knowledge base was given goes on no more.' })
export class CancelledIngestion {
  @Field(() => Int, { description: 'Tasks that have ended for it, or were told to stop.' })
  readonly taskCount!: number
}

@ObjectType('DeletedDocument', { description: 'A document was deleted, with all its versions.' })
export class DeletedDocument {
  @Field(() => ID, { description: 'The id that it had.' })
  readonly deletedId!: string
}

export const DocumentConnection = createConnectionType(Document, 'Document')
export const DocumentVersionConnection = createConnectionType(DocumentVersion, 'DocumentVersion')
export const ChunkConnection = createConnectionType(Chunk, 'Chunk')
