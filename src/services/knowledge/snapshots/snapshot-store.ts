import { LRUCache } from 'lru-cache'
import { isErrorWithCode, notFound } from '../../../kernel/errors.js'
import type { KnowledgeBaseDocument, KnowledgeDocument, Snapshot, SnapshotMember } from '../../../domain/knowledge.js'
import { blobIdOf } from '../../../domain/stored-document.js'
import { SYSTEM_SCOPE, type DocumentBody, type DocumentStore, type Filter } from '../../../ports/document-store.js'
import { findFirst, ignoreMissing } from '../../document-reads.js'
import type { Payloads } from '../../payloads.js'
import type { DocumentRecords } from '../document-records.js'
import { SNAPSHOTS } from '../knowledge-collections.js'

type Base = Pick<KnowledgeBaseDocument, 'tenantId' | 'id'>

/** What a snapshot has, also of documents that were deleted since. */
export interface SnapshotMembers {
  readonly byDocument: ReadonlyMap<string, SnapshotMember>
  readonly versionIds: ReadonlySet<string>
}

export interface NewSnapshot extends Omit<DocumentBody<Snapshot>, 'members' | 'membersBlobId'> {
  readonly members: readonly SnapshotMember[]
}

interface PresentMember {
  readonly member: SnapshotMember
  readonly document: KnowledgeDocument
}

const PAGE_ITEMS = 500
/** Members of all snapshots together that are kept in memory. */
const KEPT_MEMBERS = 500_000
/** About what a member takes as JSON. */
const MEMBER_BYTES = 100

/** Snapshots: which version of each document was served at a time. */
export class SnapshotStore {
  readonly #documents: DocumentStore
  readonly #payloads: Payloads
  readonly #members = new LRUCache<string, Promise<SnapshotMembers>>({ maxSize: KEPT_MEMBERS })

  constructor(documents: DocumentStore, payloads: Payloads) {
    this.#documents = documents
    this.#payloads = payloads
  }

  get({ tenantId }: Pick<Base, 'tenantId'>, id: string): Promise<Snapshot | null> {
    return this.#documents.get(SNAPSHOTS, { tenantId }, id)
  }

  getByName({ tenantId, id }: Base, name: string): Promise<Snapshot | null> {
    const filter = { knowledgeBaseId: { eq: id }, name: { eq: name } }
    return findFirst(this.#documents, { collection: SNAPSHOTS, scope: { tenantId }, filter })
  }

  /** @throws GraphloomError `NOT_FOUND`. */
  async requireByName(base: KnowledgeBaseDocument, name: string): Promise<Snapshot> {
    const snapshot = await this.getByName(base, name)
    if (!snapshot) throw notFound(`snapshot of knowledge base "${base.name}"`, name)
    return snapshot
  }

  /** Those that are not being deleted, the latest first. */
  list(base: Base): Promise<Snapshot[]> {
    return this.#find(base, { name: { ne: null } })
  }

  /** @throws GraphloomError `CONFLICT` when there is one of this name. */
  async insert(snapshot: NewSnapshot): Promise<Snapshot> {
    const members = await this.#payloads.put(snapshot.members)
    return this.#documents.insert(SNAPSHOTS, { ...snapshot, members, membersBlobId: blobIdOf(members) })
  }

  /** From now on nobody finds it. */
  async hide(snapshot: Snapshot): Promise<void> {
    const { tenantId, revision } = snapshot
    try {
      await this.#documents.update(SNAPSHOTS, { tenantId }, revision, { ...snapshot, name: null })
    } catch (error) {
      // Nothing else changes a snapshot: somebody was sooner.
      if (!isErrorWithCode(error, 'CONFLICT') && !isErrorWithCode(error, 'NOT_FOUND')) throw error
    }
  }

  /** No error when it is gone. */
  async delete({ tenantId, id, members }: Snapshot): Promise<void> {
    await ignoreMissing(this.#documents.delete(SNAPSHOTS, { tenantId }, id))
    await this.#payloads.delete(members)
  }

  /** All of a base. */
  async deleteAll(base: Base): Promise<void> {
    for (;;) {
      const snapshots = await this.#find(base, {})
      for (const snapshot of snapshots) await this.delete(snapshot)
      if (snapshots.length < PAGE_ITEMS) return
    }
  }

  readMembers({ id, members }: Snapshot): Promise<SnapshotMembers> {
    let read = this.#members.get(id)
    if (!read) {
      read = this.#payloads.get(members).then(toMembers)
      const size = 1 + ('inline' in members ? members.inline.length : Math.ceil(members.sizeBytes / MEMBER_BYTES))
      this.#members.set(id, read, { size })
      read.catch(() => this.#members.delete(id))
    }
    return read
  }

  /** The members whose documents are there, with these as they are now. */
  async *readPresent(records: DocumentRecords, snapshot: Snapshot): AsyncGenerator<PresentMember> {
    const members = [...(await this.readMembers(snapshot)).byDocument.values()]
    for (let at = 0; at < members.length; at += PAGE_ITEMS) {
      const part = members.slice(at, at + PAGE_ITEMS)
      const ids = part.map(({ documentId }) => documentId)
      const documents = await records.getDocuments({ tenantId: snapshot.tenantId }, ids)
      for (const [i, member] of part.entries()) {
        const document = documents[i]
        if (document) yield { member, document }
      }
    }
  }

  /** The snapshots that have one of these versions, the latest first. */
  async having(
    base: Base,
    versionIds: readonly string[],
  ): Promise<readonly { readonly snapshot: Snapshot; readonly members: SnapshotMembers }[]> {
    const snapshots = await this.list(base)
    const all = await Promise.all(
      snapshots.map(async (snapshot) => ({ snapshot, members: await this.readMembers(snapshot) })),
    )
    return all.filter(({ members }) => versionIds.some((id) => members.versionIds.has(id)))
  }

  async isBlobReferenced(blobId: string): Promise<boolean> {
    return (await this.#documents.count(SNAPSHOTS, SYSTEM_SCOPE, { membersBlobId: { eq: blobId } })) > 0
  }

  async #find({ tenantId, id }: Base, more: Filter): Promise<Snapshot[]> {
    const filter = { knowledgeBaseId: { eq: id }, ...more }
    const page = { limit: PAGE_ITEMS, cursor: null, backward: false }
    const orderBy = [{ field: 'createdAt', direction: 'desc' }] as const
    const { items } = await this.#documents.find(SNAPSHOTS, { tenantId }, { filter, orderBy, page })
    return items.map(({ node }) => node)
  }
}

const toMembers = (members: readonly SnapshotMember[]): SnapshotMembers => ({
  byDocument: new Map(members.map((one) => [one.documentId, one])),
  versionIds: new Set(members.map(({ versionId }) => versionId)),
})
