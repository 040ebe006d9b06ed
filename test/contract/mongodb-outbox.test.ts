import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import { type DocumentStore, SYSTEM_SCOPE } from '../../src/ports/document-store.js'
import type { EffectDelivery, EffectSink } from '../../src/ports/effect-sink.js'
import type { EventLog } from '../../src/ports/event-log.js'
import { requireMongod } from '../support/mongo.js'
import { ACME, codeOf, firstPage, widget, WIDGETS } from './document-store.fixture.js'
import { connectPlainly, createFolder, openMongoState, useMongo } from './mongodb.fixture.js'

const mongod = await requireMongod()
const CRASHING = fileURLToPath(new URL('./mongodb-crash.process.js', import.meta.url))
const MAX_PENDING = 64

const written = (stream: string, data: number) => ({ events: [{ stream, type: 'Written', data }] })

/** Resolves when the stream has so many events. */
function hasEvents(events: EventLog, stream: string, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      events.head(stream).then(({ lastSequence }) => {
        if (lastSequence < count) return
        subscription[Symbol.dispose]()
        resolve()
      }, reject)
    }
    const subscription = events.subscribe(stream, look)
    look()
  })
}

/** A sink that fails while `isFailing` says so, and remembers what it delivered. */
function watchedSink() {
  const state = { isFailing: false, delivered: [] as EffectDelivery[] }
  const wrapSink = (sink: EffectSink): EffectSink => ({
    deliver: async (delivery) => {
      if (state.isFailing) throw new GraphloomError('UNAVAILABLE', 'The sink fails.')
      const isNew = await sink.deliver(delivery)
      if (isNew) state.delivered.push(delivery)
      return isNew
    },
  })
  return { state, wrapSink }
}

const dataOf = async (events: EventLog, stream: string): Promise<unknown[]> =>
  (await events.read(stream, 0, 1_000)).map(({ data }) => data)

async function expectInvisible(store: DocumentStore): Promise<void> {
  for (const scope of [ACME, SYSTEM_SCOPE]) {
    expect(await store.get(WIDGETS, scope, 'w1')).toBeNull()
    expect((await store.find(WIDGETS, scope, { page: firstPage(10) })).items).toEqual([])
    expect(await store.count(WIDGETS, scope)).toBe(0)
    expect(await store.groupSum(WIDGETS, scope, { by: ['state'] })).toEqual([])
    expect(await codeOf(store.delete(WIDGETS, scope, 'w1'))).toBe('NOT_FOUND')
    expect(await codeOf(store.update(WIDGETS, scope, 2, widget('w1')))).toBe('NOT_FOUND')
  }
}

describe.skipIf(mongod === null)('mongodb outbox', () => {
  const server = useMongo('replica set')

  for (const revision of [1, 2, 3])
    for (const moment of ['before', 'after'])
      test(`a process killed ${moment} the delivery of revision ${revision}: delivered once at the next start`, async () => {
        await using folder = await createFolder()
        const uri = server().freshUri()
        const child = spawn(process.execPath, [CRASHING, uri, folder.path, moment, String(revision)], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
        const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
        expect(signal).toBe('SIGKILL')
        await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
        const { events } = state.sqlite
        expect(await dataOf(events, 'all')).toEqual([1, 2, 3].slice(0, revision))
        expect(await dataOf(events, 'w1')).toEqual(revision === 3 ? [] : [1, 2].slice(0, revision))
        await using client = await connectPlainly(uri)
        const left = await client.db().collection('widgets').find().toArray()
        expect(left).toHaveLength(revision === 3 ? 0 : 1)
        expect(left[0] ?? {}).not.toHaveProperty('outbox')
        if (revision === 3) await expectInvisible(state.documents)
        else expect(await state.documents.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision })
      })

  test('of two racing updates the effects come in the order of revisions', async () => {
    await using folder = await createFolder()
    const order: number[] = []
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let told = (): void => undefined
    const reached = new Promise<void>((resolve) => (told = resolve))
    const wrapSink = (sink: EffectSink): EffectSink => ({
      deliver: async (delivery) => {
        if (delivery.revision === 2) {
          told()
          await held
        }
        const isNew = await sink.deliver(delivery)
        if (isNew) order.push(delivery.revision)
        return isNew
      },
    })
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS], wrapSink })
    const { documents } = state
    await documents.insert(WIDGETS, widget('w1'), written('w1', 1))
    const second = documents.update(WIDGETS, ACME, 1, widget('w1', { rank: 2 }), written('w1', 2))
    await reached
    const third = documents.update(WIDGETS, ACME, 2, widget('w1', { rank: 3 }), written('w1', 3))
    while ((await documents.get(WIDGETS, ACME, 'w1'))?.revision !== 3);
    expect(order).toEqual([1])
    letGo()
    expect((await Promise.all([second, third])).map(({ revision }) => revision)).toEqual([2, 3])
    expect(order).toEqual([1, 2, 3])
    expect(await dataOf(state.sqlite.events, 'w1')).toEqual([1, 2, 3])
  })

  test('a delivery that takes long is of the document that was written, not of the next one with its id', async () => {
    await using folder = await createFolder()
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let told = (): void => undefined
    const reached = new Promise<void>((resolve) => (told = resolve))
    let isHeld = false
    const wrapSink = (sink: EffectSink): EffectSink => ({
      deliver: async (delivery) => {
        if (delivery.revision === 2 && !isHeld) {
          isHeld = true
          told()
          await held
        }
        return sink.deliver(delivery)
      },
    })
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS], wrapSink })
    const { documents } = state
    await documents.insert(WIDGETS, widget('w1'), written('all', 1))
    const updating = documents.update(WIDGETS, ACME, 1, widget('w1'), written('all', 2))
    await reached
    const deleting = documents.delete(WIDGETS, ACME, 'w1', 2, written('all', 3))
    while (await documents.get(WIDGETS, ACME, 'w1'));
    const inserting = documents.insert(WIDGETS, widget('w1'), written('all', 4))
    // Time for deletion and insert to overtake the update, if they could.
    for (let round = 0; round < 100; round++) await documents.count(WIDGETS, ACME)
    letGo()
    await Promise.all([updating, deleting, inserting])
    expect(await dataOf(state.sqlite.events, 'all')).toEqual([1, 2, 3, 4])
  })

  test('effects that cannot be delivered follow by themselves, before those of later writes', async () => {
    await using folder = await createFolder()
    const { state: sink, wrapSink } = watchedSink()
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS], wrapSink })
    const { documents, sqlite } = state
    await documents.insert(WIDGETS, widget('w1'), written('w1', 1))
    sink.isFailing = true
    await expect(documents.update(WIDGETS, ACME, 1, widget('w1'), written('w1', 2))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('took place'),
    })
    expect(await documents.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 2 })
    expect(await codeOf(documents.update(WIDGETS, ACME, 2, widget('w1'), written('w1', 3)))).toBe('UNAVAILABLE')
    sink.isFailing = false
    await hasEvents(sqlite.events, 'w1', 3)
    await documents.update(WIDGETS, ACME, 3, widget('w1'), written('w1', 4))
    expect(await dataOf(sqlite.events, 'w1')).toEqual([1, 2, 3, 4])
    expect(sink.delivered.map(({ revision }) => revision)).toEqual([1, 2, 3, 4])
  })

  test('a deletion whose effects cannot be delivered is one for every read, and its id is free after them', async () => {
    await using folder = await createFolder()
    const { state: sink, wrapSink } = watchedSink()
    const uri = server().freshUri()
    // No look by itself within the test.
    const settings = { sweepIntervalMs: 3_600_000 }
    await using state = await openMongoState({
      uri,
      directory: folder.path,
      collections: [WIDGETS],
      wrapSink,
      settings,
    })
    const { documents, sqlite } = state
    await documents.insert(WIDGETS, widget('w1', { code: 'A' }), written('all', 1))
    sink.isFailing = true
    expect(await codeOf(documents.delete(WIDGETS, ACME, 'w1', 1, written('all', 2)))).toBe('UNAVAILABLE')
    await expectInvisible(documents)
    await documents.insert(WIDGETS, widget('w2', { code: 'A' }))
    expect(await codeOf(documents.insert(WIDGETS, widget('w1')))).toBe('UNAVAILABLE')
    await documents.delete(WIDGETS, ACME, 'w2').catch(() => undefined)
    sink.isFailing = false
    expect(await documents.insert(WIDGETS, widget('w1'), written('all', 3))).toMatchObject({ revision: 1 })
    expect(await dataOf(sqlite.events, 'all')).toEqual([1, 2, 3])
  })

  test('a bounded number of writes of one document waits for delivery', async () => {
    await using folder = await createFolder()
    const { state: sink, wrapSink } = watchedSink()
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS], wrapSink })
    const { documents, sqlite } = state
    await documents.insert(WIDGETS, widget('w1'), written('w1', 1))
    sink.isFailing = true
    for (let revision = 1; revision <= MAX_PENDING; revision++)
      expect(await codeOf(documents.update(WIDGETS, ACME, revision, widget('w1'), written('w1', revision + 1)))).toBe(
        'UNAVAILABLE',
      )
    const next = MAX_PENDING + 1
    expect(await codeOf(documents.update(WIDGETS, ACME, next, widget('w1'), written('w1', 0)))).toBe('OVERLOADED')
    expect(await codeOf(documents.delete(WIDGETS, ACME, 'w1', next))).toBe('OVERLOADED')
    sink.isFailing = false
    await hasEvents(sqlite.events, 'w1', next)
    expect(await dataOf(sqlite.events, 'w1')).toEqual(Array.from({ length: next }, (_, at) => at + 1))
    await expect
      .poll(() =>
        documents.delete(WIDGETS, ACME, 'w1', next).then(
          () => 'deleted',
          () => 'refused',
        ),
      )
      .toBe('deleted')
  })

  test('effects that could never be delivered are refused before the write', async () => {
    await using folder = await createFolder()
    await using state = await openMongoState({
      uri: server().freshUri(),
      directory: folder.path,
      collections: [WIDGETS],
    })
    const { documents } = state
    const data = 'x'.repeat(1_048_576)
    const large = { events: [{ stream: 'w1', type: 'Large', data }] }
    expect(await codeOf(documents.insert(WIDGETS, widget('w1'), large))).toBe('INVALID_INPUT')
    const many = { events: Array.from({ length: 5 }, () => ({ stream: 'w1', type: 'E', data: data.slice(2) })) }
    expect(await codeOf(documents.insert(WIDGETS, widget('w1'), many))).toBe('INVALID_INPUT')
    expect(await documents.get(WIDGETS, ACME, 'w1')).toBeNull()
  })

  test('a write that was not confirmed by a majority is told as unknown, its effects are not lost', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
    await using client = await connectPlainly(uri)
    const { documents, sqlite } = state
    await documents.insert(WIDGETS, widget('w1'), written('w1', 1))
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: {
        failCommands: ['findAndModify'],
        writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting for replication timed out' },
      },
    })
    await expect(documents.update(WIDGETS, ACME, 1, widget('w1'), written('w1', 2))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('unknown whether'),
    })
    await hasEvents(sqlite.events, 'w1', 2)
    expect(await dataOf(sqlite.events, 'w1')).toEqual([1, 2])
    expect(await documents.get(WIDGETS, ACME, 'w1')).toMatchObject({ revision: 2 })
  })

  test('a write whose answer is lost when the primary steps down is made once', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
    await using client = await connectPlainly(uri)
    const { documents, sqlite } = state
    await documents.insert(WIDGETS, widget('w1', { rank: 0 }), written('w1', 1))
    await client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: {
        failCommands: ['findAndModify'],
        writeConcernError: { code: 91, codeName: 'ShutdownInProgress', errmsg: 'shutting down' },
      },
    })
    const updated = await documents.update(WIDGETS, ACME, 1, widget('w1', { rank: 1 }), written('w1', 2))
    expect(updated).toMatchObject({ revision: 2, rank: 1 })
    expect(await dataOf(sqlite.events, 'w1')).toEqual([1, 2])
  })
})
