import { Field, ID, InputType } from 'type-graphql'

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
