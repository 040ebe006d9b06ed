import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CancelTaskDocument,
  DeleteTaskDocument,
  EnqueueTaskDocument,
  TaskDocument,
  type EnqueueTaskInput,
  type TaskDedupeMode,
} from '../generated/graphql.js'
import { ask, enqueue, follow, readToEnd, readUntil, sleep } from '../support/enqueued-tasks.js'
import { TestServer } from '../support/server.js'
import { openStore, STORES_BRIEFLY } from '../support/stores.js'

const MINUTE_MS = 60_000
const RACERS = 100
const after = (ms: number): string => new Date(Date.now() + ms).toISOString()

const MISTAKES: readonly (readonly [string, () => EnqueueTaskInput, string])[] = [
  ['an unknown type', () => sleep(0, { type: 'nothing' }), 'input.type'],
  ['an unknown queue', () => sleep(0, { queue: 'nowhere' }), 'input.queue'],
  ['an input that is none', () => sleep(0, { input: 'long' }), 'input.input'],
  ['an input without a part', () => sleep(0, { input: {} }), 'input.input'],
  ['a part of another kind', () => sleep(0, { input: { durationMs: 'long' } }), 'input.input.durationMs'],
  [
    'a model that is not there',
    () => ({ type: 'prediction', input: { input: { embedding: { model: 'nope', texts: ['x'] } } } }),
    'input.input',
  ],
  ['a part out of its range', () => sleep(-1), 'input.input.durationMs'],
  ['a part that is not known', () => sleep(0, { input: { durationMs: 0, more: 1 } }), 'input.input'],
  ['a priority above 9', () => sleep(0, { priority: 11 }), 'input.priority'],
  ['a priority below 0', () => sleep(0, { priority: -1 }), 'input.priority'],
  ['no attempts', () => sleep(0, { attemptLimit: 0 }), 'input.attemptLimit'],
  ['too many attempts', () => sleep(0, { attemptLimit: 101 }), 'input.attemptLimit'],
  ['no time', () => sleep(0, { timeoutMs: 0 }), 'input.timeoutMs'],
  ['a negative wait', () => sleep(0, { backoff: { initialMs: -1 } }), 'input.backoff.initialMs'],
  ['a negative longest wait', () => sleep(0, { backoff: { maxMs: -1 } }), 'input.backoff.maxMs'],
  ['a factor below 1', () => sleep(0, { backoff: { factor: 0.5 } }), 'input.backoff.factor'],
  ['a jitter above 1', () => sleep(0, { backoff: { jitter: 1.1 } }), 'input.backoff.jitter'],
  ['a negative limit', () => sleep(0, { concurrency: { key: 'k', limit: -1 } }), 'input.concurrency.limit'],
  ['an empty key', () => sleep(0, { concurrency: { key: '' } }), 'input.concurrency.key'],
  ['half a character', () => sleep(0, { concurrency: { key: '\ud83d' } }), 'input.concurrency.key'],
  ['a control character in a key', () => sleep(0, { concurrency: { key: 'a\nb' } }), 'input.concurrency.key'],
  [
    'a control character in a dedupe key',
    () => sleep(0, { dedupe: { key: 'a\u0000', mode: 'KEEP_FIRST' } }),
    'input.dedupe.key',
  ],
  [
    'a rate of none',
    () => sleep(0, { concurrency: { key: 'k', rate: { count: 0, perMs: 1 } } }),
    'input.concurrency.rate.count',
  ],
  [
    'a rate in no time',
    () => sleep(0, { concurrency: { key: 'k', rate: { count: 1, perMs: 0 } } }),
    'input.concurrency.rate.perMs',
  ],
  [
    'a part of a millisecond in a rate',
    () => sleep(0, { delayMs: 60_000, concurrency: { key: 'k', rate: { count: 1, perMs: 1.5 } } }),
    'input.concurrency.rate.perMs',
  ],
  ['a long dedupe key', () => sleep(0, { dedupe: { key: 'k'.repeat(257), mode: 'KEEP_FIRST' } }), 'input.dedupe.key'],
  ['an end that has passed', () => sleep(0, { expiresAt: after(-1) }), 'input.expiresAt'],
  ['an end before the beginning', () => sleep(0, { runAt: after(2_000), expiresAt: after(1_000) }), 'input.expiresAt'],
  ['an end before the wait', () => sleep(0, { delayMs: 2_000, expiresAt: after(1_000) }), 'input.expiresAt'],
  ['two beginnings', () => sleep(0, { runAt: after(1_000), delayMs: 1_000 }), 'input.delayMs'],
  ['a negative delay', () => sleep(0, { delayMs: -1 }), 'input.delayMs'],
  ['a beginning too far away', () => sleep(0, { runAt: '2999-01-01T00:00:00Z' }), 'input.runAt'],
]

describe.each(STORES_BRIEFLY)('what is asked of tasks, kept in %s', (store) => {
  const stack = new AsyncDisposableStack()
  let server: TestServer

  beforeAll(async () => {
    const environment = await openStore(stack, store)
    server = stack.use(await TestServer.start(environment))
  })
  afterAll(() => stack.disposeAsync())

  const cancel = (id: string) => server.request(CancelTaskDocument, { input: { id } })

  test.each(MISTAKES)('%s is refused by what was wrong', async (_what, makeInput, path) => {
    expect(await ask(server, makeInput())).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path })
  })

  test.each(['', 'k'.repeat(257), 'a\tb'])('the idempotency key %j is refused', async (idempotencyKey) => {
    expect(await ask(server, sleep(0), { idempotencyKey })).toMatchObject({ path: 'idempotencyKey' })
  })

  test('values of another kind are refused before the mutation', async () => {
    const wrong = { ...sleep(0), priority: 'high' } as unknown as EnqueueTaskInput
    const { errors } = await server.send(EnqueueTaskDocument, { input: wrong })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  test('an input of 10 MB is refused before it is read', async () => {
    const input = sleep(0, { input: { durationMs: 0, text: 'x'.repeat(10_000_000) } })
    const body = JSON.stringify({ query: EnqueueTaskDocument.toString(), variables: { input } })
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request(server.graphqlUrl, { method: 'POST', headers })
    asked.write(body.slice(0, 1_000))
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(413)
    expect(await text(response)).toContain('PAYLOAD_TOO_LARGE')
    asked.destroy()
  })

  test('the same key and input give one task, however many race; another input a conflict', async () => {
    const race = (durationMs: number) => ask(server, sleep(durationMs, { delayMs: 5 }), { idempotencyKey: 'race' })
    const results = await Promise.all(Array.from({ length: RACERS }, () => race(0)))
    const ids = new Set(results.map((result) => (result.__typename === 'Task' ? result.id : result.message)))
    expect(ids.size).toBe(1)
    const [id] = [...ids]
    expect(await readToEnd(server, id!)).toMatchObject({ end: 'FINISHED', mistakes: [] })
    expect(await race(1)).toMatchObject({ __typename: 'IdempotencyConflict', code: 'IDEMPOTENCY_CONFLICT' })
    expect(await race(0)).toMatchObject({ id, state: 'SUCCEEDED', attempt: 1 })
  })

  test('a key gives its task also when the times that were asked for have passed', async () => {
    const input = sleep(0, { expiresAt: after(500) })
    const { id } = await enqueue(server, input, { idempotencyKey: 'late' })
    await readToEnd(server, id)
    await new Promise((resolve) => setTimeout(resolve, Date.parse(input.expiresAt!) - Date.now() + 1))
    expect(await ask(server, input, { idempotencyKey: 'late' })).toMatchObject({ id })
  })

  describe('dedupe', () => {
    const deduped = (mode: TaskDedupeMode, durationMs: number, more: Partial<EnqueueTaskInput> = {}) =>
      sleep(durationMs, { dedupe: { key: `a ${mode}`, mode }, ...more })

    test('keeps the first until it has ended, and tells its followers who asked again', async () => {
      const first = await enqueue(server, deduped('KEEP_FIRST', MINUTE_MS))
      const { reader, ended } = await follow(server, first.id)
      expect(await ask(server, deduped('KEEP_FIRST', 1))).toMatchObject({ id: first.id })
      await cancel(first.id)
      await ended
      expect(reader).toMatchObject({ modes: ['KEEP_FIRST'], end: 'CANCELLED', mistakes: [] })
      const next = await enqueue(server, deduped('KEEP_FIRST', 0))
      expect(next.id).not.toBe(first.id)
      await readToEnd(server, next.id)
    })

    test('replaces what waits, and leaves what is begun', async () => {
      const first = await enqueue(server, deduped('REPLACE_WAITING', MINUTE_MS, { delayMs: MINUTE_MS }))
      const { reader, ended } = await follow(server, first.id)
      const expiresAt = new Date(Date.now() + MINUTE_MS).toISOString()
      const more = { priority: 8, delayMs: 100, timeoutMs: MINUTE_MS, attemptLimit: 7, expiresAt }
      const replacement = deduped('REPLACE_WAITING', MINUTE_MS - 1, more)
      expect(await ask(server, replacement)).toMatchObject({
        id: first.id,
        input: { durationMs: MINUTE_MS - 1 },
        ...{ priority: 8, timeoutMs: MINUTE_MS, attemptLimit: 7, expiresAt },
      })
      await readUntil(server, first.id, 'RUNNING')
      const second = await enqueue(server, deduped('REPLACE_WAITING', 0))
      expect(second.id).not.toBe(first.id)
      await readToEnd(server, second.id)
      await cancel(first.id)
      await ended
      expect(reader).toMatchObject({ modes: ['REPLACE_WAITING'], end: 'CANCELLED', mistakes: [] })
      const { task } = await server.request(TaskDocument, { id: first.id })
      expect(task).toMatchObject({ input: { durationMs: MINUTE_MS - 1 }, dedupe: { mode: 'REPLACE_WAITING' } })
    })

    test('gives the same answer again to a request with the same idempotency key, whatever has become of it', async () => {
      const key = (idempotencyKey: string) => ({ idempotencyKey })
      const first = await enqueue(
        server,
        sleep(0, { delayMs: MINUTE_MS, dedupe: { key: 'again', mode: 'KEEP_FIRST' } }),
      )
      const replace = (durationMs: number) =>
        sleep(durationMs, { delayMs: MINUTE_MS, dedupe: { key: 'again', mode: 'REPLACE_WAITING' } })
      expect(await ask(server, replace(1), key('one'))).toMatchObject({ id: first.id, input: { durationMs: 1 } })
      expect(await ask(server, replace(2), key('two'))).toMatchObject({ id: first.id, input: { durationMs: 2 } })
      // The first answer was lost, say: what was asked for since stays.
      expect(await ask(server, replace(1), key('one'))).toMatchObject({ id: first.id, input: { durationMs: 2 } })
      expect(await ask(server, replace(3), key('one'))).toMatchObject({ __typename: 'IdempotencyConflict' })
      const keep = sleep(7, { dedupe: { key: 'again', mode: 'KEEP_FIRST' } })
      expect(await ask(server, keep, key('three'))).toMatchObject({ id: first.id })
      await cancel(first.id)
      expect(await ask(server, replace(2), key('two'))).toMatchObject({ id: first.id, state: 'CANCELLED' })
      expect(await ask(server, keep, key('three'))).toMatchObject({ id: first.id, state: 'CANCELLED' })
      await server.request(DeleteTaskDocument, { input: { id: first.id } })
      const anew = await enqueue(server, keep, key('three'))
      expect(anew.id).not.toBe(first.id)
      await readToEnd(server, anew.id)
    })

    test.each(['KEEP_FIRST', 'REPLACE_WAITING'] as const)('%s with a key of its own joins once', async (mode) => {
      const dedupe = { key: `joined ${mode}`, mode }
      const first = await enqueue(server, sleep(0, { delayMs: MINUTE_MS, dedupe }))
      const { reader, ended } = await follow(server, first.id)
      const join = () => enqueue(server, sleep(1, { delayMs: MINUTE_MS, dedupe }), { idempotencyKey: `joins ${mode}` })
      const tasks = await Promise.all(Array.from({ length: RACERS }, join))
      expect(new Set(tasks.map(({ id }) => id))).toEqual(new Set([first.id]))
      await cancel(first.id)
      await ended
      expect(reader).toMatchObject({ modes: [mode], mistakes: [] })
    })

    test.each(['KEEP_FIRST', 'REPLACE_WAITING'] as const)('%s makes one of many that race', async (mode) => {
      const input = sleep(0, { delayMs: MINUTE_MS, dedupe: { key: 'race', mode } })
      const tasks = await Promise.all(Array.from({ length: RACERS }, () => enqueue(server, input)))
      expect(new Set(tasks.map(({ id }) => id)).size).toBe(1)
      await cancel(tasks[0]!.id)
    })
  })
})
