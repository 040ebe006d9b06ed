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

  /** The id that a document of this key has. */
  idOf({ id }: Pick<KnowledgeBaseDocument, 'id'>, key: string): string {
    return deriveId('document', id, key)
  }

  /** Null when the document was deleted since. */
  async ensure(
    base: KnowledgeBaseDocument,
    origin: DocumentOrigin,
    [index, given]: readonly [number, NewDocument],
  ): Promise<AcceptedDocument | null> {
    const { key } = given
    const { taskId, tenantId } = origin
    const id = key === undefined ? deriveId('document', taskId, index) : this.idOf(base, key)
    const versionId = toVersionId(taskId, index)
    const scope = { tenantId }
    for (let race = 1; ; race++) {
      const version = await this.#records.getVersion(scope, versionId)
      if (version?.state === 'DELETED') return null
      const document = await this.#records.getDocument(scope, id)
      if (version && document && document.latestNumber >= version.number) return { given, document, version }
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
    const { id, versionId, base, origin, given } = named
    const latest = await this.#records.findLatestNumber({ tenantId: origin.tenantId }, id)
    return this.#records.insertVersion({
      ...toTraits(named),
      id: versionId,
      tenantId: origin.tenantId,
      knowledgeBaseId: base.id,
      documentId: id,
      number: Math.max(latest, document?.latestNumber ?? 0) + 1,
      state: 'QUEUED',
      error: null,
      access: toAccess(given, origin),
      content: null,
      contentBlobId: null,
      taskId: origin.taskId,
    })
  }

  #record(named: Named, document: KnowledgeDocument | null, { number }: DocumentVersion): Promise<KnowledgeDocument> {
    const { id, base, origin, given } = named
    const { taskId, tenantId, createdBy } = origin
    if (document)
      return this.#records.changeDocument({ tenantId }, id, (known) =>
        known.latestNumber >= number ? null : { ...known, latestNumber: number, state: 'QUEUED', error: null, taskId },
      )
    return this.#records.insertDocument({
      ...toTraits(named),
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
      ...toAudience(toAccess(given, origin)),
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

const toTraits = ({ given, base, contentSha256 }: Named): DocumentTraits => ({
  title: given.title ?? null,
  source: given.source ?? given.url ?? null,
  mediaType: given.mediaType ?? null,
  contentSha256,
  metadata: parseMetadata(given.metadata ?? {}, base.metadataFields, 'metadata'),
  pages: null,
  chunkCounts: {},
  sizeBytes: 0,
  warnings: [],
  diff: null,
})

/** Who adds a document for some sees it too. */
const toAccess = ({ access }: NewDocument, { createdBy }: DocumentOrigin): AccessList | null =>
  access ? { groups: access.groups, users: [...new Set([...access.users, createdBy])] } : null

export function toAudience(access: AccessList | null) {
  const readers = toReaders(access)
  return { access, audience: readers && JSON.stringify(readers) }
}
