import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { waitFor } from './wait.js'

const run = promisify(execFile)
const SCRIPT = resolve('test/support/start-mongo.sh')
const START_ATTEMPTS = 3

export type MongoMode = 'standalone' | 'replica set'

/** A mongod of its own, with its data in a temporary folder. */
export interface MongoServer extends AsyncDisposable {
  readonly mode: MongoMode
  readonly port: number
  /** A connection string with a database that nothing else uses. */
  freshUri(): string
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts it again on the same data and port. */
  restart(): Promise<void>
  /** Stops the process in its place, so that it keeps its connections and answers nothing. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/**
 * Path of mongod, installed when it is not there yet; null, said loudly, when it cannot be had. In CI that is an error.
 */
export async function requireMongod(): Promise<string | null> {
  try {
    const { stdout } = await run(SCRIPT, ['install'])
    return stdout.trim()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (process.env.CI) throw new Error(`mongod is needed in CI: ${reason}`, { cause: error })
    console.warn(`\n*** SKIPPED: every test that needs MongoDB, because mongod cannot be had ***\n${reason}\n`)
    return null
  }
}

export async function startMongo(mode: MongoMode): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'graphloom-mongod-'))
  const environment = { ...process.env, ...(mode === 'standalone' && { MONGOD_STANDALONE: '1' }) }
  const command = async (...words: string[]): Promise<string> =>
    (await run(SCRIPT, words, { env: environment })).stdout.trim()
  const port = await startOnFreePort(command, folder)
  const signal = async (name: NodeJS.Signals): Promise<number> => {
    const pid = Number(await readFile(join(folder, 'mongod.pid'), 'utf8'))
    process.kill(pid, name)
    return pid
  }
  return {
    mode,
    port,
    freshUri: () => `mongodb://127.0.0.1:${port}/test-${randomUUID()}${mode === 'standalone' ? '' : '?replicaSet=rs0'}`,
    kill: async () => void (await command('kill', folder)),
    restart: async () => void (await command('start', String(port), folder)),
    freeze: async () => {
      const pid = await signal('SIGSTOP')
      await waitFor('mongod to stop in its place', () => isStopped(pid))
    },
    thaw: async () => void (await signal('SIGCONT')),
    [Symbol.asyncDispose]: async () => {
      if (existsSync(folder)) await command('kill', folder)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A signal is not at all threads yet when it is sent. */
async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`)
  const reading = threads.map((id) => readFile(`/proc/${pid}/task/${id}/stat`, 'utf8'))
  // A thread that ended meanwhile did not stand still.
  const stats = await Promise.all(reading).catch(() => [''])
  return stats.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'))
}

async function startOnFreePort(command: (...words: string[]) => Promise<string>, folder: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort()
    try {
      await command('start', String(port), folder)
      return port
    } catch (error) {
      // Another process may have taken the port meanwhile.
      await command('kill', folder)
      if (attempt === START_ATTEMPTS) throw error
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((done, fail) => server.close((error) => (error ? fail(error) : done())))
  return port
}
