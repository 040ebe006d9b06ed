import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createTemporaryFolder } from '../../test/support/temporary.js'
import { startArguments } from './start-arguments.js'

export interface LoopDelay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** A whole server in a process of its own, with fresh data. */
export interface WatchedServer extends AsyncDisposable {
  readonly url: string
  /** Begins to watch the event loop, until `readDelay`. */
  resetDelay(): void
  readDelay(): Promise<LoopDelay>
}

export async function startWatchedServer(environment: Readonly<Record<string, string>> = {}): Promise<WatchedServer> {
  const folder = await createTemporaryFolder('bench')
  const env = { ...process.env, GRAPHLOOM_PORT: '0', GRAPHLOOM_DATA_DIR: folder.path, ...environment }
  const child = fork(new URL('./server-process.js', import.meta.url), { env, execArgv: startArguments.slice(0, -1) })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return {
    url,
    resetDelay: () => void child.send('reset'),
    readDelay: async () => {
      child.send('read')
      const [delay] = (await once(child, 'message')) as [LoopDelay]
      return delay
    },
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit')
      child.send('stop')
      await gone
      await folder[Symbol.asyncDispose]()
    },
  }
}
