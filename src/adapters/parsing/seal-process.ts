import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import threads, { Worker } from 'node:worker_threads'

/**
 * Takes from this process what the permission model leaves it: the network, and threads, which could be started without
 * the model. Call it last.
 */
export function sealProcess(): void {
  const refuse = function (): never {
    throw new Error('This process opens no connections and starts no threads.')
  }
  for (const [owner, names] of [
    [net.Socket.prototype, ['connect']],
    [net.Server.prototype, ['listen']],
    [dgram, ['createSocket']],
    [dns, ['lookup', 'resolve', 'resolve4', 'resolve6']],
    [threads, ['Worker']],
    [globalThis, ['fetch', 'WebSocket', 'EventSource']],
  ] as const)
    for (const name of names)
      Object.defineProperty(owner, name, { value: refuse, writable: false, configurable: false })
  syncBuiltinESMExports()
}

/** Ends this process when it has more memory than allowed, also while its main thread is busy. */
export async function watchMemory(maxBytes: number): Promise<void> {
  const watch = new Worker(new URL('./memory-watch.js', import.meta.url), { workerData: maxBytes })
  watch.unref()
  await new Promise<void>((resolve, reject) => {
    watch.once('message', () => resolve())
    watch.once('error', reject)
  })
}
