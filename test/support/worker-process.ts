import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Environment } from './server.js'
import { waitFor } from './wait.js'

const ENTRY = fileURLToPath(new URL('../../src/worker.js', import.meta.url))

/** A worker process as users start it. */
export class WorkerProcess implements AsyncDisposable {
  readonly exited: Promise<unknown[]>
  readonly lines: Record<string, unknown>[] = []
  readonly #process: ChildProcess

  private constructor(process: ChildProcess) {
    this.#process = process
    this.exited = once(process, 'exit')
    createInterface({ input: process.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Record<string, unknown>)
    })
  }

  static async start(environment: Environment): Promise<WorkerProcess> {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GRAPHLOOM_')))
    const env = { ...inherited, ...environment }
    const worker = new WorkerProcess(spawn(process.execPath, [ENTRY], { env, stdio: ['ignore', 'pipe', 'inherit'] }))
    await waitFor('the worker to work', () => worker.lines.some(({ msg }) => msg === 'working'))
    return worker
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.signal('SIGKILL')
    await this.exited
  }
}
