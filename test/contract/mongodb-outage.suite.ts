import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { DocumentStore } from '../../src/ports/document-store.js'
import type { MongoMode } from '../support/mongo.js'
import { ACME, firstPage, widget, WIDGETS } from './document-store.fixture.js'
import { createFolder, openMongoState, useMongo } from './mongodb.fixture.js'

const WRITERS = 8
const KILLS = process.env.GRAPHLOOM_TEST_FULL === '1' ? 10 : 1
const WRITES_BEFORE_KILL = 40

const SETTINGS = { serverSelectionTimeoutMs: 2_000, callTimeoutMs: 5_000, leaseTtlMs: 600_000 }

const written = (id: string, revision: number) => ({ events: [{ stream: id, type: 'Written', data: revision }] })

/** Every call of the port. */
const callsOf = (store: DocumentStore): Promise<unknown>[] => [
  store.get(WIDGETS, ACME, 'w1'),
  store.getMany(WIDGETS, ACME, ['w1']),
  store.insert(WIDGETS, widget('late')),
  store.update(WIDGETS, ACME, 1, widget('w1')),
  store.delete(WIDGETS, ACME, 'w2'),
  store.find(WIDGETS, ACME, { page: firstPage(1) }),
  store.count(WIDGETS, ACME),
  store.groupSum(WIDGETS, ACME, { by: ['state'] }),
  store.check(),
]

async function expectUnavailable(store: DocumentStore): Promise<void> {
  for (const result of await Promise.allSettled(callsOf(store))) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })
    if (result.status === 'rejected') expect(String(result.reason)).not.toMatch(/127\.0\.0\.1|mongodb:/)
  }
}

/** Resolves with what `work` gives once the store serves again. */
async function whenBack<T>(work: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof GraphloomError && error.code === 'UNAVAILABLE')) throw error
    }
}

/** A write that failed may have taken place: each attempt is another document. */
async function insertWhenBack(store: DocumentStore): Promise<void> {
  let attempt = 0
  await whenBack(() => store.insert(WIDGETS, widget(`back${++attempt}.${randomUUID()}`)))
}

interface Writer {
  readonly id: string
  /** Revision of the last write that resolved. */
  acknowledged: number
}

/** Writes one document again and again until a write fails. */
async function writeUntilFailure(store: DocumentStore, writer: Writer, onWritten: () => void): Promise<unknown> {
  for (let revision = 1; ; revision++)
    try {
      const document = widget(writer.id, { rank: revision })
      const effects = written(writer.id, revision)
      if (revision === 1) await store.insert(WIDGETS, document, effects)
      else await store.update(WIDGETS, ACME, revision - 1, document, effects)
      writer.acknowledged = revision
      onWritten()
    } catch (error) {
      return error
    }
}

/** The database server is killed, frozen and gone. One file for each mode, because each waits much. */
export function runOutageSuite(mode: MongoMode, mongod: string | null): void {
  describe.skipIf(mongod === null)(`mongodb outage, ${mode}`, () => {
    const server = useMongo(mode)
    // Whatever a test left behind.
    afterEach(() => server().restart())

    test('what was acknowledged before kill -9 is there after, with all that it caused, once', async () => {
      await using folder = await createFolder()
      const uri = server().freshUri()
      const options = { uri, directory: folder.path, collections: [WIDGETS], settings: SETTINGS }
      const writers: Writer[] = []
      {
        await using state = await openMongoState(options)
        for (let round = 0; round < KILLS; round++) {
          const ofRound = Array.from({ length: WRITERS }, (_, at) => ({ id: `r${round}.${at}`, acknowledged: 0 }))
          writers.push(...ofRound)
          let written = 0
          const kills: Promise<void>[] = []
          const onWritten = (): void => {
            if (++written === WRITES_BEFORE_KILL) kills.push(server().kill())
          }
          const failures = await Promise.all(
            ofRound.map((writer) => writeUntilFailure(state.documents, writer, onWritten)),
          )
          for (const failure of failures) expect(failure).toMatchObject({ code: 'UNAVAILABLE' })
          if (kills.length === 0) await server().kill()
          await Promise.all(kills)
          await expectUnavailable(state.documents)
          await server().restart()
          await insertWhenBack(state.documents)
        }
      }
      await using state = await openMongoState(options)
      for (const { id, acknowledged } of writers) {
        const document = await state.documents.get(WIDGETS, ACME, id)
        const revision = document?.revision ?? 0
        expect(revision).toBeGreaterThanOrEqual(acknowledged)
        expect(revision).toBeLessThanOrEqual(acknowledged + 1)
        const events = await state.sqlite.events.read(id, 0, 10_000)
        expect(events.map(({ data }) => data)).toEqual(Array.from({ length: revision }, (_, at) => at + 1))
      }
    })

    test('a server that is there but answers nothing is told as unavailable, and serves again', async () => {
      await using folder = await createFolder()
      const uri = server().freshUri()
      const options = { uri, directory: folder.path, collections: [WIDGETS], settings: SETTINGS }
      await using state = await openMongoState(options)
      const { documents } = state
      await whenBack(() => documents.check())
      await server().freeze()
      try {
        await expectUnavailable(documents)
      } finally {
        await server().thaw()
      }
      await insertWhenBack(documents)
    })

    test('a call that waits for the server ends with its signal', async () => {
      await using folder = await createFolder()
      const uri = server().freshUri()
      const options = { uri, directory: folder.path, collections: [WIDGETS], settings: SETTINGS }
      await using state = await openMongoState(options)
      const reason = new Error('enough')
      const controller = new AbortController()
      await server().freeze()
      try {
        const { signal } = controller
        const calls = [
          state.documents.get(WIDGETS, ACME, 'w1', { signal }),
          state.documents.insert(WIDGETS, widget('w1'), {}, { signal }),
          state.documents.check({ signal }),
        ]
        controller.abort(reason)
        for (const result of await Promise.allSettled(calls)) expect(result).toEqual({ status: 'rejected', reason })
      } finally {
        await server().thaw()
      }
    })

    test('without a server that takes writes the caller learns that nothing was changed', async () => {
      await using folder = await createFolder()
      const uri = server().freshUri()
      const options = { uri, directory: folder.path, collections: [WIDGETS], settings: SETTINGS }
      await using state = await openMongoState(options)
      const { documents } = state
      await server().kill()
      const unchanged = (id: string): Promise<boolean> =>
        documents.insert(WIDGETS, widget(id)).then(
          () => false,
          (error: unknown) => error instanceof GraphloomError && !error.message.includes('unknown'),
        )
      // The driver learns of it by the first failures.
      let attempt = 0
      while (!(await unchanged(`late${attempt}`))) attempt++
      await server().restart()
      expect(await whenBack(() => documents.get(WIDGETS, ACME, `late${attempt}`))).toBeNull()
      await insertWhenBack(documents)
      expect(await whenBack(() => documents.get(WIDGETS, ACME, `late${attempt}`))).toBeNull()
    })
  })
}
