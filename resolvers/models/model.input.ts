import { Field, ID, InputType } from 'type-graphql'
import type { RegisterModelVersion } from '../../src/services/models/model-input.js'

@InputType('ModelSourceInput', { description: 'Where the files of a model version are; exactly one is given.' })
export class ModelSourceInput {
  @Field(() => String, {
    nullable: true,
    description:
      'A folder in the layout of transformers.js, on the server’s machine: its absolute path, or its path below one of the folders in `GRAPHLOOM_MODEL_FOLDERS`.',
  })
  readonly folder?: string | null
}

@InputType('RegisterModelVersionInput', { description: 'A model version to register.' })
export class RegisterModelVersionInput {
  @Field(() => String, {
    description: 'Name of the model, which is made where there is none: 1 to 128 letters, digits, ".", "_" and "-".',
  })
  readonly name!: string

  @Field(() => String, {
    description: 'Name of the version, unique within the model: 1 to 64 letters, digits, ".", "_" and "-".',
  })
  readonly version!: string

  @Field(() => String, {
    nullable: true,
    description: 'What the model is, at most 2,000 characters; unset leaves what is there.',
  })
  readonly description?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'SPDX identifier of the licence of its weights; unset leaves what is there, `NOASSERTION` for a new model.',
  })
  readonly license?: string | null

  @Field(() => ModelSourceInput, { description: 'Where its files are.' })
  readonly source!: ModelSourceInput
}

@InputType('DeleteModelVersionInput', { description: 'What to delete.' })
export class DeleteModelVersionInput {
  @Field(() => ID, { description: 'Id of a model version.' })
  readonly id!: string
}

@InputType('LoadModelVersionInput', { description: 'What to load.' })
export class LoadModelVersionInput {
  @Field(() => ID, { description: 'Id of a model version.' })
  readonly id!: string
}

@InputType('UnloadModelVersionInput', { description: 'What to unload.' })
export class UnloadModelVersionInput {
  @Field(() => ID, { description: 'Id of a model version.' })
  readonly id!: string
}

@InputType('SetModelAliasInput', { description: 'An alias and the version that it is to name.' })
export class SetModelAliasInput {
  @Field(() => String, { description: '1 to 64 characters of a–z, 0–9, ".", "_" and "-", beginning with a letter; unique within the model.' })
  readonly name!: string

  @Field(() => ID, { description: 'Id of the version; the alias belongs to its model.' })
  readonly modelVersionId!: string
}

@InputType('DeleteModelAliasInput', { description: 'An alias.' })
export class DeleteModelAliasInput {
  @Field(() => String, { description: 'Name of the model.' })
  readonly model!: string

  @Field(() => String, { description: 'Name of the alias.' })
  readonly name!: string
}

/** The schema lets exactly one source through. */
export function toRegistration(input: RegisterModelVersionInput): RegisterModelVersion {
  const { name, version, description = null, license = null, source } = input
  return { name, version, description, license, source: { folder: source.folder ?? '' } }
}
