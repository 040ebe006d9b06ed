import { isErrorWithCode } from '../../kernel/errors.js'
import { deriveId } from '../../kernel/ids.js'
import {
  toReaders,
  type AccessList,
  type DocumentTraits,
  type DocumentVersion,
  type KnowledgeBaseDocument,
  type KnowledgeDocument,
} from '../../domain/knowledge.js'
import type { NewDocument } from './document-input.js'
import type { DocumentRecords } from './document-records.js'
import type { DocumentSources } from './document-sources.js'
import { parseMetadata } from './metadata-input.js'

/** The task that documents come with. */
export interface DocumentOrigin {
  readonly taskId: string
  readonly tenantId: string
  readonly createdBy: string
}

export interface AcceptedDocument {
  readonly given: NewDocument
  readonly document: KnowledgeDocument
  readonly version: DocumentVersion
}

/** The version that the document at a place of a task's input becomes. */
export const toVersionId = (taskId: string, index: number): string => deriveId('documentVersion', taskId, index)

const RACES = 50

/** Makes the records of documents that a task has: once, however often it is asked. */
export class DocumentAcceptance {
  readonly #records: DocumentRecords
  readonly #sources: Pick<DocumentSources, 'findSha256'>

  constructor(records: DocumentRecords, sources: Pick<DocumentSources, 'findSha256'>) {
    this.#records = records
    this.#sources = sources
  }

  /** The id of the document that is there already, or would be, for what is given; null for a new one each time. */
  idOf(base: Pick<KnowledgeBaseDocument, 'id'>, { id, key }: Pick<NewDocument, 'id' | 'key'>): string | null {
    return id ?? (key === undefined ? null : deriveId('document', base.id, key))
  }

  /** Null when the document was deleted since. */
  async ensure(
    base: KnowledgeBaseDocument,
    origin: DocumentOrigin,
    [index, given]: readonly [number, NewDocument],
  ): Promise<AcceptedDocument | null> {
    const { taskId, tenantId } = origin
    const id = this.idOf(base, given) ?? deriveId('document', taskId, index)
    const versionId = toVersionId(taskId, index)
    const scope = { tenantId }
    for (let race = 1; ; race++) {
      const version = await this.#records.getVersion(scope, versionId)
      if (version?.state === 'DELETED') return null
      const document = await this.#records.getDocument(scope, id)
      if (version && document && document.latestNumber >= version.number) return { given, document, version }
      if (!document && given.id !== undefined) return null
      const contentSha256 = version ? version.contentSha256 : await this.#sources.findSha256(given, tenantId)
      const named = { id, versionId, base, origin, given, contentSha256 }
      try {
        const made = version ?? (await this.#insertVersion(named, document))
        return { given, document: await this.#record(named, document, made), version: made }
      } catch (error) {
        // Another version was a moment sooner, or the document is being deleted.
        const isRace = isErrorWithCode(error, 'CONFLICT') || isErrorWithCode(error, 'NOT_FOUND')
        if (!isRace || race >= RACES) throw error
      }
    }
  }

  async #insertVersion(named: Named, document: KnowledgeDocument | null): Promise<DocumentVersion> {
    const { id, versionId, base, origin } = named
    const latest = await this.#records.findLatest({ tenantId: origin.tenantId }, id)
    // What was never served says nothing of what is to stay as it was.
    const before = latest && latest.state !== 'FAILED' ? latest : document
    return this.#records.insertVersion({
      ...toTraits(named, before),
      id: versionId,
      tenantId: origin.tenantId,
      knowledgeBaseId: base.id,
      documentId: id,
      number: Math.max(latest?.number ?? 0, document?.latestNumber ?? 0) + 1,
      state: 'QUEUED',
      error: null,
      access: toAccess(named, { before, document }),
      content: null,
      contentBlobId: null,
      taskId: origin.taskId,
    })
  }

  #record(named: Named, document: KnowledgeDocument | null, version: DocumentVersion): Promise<KnowledgeDocument> {
    const { id, base, origin, given } = named
    const { number } = version
    const { taskId, tenantId, createdBy } = origin
    const atOnce = given.isAccessAtOnce === true ? { ...toAudience(version.access), accessNumber: number } : {}
    if (document)
      return this.#records.changeDocument({ tenantId }, id, (known) =>
        known.latestNumber >= number
          ? null
          : { ...known, latestNumber: number, state: 'QUEUED', error: null, taskId, ...atOnce },
      )
    return this.#records.insertDocument({
      ...toTraits(named, null),
      id,
      tenantId,
      knowledgeBaseId: base.id,
      key: given.key ?? null,
      state: 'QUEUED',
      error: null,
      versionId: null,
      versionNumber: 0,
      chunkCount: 0,
      latestNumber: number,
      taskId,
      accessNumber: number,
      ...toAudience(version.access),
      createdBy,
    })
  }
}

interface Named {
  readonly id: string
  readonly versionId: string
  readonly base: KnowledgeBaseDocument
  readonly origin: DocumentOrigin
  readonly given: NewDocument
  readonly contentSha256: string | null
}

type Before = DocumentTraits & Pick<DocumentVersion, 'access'>

const toTraits = ({ given, base, contentSha256 }: Named, before: Before | null): DocumentTraits => ({
  title: given.title ?? null,
  source: given.source ?? given.url ?? (given.id === undefined ? null : (before?.source ?? null)),
  mediaType: given.mediaType ?? null,
  contentSha256,
  metadata:
    given.metadata === undefined
      ? (before?.metadata ?? {})
      : parseMetadata(given.metadata, base.metadataFields, 'metadata'),
  chunking: given.chunking === undefined ? (before?.chunking ?? null) : given.chunking,
  pages: null,
  chunkCounts: {},
  sizeBytes: 0,
  warnings: [],
  diff: null,
})

/** Who adds a document for some sees it too, and who chooses other readers. */
function toAccess(
  { given, origin }: Pick<Named, 'given' | 'origin'>,
  { before, document }: { readonly before: Before | null; readonly document: KnowledgeDocument | null },
): AccessList | null {
  const { access } = given
  if (access === undefined) return before?.access ?? null
  if (access === null) return null
  const always = [origin.createdBy, ...(document ? [document.createdBy] : [])]
  return { groups: access.groups, users: [...new Set([...access.users, ...always])] }
}

export function toAudience(access: AccessList | null) {
  const readers = toReaders(access)
  return { access, audience: readers && JSON.stringify(readers) }
}
