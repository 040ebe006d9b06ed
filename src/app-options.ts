import type { Logger } from 'pino'
import type { Clock } from './kernel/clock.js'
import type { ModelFolders } from './ports/model-folders.js'
import type { ModelHub } from './ports/model-hub.js'
import type { ModelRuntime } from './ports/model-runtime.js'
import type { TextCodec } from './ports/text-codec.js'
import type { WebClient } from './ports/web-client.js'
import type { WorkUsage } from './services/access/access.js'
import type { KnowledgeOptions } from './services/knowledge/create-knowledge.js'
import type { ModelDefaults } from './services/models/model-settings.js'
import type { PredictionAcceptanceOptions } from './services/predictions/prediction-acceptance.js'
import type { PredictionExecutorOptions } from './services/predictions/prediction-executor.js'
import type { SharedAnswersOptions } from './services/predictions/shared-answers.js'
import type { RetentionSettings } from './services/retention/retention.js'
import type { TaskRetentionOptions } from './services/tasks/task-retention.js'
import type { TenantSigner } from './services/tasks/tenant-signer.js'
import type { UploadsServiceOptions } from './services/knowledge/uploads/uploads.service.js'
import type { State } from './state.js'

export interface AppOptions {
  readonly state: State
  readonly runtime: ModelRuntime
  readonly codec: TextCodec
  /** Folder of the models that come with the server. */
  readonly modelsDirectory: string
  /** Folders that models may be registered from. */
  readonly modelFolders: ModelFolders
  /** Where models can be downloaded from, and the largest that is, bytes. */
  readonly hub: { readonly adapter: ModelHub; readonly maxModelBytes: number }
  readonly models: ModelDefaults & {
    readonly concurrentGenerations: number
    /** For all model processes together. */
    readonly memoryBytes: number
    /** References of versions to load at start. */
    readonly preload: readonly string[]
  }
  readonly tasks: {
    /** The most predictions that are claimed at once. */
    readonly window: number
    readonly leaseMs: number
    /** The most tasks of a queue that this process works on at once. */
    readonly parallel: number
    /** The most tasks that wait in a queue whose settings do not say it. */
    readonly queueLength: number
    /** Declares types of tasks that workers elsewhere do. */
    readonly typesFile: string | null
  }
  /** Where chunks of documents are found, and what reads documents. */
  readonly knowledge: Pick<KnowledgeOptions, 'vectorIndex' | 'textIndex' | 'parser' | 'fetching' | 'eraseAfterMs'>
  /** What tasks call on the web with, and what signs it. */
  readonly web: { readonly webClient: WebClient; readonly signer: TenantSigner }
  readonly streams: { readonly backlogEvents: number; readonly joinBytes: number }
  readonly retention: RetentionSettings &
    TaskRetentionOptions['settings'] & {
      /** How long ended predictions are kept, milliseconds. */
      readonly predictionMs: number
    }
  readonly uploads: UploadsServiceOptions['settings']
  readonly responseCache: Omit<SharedAnswersOptions, 'maxAgeMs'>
  /** The largest input or output, bytes. */
  readonly maxPayloadBytes: number
  readonly currentTrace: PredictionAcceptanceOptions['currentTrace']
  readonly inSpan: PredictionExecutorOptions['inSpan']
  /** Told what each admitted piece of work has cost, once, when it is over. */
  readonly onSettled?: (usage: WorkUsage) => void
  readonly clock: Clock
  readonly logger: Logger
}
