import { Field, InputType } from 'type-graphql'
import { LongScalar } from '../common/scalars.js'

@InputType('CreateUploadInput', { description: 'A file that is to come.' })
export class CreateUploadInput {
  @Field(() => String, {
    nullable: true,
    description: 'Its name with its ending, which tells kinds of text from each other; 1 to 512 characters.',
  })
  readonly name?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'What it is, as "text/markdown". What the content shows counts more. Images, sounds and films are refused.',
  })
  readonly mediaType?: string | null

  @Field(() => LongScalar, {
    nullable: true,
    description: 'Its size, bytes; at least 1. Other sizes are then refused. At most GRAPHLOOM_DOCUMENT_MAX_BYTES.',
  })
  readonly sizeBytes?: number | null
}
