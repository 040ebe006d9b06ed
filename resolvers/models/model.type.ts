import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { LoadPhase, ModelSource as Source, ModelTask, ModelVersionState } from '../../src/domain/model.js'
import type { ErrorCode } from '../../src/kernel/error-catalogue.js'
import { Node } from '../common/node.interface.js'
import { ErrorCodeEnum } from '../common/problem.interface.js'
import { DateTimeScalar, LongScalar } from '../common/scalars.js'
import { createUnion } from '../common/union.js'
import type { BreakerState } from '../../src/services/models/crash-breaker.js'
import {
  BreakerStateEnum,
  LoadPhaseEnum,
  ModelTaskEnum,
  ModelVersionStateEnum,
  RunnerStateEnum,
  type RunnerState,
} from './model.enum.js'

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
  @Field(() => LoadPhaseEnum.values, { description: 'The step that loading is in.' })
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

@ObjectType('Percentiles', {
  description:
    'How measured values are distributed. Percentiles are by the nearest-rank method and within 1.1 % of the exact ones; count, mean and largest are exact. Null where nothing was measured.',
})
export class PercentilesType {
  @Field(() => LongScalar, { description: 'How many values were measured.' })
  readonly count!: number

  @Field(() => Number, { nullable: true, description: 'Their sum by their count.' })
  readonly mean!: number | null

  @Field(() => Number, { nullable: true, description: 'The median.' })
  readonly p50!: number | null

  @Field(() => Number, { nullable: true, description: 'The 90th percentile.' })
  readonly p90!: number | null

  @Field(() => Number, { nullable: true, description: 'The 99th percentile.' })
  readonly p99!: number | null

  @Field(() => Number, { nullable: true, description: 'The largest.' })
  readonly max!: number | null
}

@ObjectType('FailureCount', { description: 'How often predictions ended for one reason other than success.' })
export class FailureCount {
  @Field(() => ErrorCodeEnum.values, { description: 'The reason.' })
  readonly code!: ErrorCode

  @Field(() => LongScalar, { description: 'How many predictions.' })
  readonly count!: number
}

@ObjectType('ModelMetrics', {
  description:
    'What a model or version did in a window of time up to now, for all tenants, on this server since it started. The window moves by sixtieths of its length. Prometheus at `/metrics` counts the same in the same moment.',
})
export class ModelMetricsType {
  @Field(() => DateTimeScalar, { description: 'When the figures were read: the end of the window.' })
  readonly at!: number

  @Field(() => Number, { description: 'Length of the window, milliseconds.' })
  readonly windowMs!: number

  @Field(() => LongScalar, {
    description:
      'Predictions that ended, whatever way, those that a cache answered too. What was not accepted is none.',
  })
  readonly requests!: number

  @Field(() => LongScalar, {
    description:
      'Sequences computed for predictions that succeeded: texts embedded or classified, documents ranked, answers generated, tensors run. An answer of the cache is none.',
  })
  readonly inferences!: number

  @Field(() => LongScalar, {
    description:
      'Runs of the model’s graph, counted when they end, whatever comes of the predictions that they were for: a batch, a step of texts that are generated together, a chunk of a prompt. Warming up is none. What a process had not told when it crashed, at most 200 ms of work, is not counted.',
  })
  readonly executions!: number

  @Field(() => LongScalar, {
    description: 'Predictions that the response cache answered; they are in `requests`, not in `inferences`.',
  })
  readonly cacheHits!: number

  @Field(() => LongScalar, {
    description:
      'Predictions that were not accepted because too many waited or for want of memory; they are not in `requests`.',
  })
  readonly refusals!: number

  @Field(() => [FailureCount], {
    description: 'Predictions that did not succeed, by reason. Their sum and the successes are `requests`.',
  })
  readonly failures!: FailureCount[]

  @Field(() => LongScalar, { description: 'Tokens of the inputs of predictions that ended.' })
  readonly inputTokens!: number

  @Field(() => LongScalar, {
    description:
      'Those of `inputTokens` that were not computed: an earlier prompt had them, or the cache had the answer.',
  })
  readonly cachedInputTokens!: number

  @Field(() => LongScalar, { description: 'Tokens of the answers of predictions that ended.' })
  readonly outputTokens!: number

  @Field(() => LongScalar, {
    description: 'Tokens generated, counted as they are chosen, for predictions that still run or failed too.',
  })
  readonly generatedTokens!: number

  @Field(() => Number, {
    description:
      'Time in which the graph ran, milliseconds; that of runs side by side counts once. Its share of `windowMs` is how busy the model was.',
  })
  readonly computeMs!: number

  @Field(() => LongScalar, { description: 'Predictions that were accepted and have not begun, at the moment.' })
  readonly queueLength!: number

  @Field(() => LongScalar, { description: 'Predictions that the model works on, at the moment.' })
  readonly runningCount!: number

  @Field(() => PercentilesType, {
    description: 'From acceptance to the end of predictions, whatever way they ended, milliseconds.',
  })
  readonly latencyMs!: PercentilesType

  @Field(() => PercentilesType, { description: 'From acceptance to the first token of a text, milliseconds.' })
  readonly timeToFirstTokenMs!: PercentilesType

  @Field(() => PercentilesType, {
    description:
      'From a token of a text to its next as the model chooses them, milliseconds; also while other work takes its turn between. Tokens of one run share its time.',
  })
  readonly interTokenMs!: PercentilesType

  @Field(() => Number, {
    nullable: true,
    description:
      'Tokens generated per second in which the graph ran: `generatedTokens` by `computeMs`, all texts together, the computing of prompts included. Null when none were.',
  })
  readonly tokensPerSecond!: number | null

  @Field(() => PercentilesType, {
    description: 'Sequences in a run of the graph, over its `executions`. Exact up to 45.',
  })
  readonly batchSize!: PercentilesType
}

@ObjectType('Breaker', { description: 'Keeps what failed again and again from being tried without end.' })
export class Breaker {
  @Field(() => BreakerStateEnum.values, { description: 'Whether it is tried.' })
  readonly state!: BreakerState

  @Field(() => Int, { description: 'Failures of the last 30 seconds with no success since.' })
  readonly recentFailures!: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it is tried again; null unless it is OPEN.' })
  readonly retryAt!: number | null
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

@ObjectType('Runner', { description: 'The process that runs a model version.' })
export class Runner {
  @Field(() => ID, { description: 'Names this start of the process.' })
  readonly id!: string

  @Field(() => Int, { description: 'Process id on the server’s machine.' })
  readonly pid!: number

  @Field(() => RunnerStateEnum.values, { description: 'What it is doing.' })
  readonly state!: RunnerState

  @Field(() => DateTimeScalar, { description: 'When it was ready.' })
  readonly startedAt!: number

  @Field(() => Int, { description: 'How often it had to be replaced since the server started.' })
  readonly restarts!: number

  @Field(() => Int, { description: 'Predictions that wait for a place.' })
  readonly queueLength!: number

  @Field(() => Int, { description: 'Predictions that it works on.' })
  readonly runningCount!: number

  @Field(() => Breaker, { description: 'Whether another is started when it ends.' })
  readonly breaker!: Breaker
}

@ObjectType('Model', { implements: Node, description: 'A model: a name for versions that do the same work.' })
export class Model extends Node {
  @Field(() => String, { description: 'Unique on the server.' })
  readonly name!: string

  @Field(() => ModelTaskEnum.values, { description: 'What it does.' })
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

  @Field(() => ModelTaskEnum.values, { description: 'What it does.' })
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

  @Field(() => ModelVersionStateEnum.values, { description: 'Where it stands between disk and memory.' })
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
