import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { Turns } from '../../kernel/turns.js'
import { isTaskEnded } from '../../domain/task.js'
import type { BlobStore } from '../../ports/blob-store.js'
import type { DocumentParser } from '../../ports/document-parser.js'
import type { DocumentStore } from '../../ports/document-store.js'
import type { EventLog } from '../../ports/event-log.js'
import type { TextCodec } from '../../ports/text-codec.js'
import type { TextIndex } from '../../ports/text-index.js'
import type { VectorIndex } from '../../ports/vector-index.js'
import type { WebClient } from '../../ports/web-client.js'
import type { Access } from '../access/access.js'
import type { ModelStore } from '../models/model-store.js'
import type { ModelsService } from '../models/models.service.js'
import type { Registry } from '../models/registry.js'
import type { Residency } from '../models/residency.js'
import type { Payloads } from '../payloads.js'
import type { Tasks } from '../tasks/start-tasks.js'
import type { TaskType } from '../tasks/task-type.js'
import type { AnswersService, AnswersServiceOptions } from './answers/answers.service.js'
import { createAnswers } from './answers/create-answers.js'
import { ChunkCounting } from './chunk-counting.js'
import { DocumentAcceptance } from './document-acceptance.js'
import { DocumentChangesService } from './document-changes.service.js'
import { DocumentFetcher, type DocumentFetcherOptions } from './document-fetcher.js'
import { DocumentRecords } from './document-records.js'
import { DocumentSources } from './document-sources.js'
import { GenerationsService } from './generations.service.js'
import { createEvaluations } from './evaluation/create-evaluations.js'
import type { EvaluationsService } from './evaluation/evaluations.service.js'
import { Erasure } from './erasure.js'
import { IndexWriter } from './index-writer.js'
import { createIngestType } from './ingest-type.js'
import { KnowledgeBaseStore } from './knowledge-base-store.js'
import { KnowledgeBasesService } from './knowledge-bases.service.js'
import { KnowledgeDocumentsService } from './knowledge-documents.service.js'
import { IngestionProgress } from './progress/ingestion-progress.js'
import { IngestionWatchService } from './progress/ingestion-watch.service.js'
import { QueryEmbeddings } from './query-embeddings.js'
import { createReindexType } from './reindex-type.js'
import { Removals } from './removals.js'
import { createRestoreType } from './snapshots/restore-type.js'
import { SnapshotStore } from './snapshots/snapshot-store.js'
import { SnapshotsService } from './snapshots/snapshots.service.js'
import { SearchService } from './search.service.js'
import { TextEmbedder } from './text-embedder.js'
import { TextReranker } from './text-reranker.js'
import type { UploadsService } from './uploads/uploads.service.js'
import { VersionReader } from './version-reader.js'

export interface KnowledgeOptions extends Pick<
  AnswersServiceOptions,
  'streams' | 'maxJoinedBytes' | 'currentTrace' | 'predictions'
> {
  readonly documents: DocumentStore
  readonly events: EventLog
  readonly payloads: Payloads
  readonly access: Access
  readonly codec: TextCodec
  readonly registry: Registry
  readonly residency: Residency
  readonly models: ModelsService
  readonly versions: ModelStore
  readonly parser: DocumentParser
  readonly uploads: UploadsService
  readonly blobs: BlobStore
  readonly webClient: WebClient
  /** For documents of the web. */
  readonly fetching: Pick<DocumentFetcherOptions, 'maxBytes' | 'timeoutMs' | 'onlyHosts'>
  readonly vectorIndex: VectorIndex
  readonly textIndex: TextIndex
  readonly eraseAfterMs: number
  readonly clock: Clock
  readonly logger: Logger
}

export interface KnowledgeServices {
  readonly knowledgeBases: KnowledgeBasesService
  readonly knowledgeGenerations: GenerationsService
  readonly knowledgeSnapshots: SnapshotsService
  readonly knowledgeIngestion: IngestionWatchService
  readonly knowledgeDocuments: KnowledgeDocumentsService
  readonly documentChanges: DocumentChangesService
  readonly knowledgeSearch: SearchService
  readonly evaluations: EvaluationsService
  readonly answers: AnswersService
}

export interface Knowledge {
  /** Tasks that take documents in, build generations, evaluate searches, and answer questions. */
  readonly types: readonly TaskType[]
  isBlobReferenced(blobId: string): Promise<boolean>
  /** The services, once there are tasks; goes on with deletions that were not done. */
  open(stack: AsyncDisposableStack, work: Pick<Tasks, 'acceptance' | 'store' | 'tasks'>): Promise<KnowledgeServices>
}

/** What services and tasks have in common. */
function createParts(options: KnowledgeOptions) {
  const bases = new KnowledgeBaseStore(options.documents)
  const records = new DocumentRecords(options.documents, options.payloads)
  const snapshots = new SnapshotStore(options.documents, options.payloads)
  const writer = new IndexWriter({ ...options, records, snapshots })
  const embedder = new TextEmbedder(options)
  const fetcher = new DocumentFetcher({ ...options, ...options.fetching })
  const sources = new DocumentSources({ ...options, fetcher })
  const acceptance = new DocumentAcceptance(records, sources)
  return {
    ...options,
    bases,
    records,
    snapshots,
    acceptance,
    writer,
    sources,
    embedder,
    queries: new QueryEmbeddings(embedder),
    reader: new VersionReader({ ...options, records }),
    reranker: new TextReranker(options),
    progress: new IngestionProgress(options),
    turns: new Turns(),
  }
}

/** Wires what knowledge bases need. */
export function createKnowledge(options: KnowledgeOptions): Knowledge {
  const parts = createParts(options)
  const { records, writer } = parts
  const search = new SearchService(parts)
  const answers = createAnswers(options, { ...parts, search })
  const evaluations = createEvaluations({ ...parts, search, store: options.documents, documents: parts.acceptance })
  return {
    types: [
      createIngestType(parts),
      createReindexType(parts),
      createRestoreType(parts),
      evaluations.type,
      answers.type,
    ],
    isBlobReferenced: async (blobId) =>
      (await records.isBlobReferenced(blobId)) ||
      (await parts.snapshots.isBlobReferenced(blobId)) ||
      (await evaluations.isBlobReferenced(blobId)) ||
      (await answers.isBlobReferenced(blobId)),
    open: async (stack, work) => {
      stack.use(parts.progress)
      stack.defer(() => writer.settle())
      const getTask = (tenantId: string, taskId: string) => work.store.get({ tenantId }, taskId)
      const isTaskOver = async (tenantId: string, taskId: string): Promise<boolean> => {
        const task = await getTask(tenantId, taskId)
        return task === null || isTaskEnded(task.state)
      }
      const erasure = stack.use(new Erasure(parts))
      const removals = stack.use(new Removals({ ...parts, erasure, isTaskOver }))
      await removals.start()
      const counting = stack.use(new ChunkCounting(parts))
      const changes = { removals, counting, tasks: work.acceptance }
      const documents = new KnowledgeDocumentsService({ ...parts, ...changes })
      const answering = answers.open(work, documents)
      return {
        knowledgeBases: new KnowledgeBasesService({ ...parts, ...changes }),
        knowledgeIngestion: new IngestionWatchService(parts),
        knowledgeGenerations: new GenerationsService({ ...parts, ...changes, getTask }),
        knowledgeSnapshots: new SnapshotsService({ ...parts, ...changes }),
        knowledgeDocuments: documents,
        documentChanges: new DocumentChangesService({ ...parts, ...changes, canceller: work.tasks, getTask }),
        knowledgeSearch: search,
        evaluations: evaluations.open(work, answering),
        answers: answering,
      }
    },
  }
}
