import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SupervisedChild } from '../../src/adapters/child-process/supervised-child.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import { NEVER } from '../support/inference.js'
import { silentLogger } from '../support/state.js'
import { waitFor } from '../support/wait.js'

const open = (file: string): SupervisedChild =>
  new SupervisedChild({
    entry: new URL(`../fixtures/${file}`, import.meta.url),
    name: 'fixture',
    crashCode: 'RUNNER_CRASHED',
    logger: silentLogger,
  })

let child: SupervisedChild
beforeEach(() => {
  child = open('child-process.js')
})
afterEach(() => child.stop())

test('where there is not enough for both, the server goes first, before all threads of the child', async () => {
  expect(await child.call('echo', 1, NEVER)).toBe(1)
  const threads = process.platform === 'linux' ? await readdir(`/proc/${child.pid}/task`) : [String(child.pid)]
  expect(threads.length).toBeGreaterThan(0)
  for (const id of threads) expect(getPriority(Number(id))).toBe(getPriority() + 5)
})

test('calls give results and events in order', async () => {
  const params = { text: 'é', numbers: Float32Array.of(1, 2) }
  expect(await child.call('echo', params, NEVER)).toEqual(params)
  const events: unknown[] = []
  expect(await child.call('count', { to: 300 }, NEVER, (event) => events.push(event))).toBe(300)
  expect(events).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
})

test('errors keep their code and details; others keep their message', async () => {
  await expect(child.call('refuse', null, NEVER)).rejects.toMatchObject({
    code: 'CONFLICT',
    details: { retryAfterMs: 5 },
  })
  await expect(child.call('fail', null, NEVER)).rejects.toThrow('The fixture process failed: odd')
  await expect(child.call('nothing', null, NEVER)).rejects.toThrow('There is no method nothing.')
  expect(await child.call('echo', 1, NEVER)).toBe(1)
})

test('an aborted call ends with the reason, here and there', async () => {
  const leaving = new AbortController()
  const abort = (): void => leaving.abort(new Error('enough'))
  await expect(child.call('untilAborted', null, leaving.signal, abort)).rejects.toThrow('enough')
  await expect(child.call('echo', 1, leaving.signal)).rejects.toThrow('enough')
  expect(await child.call('echo', 1, NEVER)).toBe(1)
})

test('a listener that throws ends its call only', async () => {
  const counting = child.call('count', { to: 3 }, NEVER, () => {
    throw new Error('listener')
  })
  await expect(counting).rejects.toThrow('listener')
  expect(await child.call('echo', 1, NEVER)).toBe(1)
})

test('what is no message is passed over', async () => {
  expect(await child.call('garbage', 'still here', NEVER)).toBe('still here')
})

test('a process that ends rejects all calls', async () => {
  const waiting = child.call('untilAborted', null, NEVER)
  const exiting = child.call('exit', null, NEVER)
  for (const one of await Promise.allSettled([waiting, exiting]))
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'RUNNER_CRASHED' } })
  expect(await child.exited).toEqual({ expected: false, reason: 'exit code 3' })
  await expect(child.call('echo', 1, NEVER)).rejects.toSatisfy((error) => isErrorWithCode(error, 'RUNNER_CRASHED'))
})

test('a file that is not there ends like a crash', async () => {
  const missing = open('missing.js')
  await expect(missing.call('echo', 1, NEVER)).rejects.toSatisfy((error) => isErrorWithCode(error, 'RUNNER_CRASHED'))
})

test('the settings of the server stay with it', async () => {
  process.env.GRAPHLOOM_SECRET_FOR_TEST = 'x'
  const other = open('child-process.js')
  expect(await other.call<string[]>('environment', null, NEVER)).not.toContain('GRAPHLOOM_SECRET_FOR_TEST')
  delete process.env.GRAPHLOOM_SECRET_FOR_TEST
  await other.stop()
  expect(await other.exited).toMatchObject({ expected: true })
})

test('signals to the process group do not end it, the end of its parent does', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('../fixtures/parent-process.js', import.meta.url))])
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal)
  expect(process.kill(pid, 0)).toBe(true)
  parent.kill('SIGKILL')
  await waitFor('the child to end', () => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  })
})
