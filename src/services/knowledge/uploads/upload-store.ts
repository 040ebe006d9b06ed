import { toIdOfKind } from '../../../kernel/ids.js'
import type { Page, PageRequest } from '../../../kernel/pages.js'
import type { UploadDocument, UploadPartDocument } from '../../../domain/upload.js'
import {
  SYSTEM_SCOPE,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type Scope,
} from '../../../ports/document-store.js'

export const UPLOADS: CollectionDefinition<UploadDocument> = {
  name: 'uploads',
  version: 1,
  fields: { state: 'string', expiresAt: 'number', blobId: 'string' },
  indexes: [
    { name: 'uploads_state', fields: ['state'] },
    { name: 'uploads_expiry', fields: ['expiresAt'], acrossTenants: true },
    { name: 'uploads_blob', fields: ['blobId'], acrossTenants: true, sparse: true },
  ],
}

export const UPLOAD_PARTS: CollectionDefinition<UploadPartDocument> = {
  name: 'upload_parts',
  version: 1,
  fields: { uploadId: 'string', from: 'number', blobId: 'string' },
  indexes: [
    { name: 'upload_parts_from', fields: ['uploadId', 'from'], unique: true },
    { name: 'upload_parts_blob', fields: ['blobId'], acrossTenants: true },
  ],
}

const PLACE_DIGITS = 15
/** So that the parts of an upload are one page. */
export const MAX_PARTS = 1_000

/** Uploads, and what has come of them. */
export class UploadStore {
  readonly #documents: DocumentStore

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  get(scope: Scope, id: string): Promise<UploadDocument | null> {
    return this.#documents.get(UPLOADS, scope, id)
  }

  getMany(scope: Scope, ids: readonly string[]): Promise<(UploadDocument | null)[]> {
    return this.#documents.getMany(UPLOADS, scope, ids)
  }

  countOpen(tenantId: string): Promise<number> {
    return this.#documents.count(UPLOADS, { tenantId }, { state: { eq: 'OPEN' } })
  }

  insert(upload: DocumentBody<UploadDocument>): Promise<UploadDocument> {
    return this.#documents.insert(UPLOADS, upload)
  }

  /** @throws GraphloomError `CONFLICT` when it was changed since it was read, `NOT_FOUND`. */
  update(next: UploadDocument): Promise<UploadDocument> {
    return this.#documents.update(UPLOADS, { tenantId: next.tenantId }, next.revision, next)
  }

  listExpired(nowMs: number, page: PageRequest): Promise<Page<UploadDocument>> {
    const orderBy = [{ field: 'expiresAt', direction: 'asc' }] as const
    return this.#documents.find(UPLOADS, SYSTEM_SCOPE, { filter: { expiresAt: { lte: nowMs } }, orderBy, page })
  }

  delete({ tenantId, id }: UploadDocument): Promise<void> {
    return this.#documents.delete(UPLOADS, { tenantId }, id)
  }

  /** In the order of their bytes. */
  async listParts({ tenantId, id }: UploadDocument): Promise<UploadPartDocument[]> {
    const found = await this.#documents.find(
      UPLOAD_PARTS,
      { tenantId },
      {
        filter: { uploadId: { eq: id }, from: { gte: 0 } },
        orderBy: [{ field: 'from', direction: 'asc' }],
        page: { limit: MAX_PARTS, cursor: null, backward: false },
      },
    )
    return found.items.map(({ node }) => node)
  }

  /** Its place decides its id: of two in one place one is refused. @throws GraphloomError `CONFLICT`. */
  insertPart(
    { tenantId, id: uploadId }: UploadDocument,
    part: Pick<UploadPartDocument, 'from' | 'through' | 'blobId' | 'isLast'>,
  ): Promise<UploadPartDocument> {
    const id = `${toIdOfKind('uploadPart', uploadId)}${String(part.from).padStart(PLACE_DIGITS, '0')}`
    return this.#documents.insert(UPLOAD_PARTS, { id, tenantId, uploadId, ...part })
  }

  deletePart({ tenantId, id }: UploadPartDocument): Promise<void> {
    return this.#documents.delete(UPLOAD_PARTS, { tenantId }, id)
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    const filter = { blobId: { eq: blobId } }
    return (
      (await this.#documents.count(UPLOADS, SYSTEM_SCOPE, filter)) > 0 ||
      (await this.#documents.count(UPLOAD_PARTS, SYSTEM_SCOPE, filter)) > 0
    )
  }
}
