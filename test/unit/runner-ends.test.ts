import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/kernel/clock.js'
import { GraphloomError, isErrorWithCode } from '../../src/kernel/errors.js'
import type { ModelVersionDocument } from '../../src/domain/model.js'
import type { ModelRunner } from '../../src/ports/model-runtime.js'
import { CrashBreaker } from '../../src/services/models/crash-breaker.js'
import { RunnerStarter } from '../../src/services/models/runner-starter.js'
import { callUntilDone } from '../../src/services/predictions/runner-calls.js'
import { NEVER } from '../support/inference.js'

const crash = (reason = 'signal SIGSEGV') =>
  new GraphloomError('RUNNER_CRASHED', 'The runner process ended.', { cause: { expected: false, reason } })
const slot = { runner: () => Promise.resolve({} as ModelRunner) }

describe('work whose runners end', () => {
  test('goes on as often as it comes further', async () => {
    let tokens = 0
    const call = () => {
      if (tokens++ < 20) return Promise.reject(crash())
      return Promise.resolve('done')
    }
    expect(await callUntilDone({ slot, signal: NEVER, call, progress: () => tokens })).toBe('done')
  })

  test('is given up when it does not, and at once for anything else', async () => {
    let calls = 0
    const call = () => {
      calls++
      return Promise.reject(crash())
    }
    await expect(callUntilDone({ slot, signal: NEVER, call })).rejects.toSatisfy((error) =>
      isErrorWithCode(error, 'RUNNER_CRASHED'),
    )
    expect(calls).toBe(5)
    const killed = () => {
      calls++
      return Promise.reject(crash('signal SIGKILL'))
    }
    calls = 0
    await expect(callUntilDone({ slot, signal: NEVER, call: killed })).rejects.toThrow('ended')
    expect(calls).toBe(20)
    const fail = () => Promise.reject(new Error('odd'))
    await expect(callUntilDone({ slot, signal: NEVER, call: fail })).rejects.toThrow('odd')
  })
})

test('a version whose process ends again and again is left alone, tried once, and trusted again when work is done', () => {
  let now = 1_000_000
  const breaker = new CrashBreaker({ ...systemClock, now: () => now })
  for (let i = 0; i < 4; i++) breaker.noteCrash()
  breaker.check()
  expect(breaker.status).toEqual({ state: 'CLOSED', recentFailures: 4, retryAt: null })
  now += 1_000
  breaker.noteCrash()
  expect(breaker.status).toEqual({ state: 'OPEN', recentFailures: 5, retryAt: now + 5_000 })
  now += 2_000
  expect(() => breaker.check()).toThrow('left alone')
  now += 3_000
  breaker.check()
  expect(breaker.status.state).toBe('HALF_OPEN')
  breaker.noteCrash()
  expect(breaker.status.state).toBe('OPEN')
  now += 5_000
  breaker.noteSuccess()
  expect(breaker.status).toEqual({ state: 'CLOSED', recentFailures: 0, retryAt: null })
  for (let i = 0; i < 6; i++) {
    breaker.noteCrash()
    now += 7_000
  }
  expect(breaker.status).toMatchObject({ state: 'CLOSED', recentFailures: 4 })
})

test('a version whose process ends while it loads is tried three times, once when it was left alone, and then given up', async () => {
  let now = 1_000_000
  let starts = 0
  const clock = { ...systemClock, now: () => now }
  const breaker = new CrashBreaker(clock)
  const runtime = {
    startRunner: () => {
      starts++
      return Promise.reject(new GraphloomError('MODEL_LOAD_FAILED', 'Not loaded.', { cause: crash() }))
    },
  }
  const document = { id: 'version' } as ModelVersionDocument
  const files = () => ({ folder: '', checksums: {} })
  const metrics = { recordRuns: () => undefined }
  const starter = new RunnerStarter({ document, files, runtime, metrics, clock }, breaker)
  const start = () => starter.start({ threads: 1, maxBatchTokens: 512 }, () => undefined, NEVER)
  await expect(start()).rejects.toThrow('Not loaded.')
  expect(starts).toBe(3)
  await expect(start()).rejects.toThrow('Not loaded.')
  expect(starts).toBe(5)
  await expect(start()).rejects.toThrow('left alone')
  now += 5_000
  await expect(start()).rejects.toSatisfy((error) => {
    return isErrorWithCode(error, 'MODEL_LOAD_FAILED') && error.details.retryAfterMs === undefined
  })
  expect(starts).toBe(6)
})
