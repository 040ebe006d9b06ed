import { notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { TaskDocument } from '../../domain/task.js'
import { DEFAULTS, type TaskContext, type TaskType } from '../tasks/task-type.js'
import { toVersionId } from './document-acceptance.js'
import { checkDocuments, DOCUMENTS_SCHEMA, MAX_DOCUMENTS_AT_ONCE, type NewDocument } from './document-input.js'
import { Ingestion, type IngestionOptions } from './ingestion.js'

export const INGEST_TASK = 'knowledge.ingest'
/** Ingestion waits apart from other tasks, which are short. */
const INGEST_QUEUE = 'ingestion'
const BULK_PRIORITY = 4
const LONGEST_ID = 64

export interface IngestInput {
  readonly knowledgeBaseId: string
  readonly documents: readonly NewDocument[]
}

const COUNT = { type: 'integer', minimum: 0, maximum: MAX_DOCUMENTS_AT_ONCE }

/** Documents as one task. */
export function createIngestType(options: IngestionOptions): TaskType {
  return {
    name: INGEST_TASK,
    description:
      'Takes documents into a knowledge base: reads, cuts and embeds them. One that fails does not keep the others out.',
    queue: INGEST_QUEUE,
    inputSchema: {
      type: 'object',
      properties: {
        knowledgeBaseId: { type: 'string', maxLength: LONGEST_ID },
        documents: DOCUMENTS_SCHEMA,
      },
      required: ['knowledgeBaseId', 'documents'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: { ready: COUNT, failed: COUNT, deleted: COUNT },
      required: ['ready', 'failed', 'deleted'],
      additionalProperties: false,
    },
    defaults: { ...DEFAULTS, priority: BULK_PRIORITY },
    admit: async (input, path, { tenantId }) => {
      const { knowledgeBaseId, documents } = input as unknown as IngestInput
      const base = await options.bases.get({ tenantId }, knowledgeBaseId)
      if (!base) throw notFound('knowledge base', knowledgeBaseId)
      checkDocuments(documents, base, `${path}.documents`)
      await options.sources.check(documents, tenantId, `${path}.documents`)
      return INGEST_TASK
    },
    deleteData: (task) => forgetDeleted(options, task),
    run: (input, context) => ingest(options, input as unknown as IngestInput, context),
  }
}

async function ingest(options: IngestionOptions, input: IngestInput, context: TaskContext): Promise<Json> {
  const { bases } = options
  const { taskId, tenantId, attempt, signal, reportProgress, local } = context
  await local!.markRunning()
  const base = await bases.get({ tenantId }, input.knowledgeBaseId)
  if (!base) throw notFound('knowledge base', input.knowledgeBaseId)
  const total = input.documents.length
  const ingestion = new Ingestion(options, {
    base,
    origin: { taskId, tenantId, createdBy: local!.task.createdBy },
    isAgain: attempt > 1,
    signal,
    onProgress: (done) => reportProgress({ done, total, message: null }),
  })
  return { ...(await ingestion.run(input.documents)) }
}

/** What kept deleted documents from coming back is not needed when the task is gone. */
async function forgetDeleted(
  { records, payloads }: IngestionOptions,
  { id, tenantId, input }: TaskDocument,
): Promise<void> {
  const { documents } = (await payloads.get(input)) as unknown as IngestInput
  for (const index of documents.keys()) {
    const versionId = toVersionId(id, index)
    const version = await records.getVersion({ tenantId }, versionId)
    if (version?.state === 'DELETED') await records.deleteVersion(tenantId, versionId)
  }
}
