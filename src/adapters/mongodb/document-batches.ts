import { randomUUID } from 'node:crypto'
import type { Collection } from 'mongodb'
import { isErrorWithCode } from '../../kernel/errors.js'
import { insertDocument, toConflict, toInsertedForm, type WriteRequest } from './document-writes.js'
import type { OutboxDelivery } from './outbox-delivery.js'
import type { StoredForm } from './stored-form.js'

const HELD_TOGETHER = 1_000
const DELIVERED_TOGETHER = 500

type Collections = readonly Collection<StoredForm>[]
/** Makes one bounded call. */
type Call = (work: () => Promise<unknown>) => Promise<unknown>

export interface BatchCalls {
  /** Ends with the caller's signal. */
  readonly beforeCommit: Call
  readonly afterCommit: Call
}

/**
 * Documents that are inserted together, without a transaction. All but the first are stored as held: their tenant and
 * their effects are put aside, so that no read and no delivery finds them. The insert of the first, which names the
 * batch, is the commit: after it the others are shown, at the next start at the latest; without it they are removed
 * there.
 */
export async function insertBatch(
  writes: readonly WriteRequest[],
  delivery: OutboxDelivery,
  { beforeCommit, afterCommit }: BatchCalls,
): Promise<void> {
  const [first, ...others] = writes
  if (!first) return
  const batch = randomUUID()
  const collections = [...new Set(writes.map(({ collection }) => collection))]
  try {
    for (let at = 0; at < others.length; at += HELD_TOGETHER)
      await beforeCommit(() => holdDocuments(others.slice(at, at + HELD_TOGETHER), batch))
  } catch (error) {
    await removeHeld(collections, batch).catch(() => undefined)
    throw error
  }
  try {
    const settleDeleted = (): Promise<void> => delivery.settle(first.collection, first.written.id)
    await beforeCommit(() => insertDocument({ ...first, batch }, settleDeleted))
  } catch (error) {
    // After any other error it may have been inserted.
    if (isErrorWithCode(error, 'CONFLICT')) await removeHeld(collections, batch).catch(() => undefined)
    throw error
  }
  await afterCommit(() => showBatch(collections, batch))
  for (const part of effectParts(writes)) await afterCommit(() => delivery.settleInserted(part.collection, part.ids))
}

async function holdDocuments(writes: readonly WriteRequest[], batch: string): Promise<void> {
  const byCollection = Map.groupBy(writes, ({ collection }) => collection)
  for (const [collection, own] of byCollection) {
    const held = own.map((write) => {
      const { tenant, outbox, ...rest } = toInsertedForm(write)
      return { ...rest, batch, held: { tenant, ...(outbox && { outbox }) } } as unknown as StoredForm
    })
    try {
      await collection.insertMany(held)
    } catch (error) {
      throw toConflict(collection, error) ?? error
    }
  }
}

/** Documents with effects, in their order, as many of one collection as are delivered together. */
function effectParts(writes: readonly WriteRequest[]): { collection: Collection<StoredForm>; ids: string[] }[] {
  const parts: { collection: Collection<StoredForm>; ids: string[] }[] = []
  for (const { collection, written, effects } of writes) {
    if (effects === null) continue
    const last = parts.at(-1)
    if (last?.collection === collection && last.ids.length < DELIVERED_TOGETHER) last.ids.push(written.id)
    else parts.push({ collection, ids: [written.id] })
  }
  return parts
}

const HELD = { held: { $exists: true } } as const
const NOT_HELD = { held: { $exists: false } } as const

async function showBatch(collections: Collections, batch: string): Promise<void> {
  const show = [{ $set: { tenant: '$held.tenant', outbox: '$held.outbox' } }, { $unset: ['batch', 'held'] }]
  for (const collection of collections) await collection.updateMany({ batch, ...HELD }, show)
  for (const collection of collections) await collection.updateMany({ batch, ...NOT_HELD }, { $unset: { batch: '' } })
}

async function removeHeld(collections: Collections, batch: string): Promise<void> {
  for (const collection of collections) await collection.deleteMany({ batch, ...HELD })
}

/** Shows the documents of batches that were committed and not shown. */
export async function showCommitted(collections: Collections): Promise<void> {
  for (const collection of collections) {
    const committed = collection.find({ batch: { $exists: true }, ...NOT_HELD }, { projection: { batch: 1 } })
    for (const { batch } of await committed.toArray()) if (batch !== undefined) await showBatch(collections, batch)
  }
}

/** Ends what a process that is gone had begun: nothing of a batch is left held. */
export async function recoverBatches(collections: Collections): Promise<void> {
  await showCommitted(collections)
  for (const collection of collections) await collection.deleteMany({ batch: { $exists: true }, ...HELD })
}
