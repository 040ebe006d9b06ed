import { Field, ObjectType } from 'type-graphql'
import type { ModelSource as Source } from '../../src/domain/model.js'
import { createUnion } from '../common/union.js'

@ObjectType('BundledSource', { description: 'The files came with the server.' })
export class BundledSource {
  @Field(() => String, { description: 'Folder below the server’s `models`.' })
  readonly folder!: string

  @Field(() => String, { description: 'Where the weights were published, e.g. a Hugging Face hub id.' })
  readonly origin!: string
}

@ObjectType('FileSource', { description: 'The files are in a folder that the server’s operator allows models in.' })
export class FileSource {
  @Field(() => String, { description: 'The model’s folder below the allowed one.' })
  readonly folder!: string

  @Field(() => String, {
    nullable: true,
    description: 'The ONNX file in it that is the model; null when the folder is.',
  })
  readonly file!: string | null
}

@ObjectType('HubSource', {
  description: 'The files come from a model hub, and are kept in the server’s data directory.',
})
export class HubSource {
  @Field(() => String, { description: 'Id of the model at the hub, e.g. `owner/name`.' })
  readonly repository!: string

  @Field(() => String, { description: 'The branch, tag or commit that was asked for.' })
  readonly revision!: string

  @Field(() => String, {
    description: 'The commit that it meant at the time: what the files are of, whatever becomes of the revision.',
  })
  readonly commit!: string
}

const SOURCE_TYPES: Record<Source['kind'], string> = {
  BUNDLED: 'BundledSource',
  FILE: 'FileSource',
  HUB: 'HubSource',
}

export const ModelSource = createUnion<Source>({
  name: 'ModelSource',
  description: 'Where the files of a model version come from.',
  types: [BundledSource, FileSource, HubSource],
  typeName: ({ kind }) => SOURCE_TYPES[kind],
})
