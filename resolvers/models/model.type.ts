import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { LoadPhase, ModelSource as Source, ModelTask, ModelVersionState } from '../../src/domain/model.js'
import { Node } from '../common/node.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'
import { LoadPhaseEnum, ModelTaskEnum, ModelVersionStateEnum } from './model.enum.js'
import { ModelSource } from './model-source.type.js'

@ObjectType('TensorSpec', { description: 'An input or output of a model’s graph.' })
export class TensorSpec {
  @Field(() => String, { description: 'Its name in the graph.' })
  readonly name!: string

  @Field(() => String, { description: 'Element type as ONNX calls it, e.g. `float32`.' })
  readonly type!: string

  @Field(() => [String], {
    description:
      'Its sizes in order: a number, or the name of a size that is free, `?` without one; `...` alone is any shape.',
  })
  readonly shape!: string[]
}

@ObjectType('LoadProgress', { description: 'How far downloading or loading has come.' })
export class LoadProgress {
  @Field(() => LoadPhaseEnum, { description: 'The step that loading is in.' })
  readonly phase!: LoadPhase

  @Field(() => LongScalar, { description: 'Bytes of the step that are done.' })
  readonly doneBytes!: number

  @Field(() => LongScalar, { description: 'Bytes of the step in all.' })
  readonly totalBytes!: number

  @Field(() => Number, {
    nullable: true,
    description:
      'How long the rest of the step takes at the rate measured so far, milliseconds; null rather than guessed.',
  })
  readonly etaMs?: number | null
}

@ObjectType('ModelSettings', {
  description: 'How a model version is run: what was set for it, or the server’s default.',
})
export class ModelSettingsType {
  @Field(() => Int, {
    description: 'Tokens that one run computes at most, padding included; a longer sequence has a run of its own.',
  })
  readonly maxBatchTokens!: number

  @Field(() => Int, { description: 'Predictions that may wait; more are refused as `Overloaded`.' })
  readonly maxQueueLength!: number

  @Field(() => Number, { description: 'Unloaded after so long without work, milliseconds; 0 is never.' })
  readonly idleTtlMs!: number

  @Field(() => Int, { description: 'Threads of one run.' })
  readonly threads!: number

  @Field(() => Boolean, { description: 'Whether answers may be given again for the same question of the same tenant.' })
  readonly cacheResponses!: boolean

  @Field(() => Boolean, { description: 'Whether tokens of texts are drafted where `generation.draft` is not set.' })
  readonly draft!: boolean

  @Field(() => Number, {
    description:
      'How long a prediction may take from the start of its work, milliseconds; then it fails with DEADLINE_EXCEEDED. 0 is any time.',
  })
  readonly timeoutMs!: number

  @Field(() => Boolean, {
    description: 'Whether it stays in memory once it is loaded: never unloaded to make room, nor for want of work.',
  })
  readonly pinned!: boolean

  @Field(() => Int, { description: 'Priority of predictions that state none; 0 to 9.' })
  readonly priority!: number
}

@ObjectType('Model', { implements: Node, description: 'A model: a name for versions that do the same work.' })
export class Model extends Node {
  @Field(() => String, { description: 'Unique on the server.' })
  readonly name!: string

  @Field(() => ModelTaskEnum, { description: 'What it does.' })
  readonly task!: ModelTask

  @Field(() => String, { description: 'What it is, in English.' })
  readonly description!: string

  @Field(() => String, { description: 'SPDX identifier of the licence of its weights.' })
  readonly license!: string

  @Field(() => DateTimeScalar, { description: 'When it was registered.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  readonly updatedAt!: number
}

@ObjectType('ModelAlias', {
  description:
    'A name for one version of a model, which can be set to another. `latest` is what the model’s name alone means.',
})
export class ModelAlias {
  @Field(() => ID, { description: 'Opaque, unique on this server.' })
  readonly id!: string

  @Field(() => String, { description: 'Unique within the model; used as "model@name".' })
  readonly name!: string

  @Field(() => String, { description: 'Subject of whoever set it last; `server` for those that came with it.' })
  readonly setBy!: string

  @Field(() => DateTimeScalar, { name: 'setAt', description: 'When it was last set.' })
  readonly updatedAt!: number
}

@ObjectType('AliasSetting', { description: 'What an alias was set to.' })
export class AliasSettingType {
  @Field(() => String, { description: 'Name of the alias.' })
  readonly alias!: string

  @Field(() => DateTimeScalar, { description: 'When.' })
  readonly setAt!: number

  @Field(() => String, { description: 'Subject of whoever did it; `server` for those that came with it.' })
  readonly setBy!: string

  readonly modelVersionId!: string
}

@ObjectType('ModelVersion', {
  implements: Node,
  description: 'One version of a model: files that never change, loaded into memory or not.',
})
export class ModelVersion extends Node {
  @Field(() => String, { description: 'Unique within the model; used as "model:version".' })
  readonly version!: string

  @Field(() => ModelTaskEnum, { description: 'What it does.' })
  readonly task!: ModelTask

  @Field(() => ModelSource, { description: 'Where its files come from.' })
  readonly source!: Source

  @Field(() => LongScalar, { description: 'Size of its files, bytes.' })
  readonly sizeBytes!: number

  @Field(() => String, {
    nullable: true,
    description:
      'SHA-256 of the sorted lines `<sha256>  <file>` of its files, hexadecimal; null while not all of them are here.',
  })
  readonly sha256!: string | null

  @Field(() => String, {
    description: 'Precision of its weights as transformers.js calls it, e.g. `q8`; `auto` where the files do not tell.',
  })
  readonly dtype!: string

  @Field(() => Int, {
    description:
      'The most tokens of a sequence: prompt and answer together, a query with a document, or one text; 0 for models of tensors.',
  })
  readonly contextTokens!: number

  @Field(() => Int, { nullable: true, description: 'Components of its vectors; null for models that give none.' })
  readonly embeddingDimensions!: number | null

  @Field(() => ModelVersionStateEnum, { description: 'Where it stands between disk and memory.' })
  readonly state!: ModelVersionState

  @Field(() => String, { nullable: true, description: 'Why it is in its state, where that needs a reason.' })
  readonly stateReason!: string | null

  @Field(() => LoadProgress, { nullable: true, description: 'Set while it is downloaded or loads.' })
  readonly loadProgress!: LoadProgress | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last ready; null when it never was.' })
  readonly loadedAt!: number | null

  @Field(() => DateTimeScalar, { description: 'When it was registered.' })
  readonly createdAt!: number

  @Field(() => DateTimeScalar, { description: 'When it was last changed.' })
  readonly updatedAt!: number
}
