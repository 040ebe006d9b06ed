import { ArgsType, Field, InputType, Int } from 'type-graphql'
import { ChunkingInput } from './knowledge-base.input.js'

@InputType('ReindexKnowledgeBaseInput', { description: 'How all documents are to be cut and embedded.' })
export class ReindexKnowledgeBaseInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly knowledgeBase!: string

  @Field(() => String, {
    nullable: true,
    description:
      'The model that makes the vectors: "name", "name:version" or "name@alias"; that of the active generation when unset.',
  })
  readonly embeddingModel?: string | null

  @Field(() => ChunkingInput, {
    nullable: true,
    description: 'How documents become chunks; what is unset is as in the active generation.',
  })
  readonly chunking?: ChunkingInput | null

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Whether searches read it as soon as it is ready; otherwise it waits for `activateGeneration`.',
  })
  readonly activate!: boolean
}

@ArgsType()
export class ReindexKnowledgeBaseArgs {
  @Field(() => ReindexKnowledgeBaseInput, { description: 'Which knowledge base, and how.' })
  readonly input!: ReindexKnowledgeBaseInput

  @Field(() => String, {
    nullable: true,
    description:
      'Asking again with the same key and input gives the same generation; with another, IdempotencyConflict. 1 to 256 characters.',
  })
  readonly idempotencyKey?: string | null
}

@InputType('IndexGenerationInput', { description: 'A generation of a knowledge base.' })
export class IndexGenerationInput {
  @Field(() => String, { description: 'Name of a knowledge base.' })
  readonly knowledgeBase!: string

  @Field(() => Int, { description: 'The generation’s number.' })
  readonly number!: number
}
