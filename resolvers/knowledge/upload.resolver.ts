import { Arg, Ctx, Directive, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import { UPLOAD_PATH, type UploadDocument } from '../../src/domain/upload.js'
import { answer } from '../common/problem.interface.js'
import { LongScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'
import { CreateUploadInput } from './upload.input.js'
import { Upload } from './upload.type.js'
import { CreateUploadResult } from './upload.union.js'

@Resolver(() => Upload)
export class UploadResolver {
  @Directive('@rateLimit')
  @Mutation(() => CreateUploadResult, {
    description:
      'Makes an address that takes one file, for documents to be made of it. A tenant has at most 1,000 open uploads.',
  })
  createUpload(
    @Ctx() { services, principal }: GraphContext,
    @Arg('input', () => CreateUploadInput, { description: 'The file.' })
    { name, mediaType, sizeBytes }: CreateUploadInput,
  ) {
    return answer(async () => {
      const input = { name: name ?? undefined, mediaType: mediaType ?? undefined, sizeBytes: sizeBytes ?? undefined }
      const { upload, secret } = await services.uploads.create(principal, input)
      return { upload, uploadPath: `${UPLOAD_PATH}?${new URLSearchParams({ id: upload.id, secret }).toString()}` }
    })
  }

  @FieldResolver(() => LongScalar, { description: 'Bytes that have come, in order from the first.' })
  receivedBytes(@Root() upload: UploadDocument, @Ctx() { services }: GraphContext): Promise<number> {
    return services.uploads.countReceived(upload)
  }
}
