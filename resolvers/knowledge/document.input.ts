import { ArgsType, Field, ID, InputType } from 'type-graphql'
import type { Json } from '../../src/kernel/json.js'
import { MAX_DOCUMENTS_AT_ONCE } from '../../src/services/knowledge/document-input.js'
import { JsonScalar } from '../common/scalars.js'
import { ChunkingInput } from './knowledge-base.input.js'

@InputType('DocumentAccessInput', {
  description:
    'Who may see a document: nobody else of the tenant finds it, reads it or counts it. Who adds it sees it too.',
})
export class DocumentAccessInput {
  @Field(() => [String], { defaultValue: [], description: 'Subjects, as their credentials name them; at most 256.' })
  readonly users!: string[]

  @Field(() => [String], { defaultValue: [], description: 'Groups, as credentials name them; at most 256.' })
  readonly groups!: string[]
}

@InputType('DocumentInput', { description: 'A document.' })
export class DocumentInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Your own name for it: a document of a key that is there becomes its next version, and one of a document that you may not see is a Conflict. 1 to 512 characters; without one it is a new document each time.',
  })
  readonly key?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'As it is to be called; what the document says when unset. At most 2,048 characters.',
  })
  readonly title?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Where it comes from, e.g. a file name or an address; its ending helps to find out what it is. At most 2,048 characters.',
  })
  readonly source?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What it is, e.g. `text/markdown`; found out from its content when unset.',
  })
  readonly mediaType?: string | null

  @Field(() => String, { nullable: true, description: 'Its content; this, `url` or `upload` is given.' })
  readonly text?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Where its content is on the web: an http or https address of at most 8,192 characters. It is got when its turn comes, from public addresses and what is configured alone.',
  })
  readonly url?: string | null

  @Field(() => ID, { nullable: true, description: 'A complete upload that has its content; see `createUpload`.' })
  readonly upload?: string | null

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'Values of the knowledge base’s metadata fields, by their names. Those of the version before stay when unset.',
  })
  readonly metadata?: Json

  @Field(() => DocumentAccessInput, {
    nullable: true,
    description:
      'Who may see it; null is everybody of the tenant. As before when unset, and everybody of a new document.',
  })
  readonly access?: DocumentAccessInput | null

  @Field(() => ChunkingInput, {
    nullable: true,
    description:
      'How it is cut, where that is not as the knowledge base’s documents are; what is unset of it is as theirs. Null is as theirs. As before when unset.',
  })
  readonly chunking?: ChunkingInput | null
}

@InputType('UpdateDocumentInput', { description: 'What to change of a document; what is unset stays as it is.' })
export class UpdateDocumentInput {
  @Field(() => ID, { description: 'Id of a document.' })
  readonly id!: string

  @Field(() => String, { nullable: true, description: 'As it is to be called. At most 2,048 characters.' })
  readonly title?: string | null

  @Field(() => String, { nullable: true, description: 'Where it comes from. At most 2,048 characters.' })
  readonly source?: string | null

  @Field(() => String, { nullable: true, description: 'What the new content is, e.g. `text/markdown`.' })
  readonly mediaType?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Its new content; one of this, `url` and `upload`, or none: then the content stays.',
  })
  readonly text?: string | null

  @Field(() => String, { nullable: true, description: 'Where its new content is on the web.' })
  readonly url?: string | null

  @Field(() => ID, { nullable: true, description: 'A complete upload that has its new content.' })
  readonly upload?: string | null

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'All its values of metadata fields, by their names; null is none.',
  })
  readonly metadata?: Json

  @Field(() => DocumentAccessInput, {
    nullable: true,
    description: 'Who may see it; null is everybody of the tenant. It holds from the answer on.',
  })
  readonly access?: DocumentAccessInput | null

  @Field(() => ChunkingInput, {
    nullable: true,
    description:
      'How it is cut, where that is not as the knowledge base’s documents are; what is unset of it is as theirs. Null is as theirs. As before when unset.',
  })
  readonly chunking?: ChunkingInput | null
}

@ArgsType()
export class UpdateDocumentArgs {
  @Field(() => UpdateDocumentInput, { description: 'Which document, and what to change.' })
  readonly input!: UpdateDocumentInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same task; with another, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('RetryDocumentsInput', { description: 'Which documents to try again.' })
export class RetryDocumentsInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly knowledgeBase!: string

  @Field(() => [ID], {
    nullable: true,
    description: `Ids of documents that failed, 1 to ${MAX_DOCUMENTS_AT_ONCE}; the first ${MAX_DOCUMENTS_AT_ONCE} that failed when unset.`,
  })
  readonly ids?: string[] | null
}

@InputType('CancelIngestionInput', { description: 'What is not to go on.' })
export class CancelIngestionInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly knowledgeBase!: string
}

@InputType('AddDocumentsInput', { description: 'Documents to be taken in.' })
export class AddDocumentsInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly knowledgeBase!: string

  @Field(() => [DocumentInput], { description: `1 to ${MAX_DOCUMENTS_AT_ONCE} documents; a key may be there once.` })
  readonly documents!: DocumentInput[]
}

@ArgsType()
export class AddDocumentsArgs {
  @Field(() => AddDocumentsInput, { description: 'What to add, and where.' })
  readonly input!: AddDocumentsInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same task; with another, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('DeleteDocumentInput', { description: 'What to delete.' })
export class DeleteDocumentInput {
  @Field(() => ID, { description: 'Id of a document.' })
  readonly id!: string
}

@InputType('PreviewChunksInput', { description: 'A document to be cut, and how.' })
export class PreviewChunksInput {
  @Field(() => String, { description: 'Name of a knowledge base, whose model counts tokens.' })
  readonly knowledgeBase!: string

  @Field(() => DocumentInput, { description: 'The document.' })
  readonly document!: DocumentInput

  @Field(() => ChunkingInput, {
    nullable: true,
    description: 'How it is cut; what is unset is as the knowledge base says.',
  })
  readonly chunking?: ChunkingInput | null
}
