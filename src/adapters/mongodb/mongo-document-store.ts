import type { Collection, Db } from 'mongodb'
import type { StoredDocument } from '../../domain/stored-document.js'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import type { Page } from '../../kernel/pages.js'
import {
  type CallOptions,
  type CollectionDefinition,
  type DocumentBody,
  type DocumentStore,
  type FieldValue,
  type Filter,
  type FindRequest,
  type GroupSum,
  type InsertRequest,
  MAX_INSERTED_TOGETHER,
  type Scope,
  type WriteEffects,
} from '../../ports/document-store.js'
import type { CallGate } from './call-gate.js'
import { hasUniqueValue, requireField } from './collection-fields.js'
import { insertBatch } from './document-batches.js'
import { findPage } from './document-pages.js'
import { allOf, type Condition, filterConditions, scopeCondition } from './document-query.js'
import { insertDocument, markDeleted, updateDocument } from './document-writes.js'
import type { MongoLease } from './mongo-lease.js'
import type { OutboxDelivery } from './outbox-delivery.js'
import { toEffectsText } from './outbox-entry.js'
import { isId, READ_PROJECTION, type ReadForm, type StoredForm, toDocument, toWrittenForm } from './stored-form.js'

const MAX_IDS = 1_000
const MAX_GROUPS = 1_000
const UNIQUE_VALUE = 'only the first of documents that are inserted together may have values in a unique index'

export interface MongoDocumentStoreDeps {
  readonly db: Db
  readonly collections: ReadonlyMap<string, Collection<StoredForm>>
  readonly gate: CallGate
  readonly delivery: OutboxDelivery
  readonly lease: MongoLease
  readonly now: () => number
  readonly description: string
}

/** Each write is one of a single document, with what it causes; there are no transactions. */
export class MongoDocumentStore implements DocumentStore {
  readonly #deps: MongoDocumentStoreDeps
  readonly description: string

  constructor(deps: MongoDocumentStoreDeps) {
    this.#deps = deps
    this.description = deps.description
  }

  async get<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    id: string,
    options?: CallOptions,
  ): Promise<T | null> {
    const [found] = await this.getMany(c, scope, [id], options)
    return found ?? null
  }

  async getMany<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    ids: readonly string[],
    options?: CallOptions,
  ): Promise<(T | null)[]> {
    const collection = this.#collection(c)
    if (ids.length > MAX_IDS) throw invalidInput('ids', `more than ${MAX_IDS}`)
    const wanted = [...new Set(ids)].filter(isId)
    const filter = allOf([{ _id: { $in: wanted } }, scopeCondition(scope)])
    const rows = await this.#deps.gate.read(options?.signal, async () => {
      if (wanted.length === 0) return []
      return collection.find<ReadForm>(filter, { projection: READ_PROJECTION, batchSize: MAX_IDS }).toArray()
    })
    const found = new Map(rows.map((row) => [row._id, row]))
    return ids.map((id) => {
      const row = found.get(id)
      return row ? toDocument<T>(row) : null
    })
  }

  async insert<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    document: DocumentBody<T>,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<T> {
    const collection = this.#collection(c)
    const { delivery, now } = this.#deps
    const written = toWrittenForm(c, document)
    const text = toEffectsText(effects)
    const nowMs = now()
    await this.#write(options, async () => {
      const request = { collection, written, version: c.version, effects: text, nowMs }
      await insertDocument(request, () => delivery.settle(collection, written.id))
      if (text !== null) await delivery.settle(collection, written.id)
    })
    return toDocument<T>({ body: written.body, revision: 1, createdAt: nowMs, updatedAt: nowMs })
  }

  async insertAll(requests: readonly InsertRequest[], options?: CallOptions): Promise<void> {
    if (requests.length > MAX_INSERTED_TOGETHER) throw invalidInput('requests', `more than ${MAX_INSERTED_TOGETHER}`)
    const nowMs = this.#deps.now()
    const writes = requests.map(({ collection: c, document, effects }, at) => {
      if (at > 0 && hasUniqueValue(c, document)) throw invalidInput(`requests.${at}`, UNIQUE_VALUE)
      const written = toWrittenForm(c, document)
      return { collection: this.#collection(c), written, version: c.version, effects: toEffectsText(effects), nowMs }
    })
    await insertBatch(writes, this.#deps.delivery, {
      beforeCommit: (work) => this.#write(options, work),
      afterCommit: (work) => this.#write(undefined, work),
    })
  }

  async update<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    expectedRevision: number,
    document: DocumentBody<T>,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<T> {
    const collection = this.#collection(c)
    const { delivery, now } = this.#deps
    const written = toWrittenForm(c, document)
    const text = toEffectsText(effects)
    return this.#write(options, async () => {
      const request = { collection, written, version: c.version, effects: text, nowMs: now() }
      const updated = await updateDocument(request, scope, expectedRevision)
      if (text !== null) await delivery.settle(collection, written.id)
      return toDocument<T>({ ...updated, body: written.body })
    })
  }

  async delete<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    id: string,
    expectedRevision?: number,
    effects?: WriteEffects,
    options?: CallOptions,
  ): Promise<void> {
    const collection = this.#collection(c)
    const text = toEffectsText(effects)
    await this.#write(options, async () => {
      const request = { id, expectedRevision, effects: text }
      await markDeleted(collection, scope, request)
      // Also without effects, so that the sink learns that the id may begin anew.
      await this.#deps.delivery.settle(collection, id)
    })
  }

  async find<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    request: FindRequest,
    options?: CallOptions,
  ): Promise<Page<T>> {
    const collection = this.#collection(c)
    return this.#deps.gate.read(options?.signal, () => findPage(c, collection, scope, request))
  }

  async count<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    filter?: Filter,
    options?: CallOptions,
  ): Promise<number> {
    const collection = this.#collection(c)
    const where = conditionOf(c, scope, filter)
    return this.#deps.gate.read(options?.signal, () => collection.countDocuments(where))
  }

  async groupSum<T extends StoredDocument>(
    c: CollectionDefinition<T>,
    scope: Scope,
    request: { readonly by: readonly string[]; readonly sum?: string; readonly filter?: Filter },
    options?: CallOptions,
  ): Promise<GroupSum[]> {
    const collection = this.#collection(c)
    const fields = request.by.map((name) => requireField(c, name))
    const summed = request.sum === undefined ? null : requireField(c, request.sum)
    if (summed && summed.kind !== 'number') throw invalidInput(summed.name, 'is not a number field')
    const keys = Object.fromEntries(fields.map(({ path }, at) => [`k${at}`, `$${path}`]))
    const pipeline = [
      { $match: conditionOf(c, scope, request.filter) },
      { $group: { _id: keys, count: { $sum: 1 }, sum: { $sum: summed ? `$${summed.path}` : 0 } } },
      { $sort: { _id: 1 } },
      { $limit: MAX_GROUPS + 1 },
    ]
    type Group = { readonly _id: Record<string, FieldValue>; readonly count: number; readonly sum: number }
    const groups = await this.#deps.gate.read(options?.signal, () => collection.aggregate<Group>(pipeline).toArray())
    if (groups.length > MAX_GROUPS) throw invalidInput('by', `gives more than ${MAX_GROUPS} groups`)
    return groups.map(({ _id, count, sum }) => ({ key: fields.map((_, at) => _id[`k${at}`] ?? null), count, sum }))
  }

  /** The database's files are its own. */
  erase(): Promise<boolean> {
    return Promise.resolve(true)
  }

  async check(options?: CallOptions): Promise<void> {
    await this.#deps.gate.read(options?.signal, async () => {
      this.#deps.lease.requireHeld()
      await this.#deps.db.command({ ping: 1 })
    })
  }

  #write<T>(options: CallOptions | undefined, work: () => Promise<T>): Promise<T> {
    return this.#deps.gate.write(options?.signal, async () => {
      this.#deps.lease.requireHeld()
      return work()
    })
  }

  #collection(c: { readonly name: string }): Collection<StoredForm> {
    const collection = this.#deps.collections.get(c.name)
    if (!collection) throw new GraphloomError('INTERNAL', `The store was opened without the collection "${c.name}".`)
    return collection
  }
}

const conditionOf = <T extends StoredDocument>(c: CollectionDefinition<T>, scope: Scope, filter?: Filter): Condition =>
  allOf([scopeCondition(scope), ...filterConditions(c, filter)])
