import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const PROCESS = fileURLToPath(new URL('../fixtures/lifecycle.js', import.meta.url))
/** So long that a test which waits for it fails. */
const LONG_MS = 600_000

interface Outcome {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly errors: string
}

interface Scenario {
  readonly drainLimitMs?: number
  readonly closeLimitMs?: number
  /** Signals, each sent when the process has said the line before it. */
  readonly signals: readonly (readonly [after: string, NodeJS.Signals])[]
}

async function run(scenario: string, options: Scenario): Promise<Outcome> {
  const limits = [options.drainLimitMs ?? LONG_MS, options.closeLimitMs ?? LONG_MS].map(String)
  const child = spawn(process.execPath, [PROCESS, scenario, ...limits], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let errors = ''
  let sent = 0
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    const [after, signal] = options.signals[sent] ?? []
    if (signal === undefined || line !== after) return
    sent++
    child.kill(signal)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, lines, errors }
}

const STARTED = ['phase STARTING', 'open', 'phase READY']
const CLOSED = ['close second', 'close first', 'phase STOPPED']

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains, closes what was opened in turn, and exits 0', async (signal) => {
  const outcome = await run('nothing', { signals: [['phase READY', signal]] })
  expect(outcome).toEqual({ code: 0, lines: [...STARTED, 'phase DRAINING', 'drained', ...CLOSED], errors: '' })
})

test.each([
  ['hanging drain', 'phase DRAINING'],
  ['hanging close', 'close second'],
])('with a %s, a second signal ends at once', async (scenario, after) => {
  const signals = [['phase READY', 'SIGTERM'] as const, [after, 'SIGTERM'] as const]
  const { code, lines, errors } = await run(scenario, { signals })
  expect(code).toBe(1)
  expect(lines.at(-1)).toBe('phase DRAINING')
  expect(errors).toBe('')
})

test('work that does not end is left when its time is over', async () => {
  const outcome = await run('long drain', { drainLimitMs: 20, signals: [['phase READY', 'SIGTERM']] })
  const lines = [...STARTED, 'phase DRAINING', 'limit', 'drained', ...CLOSED]
  expect(outcome).toEqual({ code: 0, lines, errors: '' })
})

test.each(['hanging drain', 'hanging close'])(
  'with a %s, the process ends when the limits are over',
  async (scenario) => {
    const signals = [['phase READY', 'SIGTERM'] as const]
    const { code, errors } = await run(scenario, { drainLimitMs: 20, closeLimitMs: 30, signals })
    expect(code).toBe(1)
    expect(errors).toBe('Could not close everything within 50 ms.\n')
  },
)

test('a start that fails closes what it had opened, says why and exits 1', async () => {
  const outcome = await run('failing start', { signals: [] })
  expect(outcome).toEqual({
    code: 1,
    lines: ['phase STARTING', 'close first', 'phase STOPPED'],
    errors: 'The second cannot be opened.\n',
  })
})

test('a signal during the start closes everything once the start has settled', async () => {
  const outcome = await run('slow start', { signals: [['half open', 'SIGTERM']] })
  expect(outcome).toEqual({ code: 0, lines: ['phase STARTING', 'half open', 'open', ...CLOSED], errors: '' })
})

test('a drain that fails does not keep the rest from closing; the exit tells', async () => {
  const outcome = await run('failing drain', { signals: [['phase READY', 'SIGTERM']] })
  expect(outcome).toEqual({
    code: 1,
    lines: [...STARTED, 'phase DRAINING', ...CLOSED],
    errors: 'The work cannot be ended.\n',
  })
})

test('a resource that fails to close does not keep the rest from closing; the exit tells', async () => {
  const outcome = await run('failing close', { signals: [['phase READY', 'SIGTERM']] })
  expect(outcome).toEqual({
    code: 1,
    lines: [...STARTED, 'phase DRAINING', 'drained', ...CLOSED],
    errors: 'The second does not close.\n',
  })
})

test('a process that cannot go on ends what runs, closes everything and exits 1', async () => {
  const outcome = await run('later failure', { signals: [] })
  expect(outcome).toEqual({
    code: 1,
    lines: [...STARTED, 'phase DRAINING', 'drained', ...CLOSED],
    errors: 'The first is gone.\n',
  })
})
