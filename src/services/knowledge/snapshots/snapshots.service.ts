import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError, isErrorWithCode, notFound } from '../../../kernel/errors.js'
import { createId } from '../../../kernel/ids.js'
import type { Json } from '../../../kernel/json.js'
import type { Turns } from '../../../kernel/turns.js'
import type { KnowledgeBaseDocument, Snapshot, SnapshotMember } from '../../../domain/knowledge.js'
import type { Principal } from '../../../domain/principal.js'
import type { TaskDocument } from '../../../domain/task.js'
import { SYSTEM_SCOPE } from '../../../ports/document-store.js'
import type { Access } from '../../access/access.js'
import { removeAll, type RemovalStep } from '../../retention/removal-step.js'
import { toArgumentMistake } from '../../tasks/argument-mistake.js'
import type { TaskAcceptance } from '../../tasks/task-acceptance.js'
import type { BaseFigures, DocumentRecords } from '../document-records.js'
import type { IndexWriter } from '../index-writer.js'
import { toSnapshotIndex } from '../indexed-base.js'
import { isInAudience, readersOf } from '../knowledge-access.js'
import { checkName } from '../knowledge-base-input.js'
import type { KnowledgeBaseStore } from '../knowledge-base-store.js'
import type { Removals } from '../removals.js'
import { RESTORE_TASK, type RestoreInput } from './restore-type.js'
import { listOutdated } from './snapshot-retention.js'
import type { SnapshotStore } from './snapshot-store.js'

export interface SnapshotsOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
  readonly writer: IndexWriter
  readonly removals: Removals
  readonly tasks: Pick<TaskAcceptance, 'accept'>
  readonly turns: Turns
  readonly clock: Clock
}

/** Which snapshot of a base. */
export interface SnapshotChoice {
  /** Name. */
  readonly knowledgeBase: string
  readonly name: string
}

/** What was served of bases at a time, by name. */
export class SnapshotsService {
  readonly #options: SnapshotsOptions

  constructor(options: SnapshotsOptions) {
    this.#options = options
  }

  /** The latest first. @throws GraphloomError `FORBIDDEN`. */
  async list(principal: Principal, base: KnowledgeBaseDocument): Promise<Snapshot[]> {
    this.#options.access.require(principal, 'knowledge.read', base)
    return this.#options.snapshots.list(base)
  }

  /** Null when there is none that the principal can see. @throws GraphloomError `FORBIDDEN`. */
  async get(principal: Principal, id: string): Promise<Snapshot | null> {
    this.#options.access.require(principal, 'knowledge.read')
    const snapshot = await this.#options.snapshots.get(principal, id)
    return snapshot && snapshot.name !== null ? snapshot : null
  }

  /** What it has of the documents that are there for the principal. @throws GraphloomError `FORBIDDEN`. */
  async sumUp(principal: Principal, snapshot: Snapshot): Promise<Omit<BaseFigures, 'sizeBytes'>> {
    const { access, snapshots, records } = this.#options
    access.require(principal, 'knowledge.read', snapshot)
    const readers = readersOf(principal)
    let [documents, chunks] = [0, 0]
    for await (const { member, document } of snapshots.readPresent(records, snapshot)) {
      if (!isInAudience(document.audience, readers)) continue
      documents++
      chunks += member.chunkCount
    }
    return { documents, chunks }
  }

  /**
   * Keeps by a name what is served now.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT` when there is one of this name, `FORBIDDEN`.
   */
  async create(principal: Principal, { knowledgeBase, name }: SnapshotChoice): Promise<Snapshot> {
    const { access, bases, writer, removals, clock, snapshots } = this.#options
    access.require(principal, 'knowledge.change')
    checkName(name, 'input.name')
    const base = await bases.requireByName(principal.tenantId, knowledgeBase)
    const snapshot = await this.#insert(principal, base, name)
    // Searches say until then that they are not whole.
    writer.extend(toSnapshotIndex(base, snapshot)).catch(() => undefined)
    for (const one of listOutdated(base, await snapshots.list(base), clock.now()))
      await removals.removeSnapshot(base, one)
    return snapshot
  }

  /** @throws GraphloomError `NOT_FOUND`, `FORBIDDEN`. */
  async delete(principal: Principal, choice: SnapshotChoice): Promise<Snapshot> {
    const { access, removals } = this.#options
    access.require(principal, 'knowledge.delete')
    const { base, snapshot } = await this.#require(principal, choice)
    await removals.removeSnapshot(base, snapshot)
    return snapshot
  }

  /**
   * Begins to bring documents back to what they were, as a task.
   * @throws GraphloomError `NOT_FOUND`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `FORBIDDEN`.
   */
  async restore(
    principal: Principal,
    choice: SnapshotChoice & { readonly idempotencyKey: string | null },
  ): Promise<TaskDocument> {
    this.#options.access.require(principal, 'knowledge.change')
    const { base, snapshot } = await this.#require(principal, choice)
    const { idempotencyKey } = choice
    const { byDocument } = await this.#options.snapshots.readMembers(snapshot)
    const what = { knowledgeBaseId: base.id, snapshotId: snapshot.id, memberCount: byDocument.size }
    const input: RestoreInput = { ...what, readers: readersOf(principal) }
    try {
      return await this.#options.tasks.accept(principal, {
        type: RESTORE_TASK,
        input: input as unknown as Json,
        ...(idempotencyKey !== null && { idempotencyKey }),
      })
    } catch (error) {
      throw toArgumentMistake(error, 'input.')
    }
  }

  /** Lets those go that are too old. */
  removeExpired: RemovalStep = async (page) => {
    const { bases, removals, snapshots, clock } = this.#options
    return removeAll(await bases.list(SYSTEM_SCOPE, page), async (base) => {
      if (base.snapshotRetention.maxAgeDays === null) return
      for (const one of listOutdated(base, await snapshots.list(base), clock.now()))
        await removals.removeSnapshot(base, one)
    })
  }

  /** Nothing that is served changes while it is looked at. */
  async #insert(principal: Principal, { tenantId, id }: KnowledgeBaseDocument, name: string): Promise<Snapshot> {
    const { bases, records, snapshots, turns } = this.#options
    using _turn = await turns.take(id)
    const base = await bases.get({ tenantId }, id)
    if (!base) throw notFound('knowledge base', id)
    const generation = base.activeGeneration
    const members: SnapshotMember[] = []
    for await (const { id: documentId, versionId, chunkCounts } of records.readServed(base))
      members.push({ documentId, versionId, chunkCount: chunkCounts[generation] ?? 0 })
    const { subject: createdBy } = principal
    const named = { id: createId('snapshot'), tenantId, knowledgeBaseId: id, name, generation, createdBy }
    try {
      return await snapshots.insert({ ...named, members })
    } catch (error) {
      if (!isErrorWithCode(error, 'CONFLICT')) throw error
      throw new GraphloomError('CONFLICT', `There is a snapshot "${name}" of knowledge base "${base.name}" already.`)
    }
  }

  async #require({ tenantId }: Principal, { knowledgeBase, name }: SnapshotChoice) {
    const { bases, snapshots } = this.#options
    const base = await bases.requireByName(tenantId, knowledgeBase)
    return { base, snapshot: await snapshots.requireByName(base, name) }
  }
}
