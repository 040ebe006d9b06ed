import { isDeepStrictEqual } from 'node:util'
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { FieldKind } from '../../ports/document-store.js'
import { type AnyCollection, declaredFields, partsName } from './collection-fields.js'
import { dropUniqueIndexes, openIndexes } from './collection-indexes.js'
import { type StoredForm, toIndexedValues } from './stored-form.js'

const META_COLLECTION = 'graphloom_meta'
const MIGRATION_BATCH = 500
const MIGRATION_BATCH_BYTES = 8 * 1_048_576
/** Version of the stored form itself. */
const FORMAT_VERSION = 1

interface MetaDocument {
  readonly _id: string
  readonly version: number
  readonly fields?: Readonly<Record<string, FieldKind>>
}

export interface MigrationOptions {
  readonly db: Db
  readonly logger: Logger
}

/** `UNAVAILABLE` when a newer server has written the database. */
export async function openFormat({ db }: MigrationOptions): Promise<void> {
  const meta = db.collection<MetaDocument>(META_COLLECTION)
  const found = await meta.findOne({ _id: 'format' })
  if (found && found.version > FORMAT_VERSION) throw newerData(db, 'format', found.version, FORMAT_VERSION)
  if (!found) await meta.updateOne({ _id: 'format' }, { $setOnInsert: { version: FORMAT_VERSION } }, { upsert: true })
}

/**
 * Brings a collection to its definition: documents of older versions, values of new fields, indexes. What was
 * interrupted goes on at the next start, because the version in `meta` changes last and each document carries its own.
 */
export async function openCollection(definition: AnyCollection, options: MigrationOptions): Promise<void> {
  const { db, logger } = options
  const meta = db.collection<MetaDocument>(META_COLLECTION)
  const collection = db.collection<StoredForm>(definition.name)
  const _id = `collection:${definition.name}`
  const known = await meta.findOne({ _id })
  if (known && known.version > definition.version)
    throw newerData(db, `version of ${definition.name}`, known.version, definition.version)
  const searched = definition.indexes.filter(({ text }) => text).map(({ fields: [name = ''] }) => partsName(name))
  const fields: Record<string, FieldKind> = {
    ...Object.fromEntries(declaredFields(definition).map(({ name, kind }) => [name, kind])),
    ...Object.fromEntries(searched.map((name) => [name, 'string'])),
  }
  if (known && (known.version < definition.version || !isDeepStrictEqual(known.fields, fields)))
    await rewriteDocuments(definition, collection, logger)
  await openIndexes(definition, collection, logger)
  await meta.updateOne({ _id }, { $set: { version: definition.version, fields } }, { upsert: true })
}

const newerData = (db: Db, what: string, found: number, supported: number): GraphloomError =>
  new GraphloomError(
    'UNAVAILABLE',
    `The MongoDB database ${db.databaseName} was written by a newer version of the server: it has ${what} ${found}, this server knows ${what} ${supported} at most.`,
  )

async function rewriteDocuments(
  definition: AnyCollection,
  collection: Collection<StoredForm>,
  logger: Logger,
): Promise<void> {
  // Values that change one after the other may be equal for a while.
  await dropUniqueIndexes(collection)
  let count = 0
  let batch: AnyBulkWriteOperation<StoredForm>[] = []
  let batchBytes = 0
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await collection.bulkWrite(batch, { ordered: false })
    count += batch.length
    batch = []
    batchBytes = 0
  }
  const projection = { tenant: 1, version: 1, body: 1 }
  await using cursor = collection.find(
    { deleted: { $exists: false } },
    { projection, sort: { _id: 1 }, batchSize: 100 },
  )
  for await (const stored of cursor) {
    batch.push(toRewrite(definition, stored))
    batchBytes += stored.body.length
    if (batch.length >= MIGRATION_BATCH || batchBytes >= MIGRATION_BATCH_BYTES) await flush()
  }
  await flush()
  const { name, version } = definition
  logger.info({ collection: name, version, documents: count }, 'stored documents migrated')
}

function toRewrite(definition: AnyCollection, stored: StoredForm): AnyBulkWriteOperation<StoredForm> {
  const document = migrateDocument(definition, stored)
  const written = {
    version: definition.version,
    body: JSON.stringify(document),
    f: toIndexedValues(definition, document),
  }
  return { updateOne: { filter: { _id: stored._id, version: stored.version }, update: { $set: written } } }
}

function migrateDocument(definition: AnyCollection, stored: StoredForm): Record<string, Json> {
  let document = JSON.parse(stored.body) as Record<string, Json>
  for (let version = stored.version; version < definition.version; version++) {
    const migrate = definition.migrations?.[version]
    if (!migrate) throw new GraphloomError('INTERNAL', `${definition.name} has no migration from version ${version}.`)
    document = migrate(document)
  }
  return { ...document, id: stored._id, tenantId: stored.tenant ?? null }
}
