import { describe, expect, test } from 'vitest'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { ModelDocument, ModelVersionDocument } from '../../src/domain/model.js'
import type { Principal } from '../../src/domain/principal.js'
import { createAccess } from '../../src/services/access/access.js'
import {
  METRICS_WINDOWS,
  ModelMetricsRecorder,
  type MeasuredVersion,
  type MetricsWindow,
} from '../../src/services/models/model-metrics.js'
import { ModelMetricsService, type FollowMetricsRequest } from '../../src/services/models/model-metrics.service.js'
import type { PredictionSample } from '../../src/services/models/model-tally.js'
import { WINDOW_PARTS } from '../../src/services/models/sliding-window.js'
import { ManualClock } from '../support/manual-clock.js'

const VERSION: MeasuredVersion = { id: 'mver_1', modelId: 'model_1', modelName: 'small', version: '1' }
const OTHER: MeasuredVersion = { ...VERSION, id: 'mver_2', version: '2' }
const SUCCESS: PredictionSample = {
  latencyMs: 100,
  timeToFirstTokenMs: 10,
  inputTokens: 7,
  cachedInputTokens: 2,
  outputTokens: 5,
  inferences: 1,
  isCacheHit: false,
  failure: null,
}
const WINDOWS = Object.entries(METRICS_WINDOWS) as [MetricsWindow, number][]

function openRecorder(now = 1_000_000_000_000) {
  const clock = new ManualClock(now)
  const recorder = new ModelMetricsRecorder(clock)
  recorder.register(VERSION)
  recorder.register(OTHER)
  return { clock, recorder, requests: (window: MetricsWindow) => recorder.read([VERSION.id], window).requests }
}

describe('a window', () => {
  test.each(WINDOWS)('of %s shows what is younger, by a sixtieth of its length', (window, windowMs) => {
    const partMs = windowMs / WINDOW_PARTS
    // At a part's beginning, its end, and between.
    for (const offset of [0, partMs - 1, Math.floor(partMs / 3)]) {
      const { clock, recorder, requests } = openRecorder(windowMs * 1_000 + offset)
      recorder.record(VERSION.id, 'acme', SUCCESS)
      expect(requests(window)).toBe(1)
      clock.advance(windowMs - partMs)
      expect(requests(window)).toBe(1)
      clock.advance(partMs - offset - 1)
      expect(requests(window)).toBe(1)
      clock.advance(1)
      expect(requests(window)).toBe(0)
      expect(recorder.totals()[0]!.total.requests).toBe(1)
    }
  })

  test.each(WINDOWS)('of %s forgets part by part, and nothing early', (window, windowMs) => {
    const partMs = windowMs / WINDOW_PARTS
    const { clock, recorder, requests } = openRecorder(windowMs * 1_000)
    for (let i = 0; i < 3 * WINDOW_PARTS; i++) {
      recorder.record(VERSION.id, 'acme', SUCCESS)
      expect(requests(window)).toBe(Math.min(i + 1, WINDOW_PARTS))
      clock.advance(partMs)
    }
    for (let left = WINDOW_PARTS - 1; left >= 0; left--) {
      expect(requests(window)).toBe(left)
      clock.advance(partMs)
    }
  })

  test('counts a load of more than ten thousand an hour', () => {
    const { clock, recorder } = openRecorder()
    for (let i = 0; i < 100_000; i++) {
      recorder.record(VERSION.id, 'acme', { ...SUCCESS, latencyMs: i })
      if (i % 100 === 0) clock.advance(1_000)
    }
    const { requests, outputTokens, latencyMs } = recorder.read([VERSION.id], 'ONE_HOUR')
    expect([requests, outputTokens, latencyMs.count]).toEqual([100_000, 500_000, 100_000])
    expect(latencyMs.mean).toBeCloseTo(49_999.5, 6)
    expect(Math.abs(latencyMs.p90! - 89_999)).toBeLessThan(0.011 * 89_999)
  })

  test('shows nothing of the future when the clock is set back, and goes on', () => {
    const { clock, recorder, requests } = openRecorder()
    recorder.record(VERSION.id, 'acme', SUCCESS)
    clock.advance(-10 * METRICS_WINDOWS.ONE_HOUR)
    for (const [window] of WINDOWS) expect(requests(window)).toBe(0)
    recorder.record(VERSION.id, 'acme', SUCCESS)
    for (const [window] of WINDOWS) expect(requests(window)).toBe(1)
    expect(recorder.totals()[0]!.total.requests).toBe(2)
  })
})

describe('figures', () => {
  test('are those of all versions asked for, and their totals agree with the windows', () => {
    const { recorder } = openRecorder()
    recorder.record(VERSION.id, 'acme', SUCCESS)
    recorder.record(VERSION.id, 'acme', {
      ...SUCCESS,
      inferences: 0,
      timeToFirstTokenMs: null,
      failure: 'DEADLINE_EXCEEDED',
    })
    recorder.record(OTHER.id, 'acme', { ...SUCCESS, inferences: 0, failure: 'CANCELLED' })
    recorder.record(OTHER.id, 'acme', { ...SUCCESS, inferences: 0, isCacheHit: true })
    recorder.recordRuns(VERSION.id, { batchSizes: [1, 8, 8], computeMs: 40, generatedTokens: 8, interTokenMs: [4, 6] })
    recorder.recordRuns(OTHER.id, { batchSizes: [3], computeMs: 10, generatedTokens: 2, interTokenMs: [] })
    const figures = recorder.read([VERSION.id, OTHER.id], 'ONE_MINUTE')
    expect(figures).toMatchObject({
      requests: 4,
      inferences: 1,
      cacheHits: 1,
      executions: 4,
      failures: [
        { code: 'DEADLINE_EXCEEDED', count: 1 },
        { code: 'CANCELLED', count: 1 },
      ],
      inputTokens: 28,
      cachedInputTokens: 8,
      outputTokens: 20,
      generatedTokens: 10,
      computeMs: 50,
      tokensPerSecond: 200,
      latencyMs: { count: 4, mean: 100, p50: 100, p99: 100, max: 100 },
      timeToFirstTokenMs: { count: 3 },
      interTokenMs: { count: 2, mean: 5, max: 6 },
      batchSize: { count: 4, mean: 5, p50: 3, p90: 8, max: 8 },
    })
    const [one, two] = recorder.totals().map(({ total }) => total)
    expect(one!.requests + two!.requests).toBe(figures.requests)
    expect(one!.batchSize.count + two!.batchSize.count).toBe(figures.batchSize.count)
  })

  test('of nothing are zeros and nulls', () => {
    const { recorder } = openRecorder()
    expect(recorder.read([VERSION.id], 'ONE_HOUR')).toMatchObject({
      requests: 0,
      failures: [],
      tokensPerSecond: null,
      latencyMs: { count: 0, mean: null, p50: null, p90: null, p99: null, max: null },
    })
  })

  test('are kept for registered versions only, and a name has one version', () => {
    const { recorder } = openRecorder()
    recorder.record('mver_unknown', 'acme', SUCCESS)
    expect(recorder.read(['mver_unknown'], 'ONE_HOUR').requests).toBe(0)
    recorder.register({ ...VERSION, id: 'mver_again' })
    expect(recorder.totals().map(({ version }) => version.id)).toEqual([OTHER.id, 'mver_again'])
  })
})

describe('following a model', () => {
  const principal: Principal = {
    subject: 'ada',
    tenantId: 'acme',
    roles: ['ADMIN', 'MEMBER'],
    expiresAtMs: null,
    method: 'LOCAL',
  }

  function openService() {
    const { clock, recorder } = openRecorder()
    const model = { id: VERSION.modelId, name: VERSION.modelName } as ModelDocument
    const service = new ModelMetricsService({
      access: createAccess({ onSettled: () => undefined }),
      store: {
        getModelByName: (name) => Promise.resolve(name === model.name ? model : null),
        listVersions: () => Promise.resolve([VERSION, OTHER] as ModelVersionDocument[]),
      },
      recorder,
      residency: { runningCount: () => 0 },
      waiting: () => 3,
      clock,
    })
    const leaving = new AbortController()
    const follow = (request: Partial<FollowMetricsRequest> = {}) =>
      service.follow(principal, {
        name: VERSION.modelName,
        version: null,
        window: 'ONE_HOUR',
        everyMs: 1_000,
        signal: leaving.signal,
        ...request,
      })
    return { clock, recorder, service, follow, leaving }
  }

  test('are of all tenants for an administrator, of their own alone for others', () => {
    const { recorder, service } = openService()
    recorder.record(VERSION.id, 'acme', SUCCESS)
    recorder.record(VERSION.id, 'other', { ...SUCCESS, failure: 'CANCELLED' })
    recorder.recordRefusal(VERSION.id, 'other')
    const read = (tenantId: string, roles: Principal['roles']) =>
      service.read({ ...principal, tenantId, roles }, [VERSION.id], 'ONE_HOUR')
    expect(read('acme', ['ADMIN'])).toMatchObject({ requests: 2, refusals: 1, executions: 0, queueLength: 3 })
    const own = { requests: 1, failures: [], refusals: 0, inputTokens: 7, latencyMs: { count: 1 } }
    const shared = { executions: null, batchSize: null, computeMs: null, queueLength: null, runningCount: null }
    expect(read('acme', ['MEMBER'])).toMatchObject({ ...own, ...shared })
    expect(read('third', ['MEMBER'])).toMatchObject({ requests: 0, refusals: 0, ...shared })
  })

  test('gives the figures at once, then no sooner than asked for, and the newest to who reads late', async () => {
    const { clock, recorder, follow } = openService()
    const items = (await follow({ everyMs: 5_000 }))[Symbol.asyncIterator]()
    expect((await items.next()).value).toMatchObject({ requests: 0, queueLength: 6 })
    recorder.record(VERSION.id, 'acme', SUCCESS)
    const second = items.next()
    clock.advance(4_999)
    expect(clock.sleeping).toBe(1)
    recorder.record(OTHER.id, 'acme', SUCCESS)
    clock.advance(1)
    expect((await second).value).toMatchObject({ requests: 2, at: clock.now() })
    // Nothing is read for a reader that does not ask.
    clock.advance(60_000)
    recorder.record(VERSION.id, 'acme', SUCCESS)
    expect((await items.next()).value).toMatchObject({ requests: 3, at: clock.now() })
    expect(clock.sleeping).toBe(0)
  })

  test('of one version leaves out the others', async () => {
    const { recorder, follow } = openService()
    recorder.record(VERSION.id, 'acme', SUCCESS)
    recorder.record(OTHER.id, 'acme', { ...SUCCESS, outputTokens: 9 })
    const items = (await follow({ version: OTHER.version }))[Symbol.asyncIterator]()
    expect((await items.next()).value).toMatchObject({ requests: 1, outputTokens: 9, queueLength: 3 })
  })

  test('ends when what it follows is deleted', async () => {
    const { clock, recorder, follow } = openService()
    const all = (await follow())[Symbol.asyncIterator]()
    const one = (await follow({ version: OTHER.version }))[Symbol.asyncIterator]()
    await Promise.all([all.next(), one.next()])
    recorder.forget(OTHER.id)
    const next = Promise.all([all.next(), one.next()])
    clock.advance(1_000)
    expect((await next).map(({ done }) => done)).toEqual([false, true])
    recorder.forget(VERSION.id)
    const last = all.next()
    clock.advance(1_000)
    expect(await last).toEqual({ done: true, value: undefined })
  })

  test('ends when its reader leaves, also while it waits', async () => {
    const { clock, follow, leaving } = openService()
    const items = (await follow())[Symbol.asyncIterator]()
    await items.next()
    const waiting = items.next()
    leaving.abort(new Error('gone'))
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(clock.sleeping).toBe(0)
  })

  test.each([
    ['no such model', { name: 'nothing' }, 'NOT_FOUND'],
    ['no such version', { version: '9' }, 'NOT_FOUND'],
    ['too often', { everyMs: 999 }, 'INVALID_INPUT'],
    ['too seldom', { everyMs: 60_001 }, 'INVALID_INPUT'],
    ['no number', { everyMs: NaN }, 'INVALID_INPUT'],
  ] as const)('of %s is refused', async (_case, request, code) => {
    const { follow } = openService()
    await expect(follow(request)).rejects.toSatisfy((error) => isErrorWithCode(error, code))
  })
})
