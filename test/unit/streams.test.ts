import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createId } from '../../src/kernel/ids.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import { STREAM_ENDED, type StreamItem } from '../../src/domain/stream.js'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import type { CollectionDefinition } from '../../src/ports/document-store.js'
import { openSqliteDatabase, type SqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { Streams, type StreamSource } from '../../src/services/streams/streams.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { silentLogger } from '../support/state.js'

const FULL = process.env['GRAPHLOOM_TEST_FULL'] === '1'

interface Counter extends StoredDocument {
  readonly count: number
}
type Event = { readonly type: 'counted'; readonly count: number } | { readonly type: 'text'; readonly text: string }

const COUNTERS: CollectionDefinition<Counter> = { name: 'counters', version: 1, fields: {}, indexes: [] }
const SCOPE = { tenantId: 't' }

let stack: AsyncDisposableStack
let database: SqliteDatabase
let streams: Streams

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  const folder = stack.use(await createTemporaryFolder('streams'))
  database = stack.use(
    await openSqliteDatabase({ directory: folder.path, logger: silentLogger, collections: [COUNTERS] }),
  )
  streams = new Streams({ log: database.events, maxBacklogEvents: 50 })
})
afterEach(() => stack.disposeAsync())

const sourceOf = (id: string): StreamSource<Counter, { count: number; text: string }, Event> => ({
  requireDocument: async () => {
    const document = await database.documents.get(COUNTERS, SCOPE, id)
    if (!document) throw new Error('gone')
    return document
  },
  toSnapshot: async (document, sequence) => ({ count: document.count, text: await textUntil(id, sequence) }),
  toEndReason: () => 'FINISHED',
  toEvent: (event) => event.data as unknown as Event,
  join: (a, b) => (a.type === 'text' && b.type === 'text' ? { type: 'text', text: a.text + b.text } : null),
  maxJoinedBytes: 1_000,
  sizeBytes: (event) => (event.type === 'text' ? event.text.length : 16),
})

async function textUntil(id: string, sequence: number): Promise<string> {
  const events = await database.events.read(id, 0, 10_000)
  return events
    .filter((event) => event.sequence <= sequence)
    .map((event) => (event.data as unknown as { text?: string }).text ?? '')
    .join('')
}

const insert = (id: string) =>
  database.documents.insert(
    COUNTERS,
    { id, tenantId: 't', count: 0 },
    { events: [{ stream: id, type: 'counted', data: { type: 'counted', count: 0 } }] },
  )

async function count(document: Counter, ends = false): Promise<Counter> {
  const next = { ...document, count: document.count + 1 }
  const events = [
    { stream: document.id, type: 'counted', data: { type: 'counted', count: next.count } },
    ...(ends ? [{ stream: document.id, type: STREAM_ENDED, data: { reason: 'FINISHED' }, ends: true }] : []),
  ]
  return database.documents.update(COUNTERS, SCOPE, document.revision, next, { events })
}

const append = (id: string, text: string) =>
  database.events.append(id, [{ type: 'text', data: { type: 'text', text } }])

const follow = (id: string, after: string | null = null, signal = new AbortController().signal) =>
  streams.follow({ stream: id, source: sourceOf(id), after, signal })

type Item = StreamItem<{ count: number; text: string }, Event>

/** What a client knows after these items; fails on a hole or an overlap. */
function fold(items: readonly Item[], from = 0): { count: number; text: string } {
  let state = { count: -1, text: '' }
  let last = from
  for (const item of items) {
    expect(item.fromSequence).toBe(last + 1)
    expect(item.sequence).toBeGreaterThanOrEqual(item.fromSequence)
    last = item.sequence
    if (item.type === 'snapshot' || item.type === 'gap') state = item.snapshot
    else if (item.type === 'event')
      state =
        item.event.type === 'counted'
          ? { ...state, count: item.event.count }
          : { ...state, text: state.text + item.event.text }
  }
  return state
}

async function collect(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}

describe('streams', () => {
  test('a snapshot, then what follows, then the end; and every cursor in between goes on exactly there', async () => {
    const id = createId('prediction')
    let document = await insert(id)
    const live = collect(follow(id))
    for (let i = 0; i < 10; i++) {
      await append(id, `${i} `)
      if (i % 3 === 0) document = await count(document)
    }
    await count(document, true)
    const items = await live
    const whole = { count: 5, text: '0 1 2 3 4 5 6 7 8 9 ' }
    expect(fold(items)).toEqual(whole)
    expect(items.at(-1)).toMatchObject({ type: 'end', reason: 'FINISHED' })
    for (let cut = 0; cut < items.length; cut++) {
      const rest = await collect(follow(id, items[cut]!.cursor))
      if (cut < items.length - 1) expect(fold([...items.slice(0, cut + 1), ...rest])).toEqual(whole)
      else expect(rest).toEqual([items.at(-1)])
    }
  })

  test('finished long ago: snapshot and end, also when no event is kept', async () => {
    const id = createId('prediction')
    await count(await insert(id), true)
    for (const trimmed of [false, true]) {
      if (trimmed)
        await database.events.trim({
          endedBeforeMs: Date.now() + 1_000,
          openStreamMaxEvents: 1_000,
          maxDeletedEvents: 1_000,
        })
      const items = await collect(follow(id))
      expect(items.map((item) => item.type)).toEqual(['snapshot', 'end'])
      expect(fold(items)).toEqual({ count: 1, text: '' })
    }
  })

  test('a cursor that is not kept any more gives a gap with the whole object, never silence', async () => {
    const id = createId('prediction')
    const document = await insert(id)
    const [first] = await take(follow(id), 1)
    for (let i = 0; i < 20; i++) await append(id, `${i} `)
    await database.events.trim({ endedBeforeMs: 0, openStreamMaxEvents: 5, maxDeletedEvents: 1_000 })
    const [gap] = await take(follow(id, first!.cursor), 1)
    expect(gap).toMatchObject({ type: 'gap', missed: 20, fromSequence: 2, sequence: 21 })
    expect(gap?.type === 'gap' && gap.snapshot.count).toBe(0)
    const rest = collect(follow(id, gap?.type === 'gap' ? gap.firstAvailable : ''))
    await count(document, true)
    expect((await rest).at(-1)?.type).toBe('end')
  })

  test('a reader that is behind gets adjacent text joined, and one too far behind a gap', async () => {
    const id = createId('prediction')
    await insert(id)
    const stream = follow(id)
    const first = (await stream.next()).value as Item
    for (let i = 0; i < 30; i++) await append(id, 'x')
    const joined = (await stream.next()).value as Item
    expect(joined).toMatchObject({
      type: 'event',
      fromSequence: 2,
      sequence: 31,
      event: { type: 'text', text: 'x'.repeat(30) },
    })
    for (let i = 0; i < 60; i++) await append(id, 'y')
    const gap = (await stream.next()).value as Item
    expect(gap).toMatchObject({ type: 'gap', fromSequence: 32, sequence: 91, missed: 60 })
    fold([first, joined, gap])
    await stream.return()
    expect(streams.openTopics).toBe(0)
  })

  test('cursors of other streams, of the future and made up ones are refused', async () => {
    const [id, other] = [createId('prediction'), createId('prediction')]
    await insert(id)
    await insert(other)
    const [item] = await take(follow(other), 1)
    const ahead = Buffer.from(`${id}:99`).toString('base64url')
    for (const cursor of [item!.cursor, ahead, 'x', '', Buffer.from(`${id}:-1`).toString('base64url')])
      await expect(collect(follow(id, cursor))).rejects.toSatisfy((error) => isErrorWithCode(error, 'INVALID_INPUT'))
    expect(streams.openTopics).toBe(0)
  })

  test('leaving ends a waiting reader and closes the topic', async () => {
    const id = createId('prediction')
    await insert(id)
    const leaving = new AbortController()
    const stream = follow(id, null, leaving.signal)
    await stream.next()
    const waiting = stream.next()
    leaving.abort()
    expect((await waiting).done).toBe(true)
    expect(streams.openTopics).toBe(0)
  })

  test(`${FULL ? 1_000 : 100} racing pairs of subscribe and update: snapshot plus deltas is what a fresh read gives`, async () => {
    for (let round = 0; round < (FULL ? 1_000 : 100); round++) {
      const id = createId('prediction')
      const document = await insert(id)
      const write = (async () => {
        await append(id, 'a')
        const next = await count(document)
        await append(id, 'b')
        return count(next, true)
      })()
      const early = collect(follow(id))
      for (let i = 0; i < round % 7; i++) await Promise.resolve()
      const late = collect(follow(id))
      const final = await write
      for (const items of [await early, await late]) {
        expect(fold(items)).toEqual({ count: final.count, text: 'ab' })
        expect(items.at(-1)?.type).toBe('end')
      }
    }
  })
})

async function take(stream: AsyncGenerator<Item, void, void>, wanted: number): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of stream) if (items.push(item) === wanted) break
  return items
}
