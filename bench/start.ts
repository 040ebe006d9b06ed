import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTemporaryFolder } from '../test/support/temporary.js'
import { median } from './support/figures.js'
import { root, startArguments } from './support/start-arguments.js'

/** Time from the process's start to its first answer and idle memory: ours against a bare Apollo Server, in turns. */
const ROUNDS = Number(process.argv[2] ?? 5)
const SETTLE_MS = 2_000

interface Start {
  readonly readyMs: number
  readonly residentMb: number
}

async function measure(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Start> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(root),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  try {
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text: Buffer) => text.toString().includes('"ready"') && resolve())
    })
    const readyMs = performance.now() - startedAt
    await delay(SETTLE_MS)
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
    return { readyMs, residentMb: (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024) / 1e6 }
  } finally {
    child.kill()
    await gone
  }
}

await using folder = await createTemporaryFolder('start')
const environment = { GRAPHLOOM_PORT: '0', GRAPHLOOM_DATA_DIR: folder.path }
const ours: Start[] = []
const bare: Start[] = []
for (let round = 0; round < ROUNDS; round++) {
  ours.push(await measure(startArguments, environment))
  bare.push(await measure([fileURLToPath(new URL('./support/bare-apollo.js', import.meta.url))], {}))
}
const [readyMs, bareReadyMs] = [ours, bare].map((starts) => median(starts.map((start) => start.readyMs)))
const [mb, bareMb] = [ours, bare].map((starts) => median(starts.map((start) => start.residentMb)))
console.log(
  `ready: ${readyMs!.toFixed(0)} ms (wanted at most 1000), bare Apollo Server ${bareReadyMs!.toFixed(0)} ms: ratio ${(readyMs! / bareReadyMs!).toFixed(2)}`,
)
console.log(
  `idle memory: ${mb!.toFixed(0)} MB (wanted at most 150), bare Apollo Server ${bareMb!.toFixed(0)} MB: ratio ${(mb! / bareMb!).toFixed(2)}`,
)
