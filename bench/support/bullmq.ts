import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { BullAnswer, BullRequest } from './bullmq-process.js'
import { fetchPeer } from './peers.js'

/** The peer that tasks are measured against. */
const PACKAGES = ['bullmq@6.7.0', 'ioredis@5']

export interface BullPeer extends AsyncDisposable {
  ask(request: BullRequest): Promise<BullAnswer>
}

/**
 * Starts BullMQ in a process of its own over a Redis that acknowledges a write when it is on the disk. Needs a network
 * the first time, and Debian's redis-server.
 */
export async function startBullMq(dataFolder: string): Promise<BullPeer> {
  const packageFolder = join(fetchPeer('bullmq', PACKAGES), 'node_modules/bullmq')
  const port = await freePort()
  const settings = ['--port', port, '--bind', '127.0.0.1', '--dir', dataFolder, '--save', '', '--appendonly', 'yes']
  const redis = spawn('redis-server', [...settings.map(String), '--appendfsync', 'always'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const text of redis.stdout) if (String(text).includes('Ready to accept connections')) break
  redis.stdout.resume()
  const child = fork(join(import.meta.dirname, 'bullmq-process.js'), [packageFolder, String(port)])
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('BullMQ’s process has ended.')))
  gone.catch(() => undefined)
  await Promise.race([once(child, 'message'), gone])
  return {
    ask: async (request) => {
      child.send(request)
      return ((await Promise.race([once(child, 'message'), gone])) as [BullAnswer])[0]
    },
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await gone.catch(() => undefined)
      redis.kill('SIGKILL')
      await once(redis, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
