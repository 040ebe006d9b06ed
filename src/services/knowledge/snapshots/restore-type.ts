import { invalidInput, notFound } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { DocumentVersion, KnowledgeBaseDocument, Snapshot } from '../../../domain/knowledge.js'
import type { Principal } from '../../../domain/principal.js'
import type { TaskDocument } from '../../../domain/task.js'
import { DEFAULTS, type TaskContext, type TaskType } from '../../tasks/task-type.js'
import type { NewDocument } from '../document-input.js'
import { endDocuments, forgetDeleted, INGEST_QUEUE } from '../ingest-type.js'
import { Ingestion, type IngestionOptions } from '../ingestion.js'
import { isInAudience, readersOf } from '../knowledge-access.js'
import { toMetadataJson } from '../metadata-input.js'
import type { SnapshotStore } from './snapshot-store.js'

export const RESTORE_TASK = 'knowledge.restore'
const BULK_PRIORITY = 4
const LONGEST_ID = 64

export interface RestoreInput {
  readonly knowledgeBaseId: string
  readonly snapshotId: string
  /** Names of who asked, as lists of readers have them: what is not there for them stays as it is. */
  readonly readers: readonly string[]
  /** How many documents the snapshot has: each has a place in the task. */
  readonly memberCount: number
}

export interface RestoreTypeOptions extends IngestionOptions {
  readonly snapshots: SnapshotStore
}

const ID = { type: 'string', maxLength: LONGEST_ID }
const COUNT = { type: 'integer', minimum: 0 }

/** The way back to a snapshot as a task. */
export function createRestoreType(options: RestoreTypeOptions): TaskType {
  return {
    name: RESTORE_TASK,
    description: 'Makes new versions of documents, with what they were in a snapshot of their knowledge base.',
    queue: INGEST_QUEUE,
    inputSchema: {
      type: 'object',
      properties: {
        knowledgeBaseId: ID,
        snapshotId: ID,
        readers: { type: 'array', items: { type: 'string' } },
        memberCount: COUNT,
      },
      required: ['knowledgeBaseId', 'snapshotId', 'readers', 'memberCount'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: { restored: COUNT, failed: COUNT, deleted: COUNT },
      required: ['restored', 'failed', 'deleted'],
      additionalProperties: false,
    },
    defaults: { ...DEFAULTS, priority: BULK_PRIORITY },
    hasPrivateInput: true,
    admit: (input, path, principal) => checkInput(options, input as unknown as RestoreInput, [path, principal]),
    companion: {
      findEnds: (tasks) => Promise.resolve(tasks.map(() => null)),
      end: async (task) => endDocuments(options, task, await listPlaces(options, task)),
    },
    deleteData: async (task) => forgetDeleted(options, task, await listPlaces(options, task)),
    run: (input, context) => restore(options, input as unknown as RestoreInput, context),
  }
}

async function checkInput(
  options: RestoreTypeOptions,
  input: RestoreInput,
  [path, principal]: readonly [string, Principal],
): Promise<string> {
  const { snapshot } = await requireSnapshot(options, principal.tenantId, input)
  const { byDocument } = await options.snapshots.readMembers(snapshot)
  if (input.memberCount !== byDocument.size)
    throw invalidInput(`${path}.memberCount`, `is ${input.memberCount}; the snapshot has ${byDocument.size}.`)
  const own = readersOf(principal)
  if (!input.readers.every((reader) => own.includes(reader)))
    throw invalidInput(`${path}.readers`, 'has names that are not of whoever asks.')
  return RESTORE_TASK
}

async function listPlaces({ payloads }: RestoreTypeOptions, { input }: TaskDocument): Promise<readonly number[]> {
  const { memberCount } = (await payloads.get(input)) as unknown as RestoreInput
  return Array.from({ length: memberCount }, (_, place) => place)
}

async function requireSnapshot(
  { bases, snapshots }: RestoreTypeOptions,
  tenantId: string,
  { knowledgeBaseId, snapshotId }: RestoreInput,
): Promise<{ readonly base: KnowledgeBaseDocument; readonly snapshot: Snapshot }> {
  const base = await bases.get({ tenantId }, knowledgeBaseId)
  if (!base) throw notFound('knowledge base', knowledgeBaseId)
  const snapshot = await snapshots.get({ tenantId }, snapshotId)
  if (snapshot?.knowledgeBaseId !== base.id || snapshot.name === null) throw notFound('snapshot', snapshotId)
  return { base, snapshot }
}

async function restore(options: RestoreTypeOptions, input: RestoreInput, context: TaskContext): Promise<Json> {
  const { taskId, tenantId, attempt, signal, reportProgress, local } = context
  await local!.markRunning()
  const { base, snapshot } = await requireSnapshot(options, tenantId, input)
  const entries = await listChanged(options, [base, snapshot], input.readers)
  const total = entries.length
  const ingestion = new Ingestion(options, {
    base,
    origin: { taskId, tenantId, createdBy: local!.task.createdBy },
    isAgain: attempt > 1,
    signal,
    onProgress: (done) => reportProgress({ done, total, message: null }),
  })
  const { ready: restored, failed, deleted } = await ingestion.run(entries)
  return { restored, failed, deleted }
}

/** The documents that serve another version than the snapshot has, each with its place in that. */
async function listChanged(
  { records, snapshots }: RestoreTypeOptions,
  [base, snapshot]: readonly [KnowledgeBaseDocument, Snapshot],
  readers: readonly string[],
): Promise<(readonly [number, NewDocument])[]> {
  const places = new Map(
    [...(await snapshots.readMembers(snapshot)).byDocument.keys()].map((documentId, place) => [documentId, place]),
  )
  const entries: (readonly [number, NewDocument])[] = []
  for await (const { member, document } of snapshots.readPresent(records, snapshot)) {
    if (document.versionId === member.versionId || !isInAudience(document.audience, readers)) continue
    const version = await records.getVersion({ tenantId: base.tenantId }, member.versionId)
    if (version) entries.push([places.get(member.documentId)!, toNewDocument(version, base)])
  }
  return entries
}

const toNewDocument = (version: DocumentVersion, { metadataFields }: KnowledgeBaseDocument): NewDocument => ({
  id: version.documentId,
  contentOf: version.id,
  isRestored: true,
  ...(version.title !== null && { title: version.title }),
  ...(version.source !== null && { source: version.source }),
  ...(version.mediaType !== null && { mediaType: version.mediaType }),
  metadata: toMetadataJson(version.metadata, metadataFields),
  chunking: version.chunking ?? null,
})
