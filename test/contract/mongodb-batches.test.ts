import { describe, expect, test } from 'vitest'
import { requireMongod } from '../support/mongo.js'
import { ACME, codeOf, firstPage, widget, WIDGETS } from './document-store.fixture.js'
import { connectPlainly, createFolder, openMongoState, useMongo } from './mongodb.fixture.js'
import { GraphloomError } from '../../src/kernel/errors.js'
import { SYSTEM_SCOPE, type InsertRequest } from '../../src/ports/document-store.js'
import type { EffectSink } from '../../src/ports/effect-sink.js'

const mongod = await requireMongod()

const request = (id: string): InsertRequest => ({
  collection: WIDGETS,
  document: widget(id, { state: 'NEW' }),
  effects: { events: [{ stream: id, type: 'Written', data: id }] },
})

const REQUESTS = ['w1', 'w2', 'w3'].map(request)

/** The others as they are before the first is inserted, which is left as it is before the others are shown. */
async function holdBack(uri: string, ids: readonly string[], isCommitted: boolean): Promise<void> {
  await using client = await connectPlainly(uri)
  const widgets = client.db().collection<{ _id: string }>('widgets')
  const event = (id: string) => JSON.stringify({ events: [{ stream: id, type: 'Written', data: id }] })
  const outbox = (id: string) => [{ revision: 1, effects: event(id) }]
  const [first, ...others] = ids
  for (const id of others)
    await widgets.updateOne({ _id: id }, [
      { $set: { batch: 'b', held: { tenant: '$tenant', outbox: outbox(id) } } },
      { $unset: 'tenant' },
    ])
  if (isCommitted) await widgets.updateOne({ _id: first! }, { $set: { batch: 'b', outbox: outbox(first!) } })
  else await widgets.deleteOne({ _id: first! })
}

describe.skipIf(mongod === null)('documents inserted together in MongoDB', () => {
  const server = useMongo('standalone')

  for (const isCommitted of [false, true])
    test(`what a process left ${isCommitted ? 'after' : 'before'} the commit is ${isCommitted ? 'shown' : 'removed'} at the next start`, async () => {
      await using folder = await createFolder()
      await using other = await createFolder()
      const uri = server().freshUri()
      const open = (directory: string) => openMongoState({ uri, directory, collections: [WIDGETS] })
      {
        await using state = await open(folder.path)
        await state.documents.insertAll(REQUESTS)
        await holdBack(uri, ['w1', 'w2', 'w3'], isCommitted)
        for (const scope of [ACME, SYSTEM_SCOPE]) {
          expect(await state.documents.count(WIDGETS, scope)).toBe(isCommitted ? 1 : 0)
          expect(await state.documents.getMany(WIDGETS, scope, ['w2', 'w3'])).toEqual([null, null])
          expect((await state.documents.find(WIDGETS, scope, { page: firstPage(9) })).items).toHaveLength(
            isCommitted ? 1 : 0,
          )
          expect(await codeOf(state.documents.update(WIDGETS, scope, 1, widget('w2')))).toBe('NOT_FOUND')
          expect(await codeOf(state.documents.delete(WIDGETS, scope, 'w2'))).toBe('NOT_FOUND')
        }
      }
      // Another event log, to which nothing was delivered.
      await using state = await open(other.path)
      expect(await state.documents.count(WIDGETS, ACME, { state: { eq: 'NEW' } })).toBe(isCommitted ? 3 : 0)
      for (const id of ['w1', 'w2', 'w3'])
        expect((await state.sqlite.events.head(id)).lastSequence).toBe(isCommitted ? 1 : 0)
      await using client = await connectPlainly(uri)
      const marked = { $or: [{ batch: { $exists: true } }, { held: { $exists: true } }, { outbox: { $exists: true } }] }
      expect(await client.db().collection('widgets').countDocuments(marked)).toBe(0)
      expect(await client.db().collection('widgets').countDocuments()).toBe(isCommitted ? 3 : 0)
    })

  test('effects that cannot be delivered follow by themselves', async () => {
    await using folder = await createFolder()
    let isFailing = true
    const wrapSink = (sink: EffectSink): EffectSink => ({
      deliver: (delivery) =>
        isFailing ? Promise.reject(new GraphloomError('UNAVAILABLE', 'The sink fails.')) : sink.deliver(delivery),
    })
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS], wrapSink })
    await expect(state.documents.insertAll(REQUESTS)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('took place') as unknown,
    })
    expect(await state.documents.count(WIDGETS, ACME)).toBe(3)
    isFailing = false
    const written = async () => (await state.sqlite.events.head('w3')).lastSequence
    await expect.poll(written, { timeout: 60_000 }).toBe(1)
  })
})
