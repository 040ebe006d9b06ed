import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { GraphClient } from './graph-client.js'
import { createTemporaryFolder, type TemporaryFolder } from './temporary.js'

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const START_LIMIT_MS = 60_000

export type Environment = Readonly<Record<string, string>>

export const JWT_SECRET = 'a-secret-for-tests-that-is-long-enough-for-hs256'

/** A token of a tenant's member, or of its administrator. */
export function signToken(
  tenant: string,
  roles: readonly string[] = ['MEMBER'],
  { subject = 'ada', groups = [] }: { readonly subject?: string; readonly groups?: readonly string[] } = {},
): Promise<string> {
  return new SignJWT({ tenant, roles, groups })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(JWT_SECRET))
}

export async function findFreePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no port.')
  return address.port
}

/** A server as users start it: a process of its own. */
export class TestServer extends GraphClient implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly lines: Record<string, unknown>[] = []
  stderr = ''

  private constructor(
    process: ChildProcess,
    readonly environment: Environment,
  ) {
    super()
    this.#process = process
    this.exited = once(process, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }))
    process.stderr?.on('data', (text: Buffer) => (this.stderr += text.toString()))
  }

  #folder: TemporaryFolder | null = null

  /** Starts a process and does not wait for it to be ready. */
  static spawn(environment: Environment): TestServer {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GRAPHLOOM_')))
    const env = { ...inherited, GRAPHLOOM_PORT: '0', ...environment }
    const server = new TestServer(
      spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
      environment,
    )
    const { stdout } = server.#process
    if (stdout)
      createInterface({ input: stdout }).on('line', (line) => {
        if (line.startsWith('{')) server.lines.push(JSON.parse(line) as Record<string, unknown>)
      })
    return server
  }

  /** Starts a process and waits until it is ready. Without a data directory it gets one, which goes with it. */
  static async start(environment: Environment): Promise<TestServer> {
    const folder = 'GRAPHLOOM_DATA_DIR' in environment ? null : await createTemporaryFolder('server')
    const server = TestServer.spawn({ ...(folder && { GRAPHLOOM_DATA_DIR: folder.path }), ...environment })
    server.#folder = folder
    const until = Date.now() + START_LIMIT_MS
    let ended = false
    void server.exited.then(() => (ended = true))
    for (;;) {
      const ready = server.lines.find((line) => line['msg'] === 'ready')
      if (ready) {
        server.url = String(ready['address'])
        return server
      }
      if (ended || Date.now() > until) throw new Error(`The server did not start: ${server.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.signal('SIGTERM')
      const timer = setTimeout(() => this.signal('SIGKILL'), 10_000)
      await this.exited
      clearTimeout(timer)
    }
    await this.#folder?.[Symbol.asyncDispose]()
  }
}
