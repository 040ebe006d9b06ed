import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ENTRY = fileURLToPath(new URL('./example-worker.js', import.meta.url))

/** The example of a worker, as a process of its own. */
export class ExampleWorker implements AsyncDisposable {
  readonly lines: string[] = []
  readonly #process: ChildProcess
  readonly #exited: Promise<unknown>

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#exited = once(process, 'exit')
    createInterface({ input: process.stdout! }).on('line', (line) => this.lines.push(line))
  }

  static async start(options: Readonly<Record<string, string>>): Promise<ExampleWorker> {
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const worker = new ExampleWorker(child)
    while (worker.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    return worker
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.kill()
  }
}
