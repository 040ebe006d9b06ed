import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Unreachable } from './api-client.js'

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))
const STOP_LIMIT_MS = 10_000

/** A server of one's own, on a free port, with a data directory that goes with it. */
export interface LocalServer extends AsyncDisposable {
  /** Its address, without a path. */
  readonly url: string
  readonly dataDirectory: string
}

/** Starts it with the defaults, whatever the environment says. @throws Unreachable with what it said. */
export async function startLocalServer(): Promise<LocalServer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'graphloom-example-'))
  const child = spawn(process.execPath, [MAIN], {
    env: { ...environment(), GRAPHLOOM_PORT: '0', GRAPHLOOM_DATA_DIR: dataDirectory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    if (child.exitCode === null && child.signalCode === null) await exited
    clearTimeout(timer)
    await rm(dataDirectory, { recursive: true, force: true })
  }
  let complaint = ''
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
  const ready = Promise.withResolvers<string>()
  // It goes on being read, so that the server never waits for its log to be taken.
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { msg, address } = line.startsWith('{') ? (JSON.parse(line) as { msg?: string; address?: string }) : {}
    if (msg === 'ready' && address !== undefined) ready.resolve(address)
  })
  void exited.then(() => ready.reject(new Unreachable(`The server did not start: ${complaint.trim()}`)))
  try {
    return { url: await ready.promise, dataDirectory, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Without what configures a server that is meant for something else. */
function environment(): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean => /^(?:GRAPHLOOM_|MONGODB_|REDIS_|OTEL_)/.test(name)
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)))
}
