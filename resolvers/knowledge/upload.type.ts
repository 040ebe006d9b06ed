import { Field, ObjectType } from 'type-graphql'
import type { UploadState } from '../../src/domain/upload.js'
import { createEnum } from '../common/enums.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'

const UploadStateEnum = createEnum<UploadState>({
  name: 'UploadState',
  description: 'How far an upload is.',
  values: {
    OPEN: 'Bytes are missing; its address takes them.',
    COMPLETE: 'All bytes are on disk; its address takes no more.',
  },
})

@ObjectType('Upload', {
  implements: Node,
  description:
    'A file that is sent to an address of its own, in one request or several: what a broken connection brought stays.',
})
export class Upload extends Node {
  @Field(() => String, { description: 'The tenant that it belongs to.' })
  readonly tenantId!: string

  @Field(() => UploadStateEnum, { description: 'Whether all bytes have come.' })
  readonly state!: UploadState

  @Field(() => String, { nullable: true, description: 'The file’s name, where one was given.' })
  readonly name!: string | null

  @Field(() => String, { nullable: true, description: 'What the client said it is; null when it did not.' })
  readonly mediaType!: string | null

  @Field(() => LongScalar, {
    nullable: true,
    description: 'Of the whole file, bytes; null while it is open and nobody has said it.',
  })
  readonly sizeBytes!: number | null

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the content, lower-case hexadecimal; null while it is open.',
  })
  readonly sha256!: string | null

  @Field(() => DateTimeScalar, { description: 'When it goes, with its content, complete or not.' })
  readonly expiresAt!: number

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt!: number
}

@ObjectType('CreatedUpload', { description: 'An upload with its address, which is said this once.' })
export class CreatedUpload {
  @Field(() => Upload, { description: 'The upload.' })
  readonly upload!: Upload

  @Field(() => String, {
    description:
      'Path and query below the address of this server, with a secret: who has it can send the file. PUT takes the whole file, or with `Content-Range: bytes 0-999/5000` a part that follows those before; GET tells `receivedBytes`, where to go on.',
  })
  readonly uploadPath!: string
}
