import { Field, ID, InputType, Int } from 'type-graphql'
import type { RegisterModelVersion } from '../../src/services/models/model-input.js'
import type { UnloadMode } from '../../src/services/models/resident-version.js'
import { UnloadModeEnum } from './model.enum.js'

@InputType('HubSourceInput', {
  description: 'A model at the hub (`GRAPHLOOM_HUB_URL`), in the layout of transformers.js.',
})
export class HubSourceInput {
  @Field(() => String, { description: 'Its id, e.g. `owner/name`.' })
  readonly repository!: string

  @Field(() => String, {
    defaultValue: 'main',
    description: 'A branch, tag or commit. The version keeps the commit that it means now.',
  })
  readonly revision!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Precision of the weights, of those that the model has: `q8`, `int8`, `uint8`, `fp32`, `q4`, `bnb4`, `q4f16` or `fp16`; the first of these that it has when unset.',
  })
  readonly dtype?: string | null
}

@InputType('ModelSourceInput', { description: 'Where the files of a model version are; exactly one is given.' })
export class ModelSourceInput {
  @Field(() => String, {
    nullable: true,
    description:
      'A folder in the layout of transformers.js, on the server’s machine: its absolute path, or its path below one of the folders in `GRAPHLOOM_MODEL_FOLDERS`.',
  })
  readonly folder?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'An ONNX file, which becomes a model for tensors whatever lies beside it; files that hold its weights are found. Its path, as for `folder`.',
  })
  readonly file?: string | null

  @Field(() => HubSourceInput, { nullable: true, description: 'A model at a hub, whose files are downloaded.' })
  readonly hub?: HubSourceInput | null
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
    description:
      'SPDX identifier of the licence of its weights; unset leaves what is there, `NOASSERTION` for a new model.',
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

  @Field(() => UnloadModeEnum, {
    defaultValue: 'DRAIN',
    description: 'What becomes of its running predictions.',
  })
  readonly mode!: UnloadMode
}

@InputType('UpdateModelSettingsInput', {
  description: 'Settings of a model version to change. What is left out stays; null is back to the server’s default.',
})
export class UpdateModelSettingsInput {
  @Field(() => ID, { description: 'Id of a model version.' })
  readonly id!: string

  @Field(() => Int, {
    nullable: true,
    description: 'Tokens that one run computes at most, padding included; 64 to 65,536.',
  })
  readonly maxBatchTokens?: number | null

  @Field(() => Int, { nullable: true, description: 'Predictions that may wait; 1 to 1,000,000.' })
  readonly maxQueueLength?: number | null

  @Field(() => Number, {
    nullable: true,
    description: 'Unloaded after so long without work, milliseconds; 0 is never, at most 24 days.',
  })
  readonly idleTtlMs?: number | null

  @Field(() => Int, {
    nullable: true,
    description: 'Threads of one run; 1 to 256. A running process is replaced by another without a failure.',
  })
  readonly threads?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether answers may be given again for the same question of the same tenant.',
  })
  readonly cacheResponses?: boolean | null

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether tokens of texts are drafted where `generation.draft` is not set: quicker for texts that repeat their prompts, and then not reproducible.',
  })
  readonly draft?: boolean | null

  @Field(() => Number, {
    nullable: true,
    description:
      'How long a prediction may take from the start of its work, milliseconds; 0 is any time, at most a day.',
  })
  readonly timeoutMs?: number | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it stays in memory once it is loaded, until it is unloaded by a mutation.',
  })
  readonly pinned?: boolean | null

  @Field(() => Int, { nullable: true, description: 'Priority of predictions that state none; 0 to 9.' })
  readonly priority?: number | null
}

@InputType('SetModelAliasInput', { description: 'An alias and the version that it is to name.' })
export class SetModelAliasInput {
  @Field(() => String, {
    description: '1 to 64 characters of a–z, 0–9, ".", "_" and "-", beginning with a letter; unique within the model.',
  })
  readonly name!: string

  @Field(() => ID, { description: 'Id of the version; the alias belongs to its model.' })
  readonly modelVersionId!: string

  @Field(() => Boolean, {
    defaultValue: true,
    description:
      'Whether the version is loaded and warm before the alias names it; what the alias named serves until then. When it cannot be loaded, the alias stays as it is.',
  })
  readonly warm!: boolean
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
  return { name, version, description, license, source: toSource(source) }
}

function toSource({ folder, file, hub }: ModelSourceInput): RegisterModelVersion['source'] {
  if (hub) return { kind: 'HUB', repository: hub.repository, revision: hub.revision, dtype: hub.dtype ?? null }
  return typeof file === 'string' ? { kind: 'FILE', path: file } : { kind: 'FOLDER', path: folder ?? '' }
}
