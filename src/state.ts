import type { Logger } from 'pino'
import { openDataDirectory } from './adapters/filesystem/data-directory.js'
import { FilesystemBlobStore } from './adapters/filesystem/filesystem-blob-store.js'
import { openSqliteDatabase } from './adapters/sqlite/sqlite-database.js'
import type { GraphloomError } from './kernel/errors.js'
import type { BlobStore } from './ports/blob-store.js'
import type { DocumentStore } from './ports/document-store.js'
import type { EffectSink } from './ports/effect-sink.js'
import type { EventLog } from './ports/event-log.js'
import type { TaskQueue } from './ports/task-queue.js'
import { ANSWERS } from './services/knowledge/answers/answer-store.js'
import { EVALUATION_COLLECTIONS } from './services/knowledge/evaluation/evaluation-store.js'
import { KNOWLEDGE_COLLECTIONS } from './services/knowledge/knowledge-collections.js'
import { MODEL_ALIASES, MODELS, MODEL_VERSIONS } from './services/models/model-store.js'
import { BATCH_RESULTS } from './services/predictions/batches/batch-results-store.js'
import { PREDICTIONS } from './services/predictions/prediction-store.js'
import { TASK_GRAPHS, TASK_LINKS } from './services/tasks/task-graph-store.js'
import { UPLOAD_PARTS, UPLOADS } from './services/knowledge/uploads/upload-store.js'
import { SCHEDULES } from './services/tasks/schedule-store.js'
import { TASK_QUEUES } from './services/tasks/task-queue-store.js'
import { JOINED_KEYS } from './services/tasks/joined-requests.js'
import { TASKS } from './services/tasks/task-store.js'
import { WORKERS } from './services/tasks/worker-store.js'

const COLLECTIONS = [
  MODELS,
  MODEL_VERSIONS,
  MODEL_ALIASES,
  PREDICTIONS,
  BATCH_RESULTS,
  TASKS,
  JOINED_KEYS,
  TASK_GRAPHS,
  TASK_LINKS,
  TASK_QUEUES,
  WORKERS,
  SCHEDULES,
  ...KNOWLEDGE_COLLECTIONS,
  ANSWERS,
  ...EVALUATION_COLLECTIONS,
  UPLOADS,
  UPLOAD_PARTS,
]

export interface StateOptions {
  readonly dataDirectory: string
  /** Documents live there; otherwise in the data directory. */
  readonly mongodbUri: string | null
  readonly logger: Logger
}

/** Everything that outlives the process. */
export interface State extends AsyncDisposable {
  readonly documents: DocumentStore
  readonly events: EventLog
  readonly queue: TaskQueue
  readonly blobs: BlobStore
  readonly kind: 'sqlite' | 'mongodb'
  /** Absolute path. */
  readonly dataDirectory: string
  /** Folder of downloaded models. */
  readonly modelsPath: string
  /** Folder of indexes, which can be made again from the rest. */
  readonly indexesPath: string
  /** Resolves with the reason when nothing can be stored any more. */
  readonly failed: Promise<GraphloomError>
}

/** @throws GraphloomError `UNAVAILABLE` with one line that says what cannot be used, and who uses it. */
export async function openState({ dataDirectory, mongodbUri, logger }: StateOptions): Promise<State> {
  await using stack = new AsyncDisposableStack()
  const directory = stack.use(await openDataDirectory(dataDirectory))
  const blobs = await FilesystemBlobStore.open(directory.blobsPath)
  const collections = mongodbUri === null ? COLLECTIONS : []
  const database = stack.use(await openSqliteDatabase({ directory: directory.statePath, logger, collections }))
  const { effects, events, queue } = database
  const mongo = mongodbUri === null ? null : stack.use(await openMongo(mongodbUri, { logger, effects }))
  const owned = stack.move()
  return {
    documents: mongo?.documents ?? database.documents,
    events,
    queue,
    blobs,
    kind: mongo ? 'mongodb' : 'sqlite',
    dataDirectory: directory.path,
    modelsPath: directory.modelsPath,
    indexesPath: directory.indexesPath,
    failed: mongo ? Promise.race([database.failed, mongo.failed]) : database.failed,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** The driver is large: it is imported only where it is used. */
async function openMongo(uri: string, options: { readonly logger: Logger; readonly effects: EffectSink }) {
  const { openMongoDocumentStore } = await import('./adapters/mongodb/open-mongo-document-store.js')
  return openMongoDocumentStore({ uri, collections: COLLECTIONS, ...options })
}
