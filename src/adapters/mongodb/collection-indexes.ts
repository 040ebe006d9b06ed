import { isDeepStrictEqual } from 'node:util'
import { type Collection, type Document, type IndexDescriptionInfo, MongoServerError } from 'mongodb'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import { type AnyCollection, indexFields, LEAST_VALUES } from './collection-fields.js'
import { isDuplicateKey, isOwnIndex, toIndexName, unavailableReason } from './mongo-error.js'
import { OUTBOX_INDEX } from './outbox-sweeper.js'
import type { StoredForm } from './stored-form.js'

const INDEX_OPTIONS_CONFLICT = 85

interface WantedIndex {
  /** As the definition calls it. */
  readonly name: string
  readonly indexName: string
  readonly key: Readonly<Record<string, 1>>
  readonly unique: boolean
  readonly sparse: boolean
  readonly partialFilterExpression?: Document
}

/**
 * Makes the indexes that are missing, drops those of this server that are not wanted any more. `UNAVAILABLE` naming
 * the index and the reason when one cannot be made.
 */
export async function openIndexes(
  definition: AnyCollection,
  collection: Collection<StoredForm>,
  logger: Logger,
): Promise<void> {
  const wanted = wantedIndexes(definition)
  const present = await listIndexes(collection)
  for (const index of present) {
    const same = wanted.find(({ indexName }) => indexName === index.name)
    if (isOwnIndex(index.name) && !(same && isSame(same, index))) await collection.dropIndex(index.name)
  }
  for (const index of wanted) {
    if (present.some((one) => one.name === index.indexName && isSame(index, one))) continue
    await createIndex(collection, index)
    logger.debug({ collection: definition.name, index: index.name }, 'index created')
  }
}

export async function dropUniqueIndexes(collection: Collection<StoredForm>): Promise<void> {
  for (const { name, unique } of await listIndexes(collection))
    if (unique && isOwnIndex(name)) await collection.dropIndex(name)
}

function wantedIndexes(definition: AnyCollection): WantedIndex[] {
  const own: WantedIndex[] = [
    { name: 'outbox', indexName: OUTBOX_INDEX, key: { 'outbox.revision': 1 }, unique: false, sparse: true },
    { name: 'batch', indexName: toIndexName('_batch'), key: { batch: 1 }, unique: false, sparse: true },
    { name: 'tenant', indexName: toIndexName('_tenant'), key: { tenant: 1, _id: 1 }, unique: false, sparse: false },
  ]
  const declared = definition.indexes.map((index): WantedIndex => {
    const fields = indexFields(definition, index)
    // Combinations with a null are not in the index, and so not constrained. Comparisons serve rather than types: the
    // planner sees of them that a query for a value stays within the index.
    const present = fields
      .filter(({ nullable }) => nullable)
      .map(({ path, kind }) => [path, index.sparse && kind === 'boolean' ? true : { $gte: LEAST_VALUES[kind] }])
    return {
      name: index.name,
      indexName: toIndexName(index.name),
      key: Object.fromEntries(fields.map(({ path }) => [path, 1 as const])),
      unique: index.unique === true,
      sparse: false,
      ...((index.unique || index.sparse) && {
        partialFilterExpression: {
          ...(!index.acrossTenants && { tenant: { $gte: '' } }),
          ...(Object.fromEntries(present) as Document),
        },
      }),
      ...(index.text && { partialFilterExpression: Object.fromEntries(present.slice(0, 1)) as Document }),
    }
  })
  return [...own, ...declared]
}

async function createIndex(collection: Collection<StoredForm>, index: WantedIndex): Promise<void> {
  const { name, indexName, key, unique, sparse, partialFilterExpression } = index
  try {
    const settings = {
      name: indexName,
      ...(unique && { unique }),
      ...(sparse && { sparse }),
      ...(partialFilterExpression && { partialFilterExpression }),
    }
    await collection.createIndex(key, settings, {})
  } catch (error) {
    const what = `index "${name}" of collection "${collection.collectionName}"`
    throw new GraphloomError('UNAVAILABLE', `MongoDB: the ${what} cannot be made: ${reasonOf(error)}.`)
  }
}

function reasonOf(error: unknown): string {
  if (isDuplicateKey(error)) return 'stored documents have equal values'
  const reason = unavailableReason(error)
  if (reason !== null) return reason
  if (!(error instanceof MongoServerError)) return error instanceof Error ? error.name : 'unknown reason'
  if (error.code === INDEX_OPTIONS_CONFLICT) return 'there is one with the same fields under another name'
  return error.codeName ?? `error ${String(error.code)}`
}

type PresentIndex = IndexDescriptionInfo & { readonly name: string }

async function listIndexes(collection: Collection<StoredForm>): Promise<PresentIndex[]> {
  const known = await collection.db.listCollections({ name: collection.collectionName }, { nameOnly: true }).toArray()
  const indexes = known.length > 0 ? await collection.indexes() : []
  return indexes.map((index) => ({ ...index, name: index.name ?? '' }))
}

const isSame = (wanted: WantedIndex, present: IndexDescriptionInfo): boolean =>
  isDeepStrictEqual(Object.entries(wanted.key), Object.entries(present.key)) &&
  wanted.unique === (present.unique === true) &&
  wanted.sparse === (present.sparse === true) &&
  isDeepStrictEqual(wanted.partialFilterExpression, present.partialFilterExpression)
