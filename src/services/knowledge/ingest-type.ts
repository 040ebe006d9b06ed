import { GraphloomError, invalidInput, notFound, type ErrorInfo } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import { activeOf, type KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import { DEFAULTS, type TaskContext, type TaskType } from '../tasks/task-type.js'
import { toVersionId } from './document-acceptance.js'
import { checkDocuments, DOCUMENTS_SCHEMA, MAX_DOCUMENTS_AT_ONCE, type NewDocument } from './document-input.js'
import { Ingestion, type IngestionOptions } from './ingestion.js'
import { isInAudience, readersOf } from './knowledge-access.js'
import { changeChunking, toChunking } from './knowledge-base-input.js'

export const INGEST_TASK = 'knowledge.ingest'
/** Ingestion waits apart from other tasks, which are short. */
export const INGEST_QUEUE = 'ingestion'
const BULK_PRIORITY = 4
const LONGEST_ID = 64

export interface IngestInput {
  readonly knowledgeBaseId: string
  readonly documents: readonly NewDocument[]
}

const CANCELLED: ErrorInfo = {
  code: 'CANCELLED',
  message: 'It was cancelled before it was in.',
  retryable: false,
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
    hasPrivateInput: true,
    admit: async (input, path, principal) => {
      const { tenantId } = principal
      const { knowledgeBaseId, documents } = input as unknown as IngestInput
      const base = await options.bases.get({ tenantId }, knowledgeBaseId)
      if (!base) throw notFound('knowledge base', knowledgeBaseId)
      checkDocuments(documents, base, `${path}.documents`)
      await checkChunkings(options, base, [documents, `${path}.documents`])
      await requireVisible(options, { principal, base, documents, path: `${path}.documents` })
      await options.sources.check(documents, tenantId, `${path}.documents`)
      return INGEST_TASK
    },
    companion: {
      findEnds: (tasks) => Promise.resolve(tasks.map(() => null)),
      end: async (task) => endDocuments(options, task, await listPlaces(options, task)),
    },
    deleteData: async (task) => forgetDeleted(options, task, await listPlaces(options, task)),
    run: (input, context) => ingest(options, input as unknown as IngestInput, context),
  }
}

/** @throws GraphloomError `INVALID_INPUT` for a chunking that the base's model cannot take. */
async function checkChunkings(
  { versions }: Pick<IngestionOptions, 'versions'>,
  base: KnowledgeBaseDocument,
  [documents, path]: readonly [readonly NewDocument[], string],
): Promise<void> {
  if (documents.every(({ chunking }) => !chunking)) return
  const { embeddingModelVersionId, chunking: known } = activeOf(base)
  const model = await versions.requireVersion(embeddingModelVersionId)
  for (const [i, { chunking }] of documents.entries())
    if (chunking) toChunking(changeChunking(known, chunking), model, `${path}.${i}.chunking`)
}

interface GivenDocuments {
  readonly principal: Principal
  readonly base: KnowledgeBaseDocument
  readonly documents: readonly NewDocument[]
  readonly path: string
}

/** A key that a document has is taken, for everybody; nobody replaces a document that is not there for them. */
async function requireVisible(
  { acceptance, records }: IngestionOptions,
  { principal, base, documents, path }: GivenDocuments,
): Promise<void> {
  const readers = readersOf(principal)
  const ids = documents.map((given) => acceptance.idOf(base, given) ?? '')
  const known = await records.getDocuments({ tenantId: base.tenantId }, ids)
  for (const [i, { id, key }] of documents.entries()) {
    const document = known[i]
    const isVisible = document?.knowledgeBaseId === base.id && isInAudience(document.audience, readers)
    if (id !== undefined && !isVisible) throw invalidInput(`${path}.${i}.id`, `there is no document "${id}".`)
    if (document && !isVisible)
      throw new GraphloomError('CONFLICT', `The key "${key ?? ''}" is taken; give this document another one.`)
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
  return { ...(await ingestion.run([...input.documents.entries()])) }
}

async function listPlaces({ payloads }: IngestionOptions, { input }: TaskDocument): Promise<readonly number[]> {
  const { documents } = (await payloads.get(input)) as unknown as IngestInput
  return [...documents.keys()]
}

/** Documents of a task that ended without them have failed; they can be tried again. */
export async function endDocuments(
  { records }: Pick<IngestionOptions, 'records'>,
  { id, tenantId, state, error }: TaskDocument,
  places: readonly number[],
): Promise<void> {
  if (state === 'SUCCEEDED') return
  for (const place of places) await records.abandonVersion(tenantId, toVersionId(id, place), error ?? CANCELLED)
}

/** What kept deleted documents from coming back is not needed when the task is gone. */
export async function forgetDeleted(
  { records }: Pick<IngestionOptions, 'records'>,
  { id, tenantId }: TaskDocument,
  places: readonly number[],
): Promise<void> {
  for (const place of places) {
    const versionId = toVersionId(id, place)
    const version = await records.getVersion({ tenantId }, versionId)
    if (version?.state === 'DELETED') await records.deleteVersion(tenantId, versionId)
  }
}
