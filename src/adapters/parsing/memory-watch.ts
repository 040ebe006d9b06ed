import { parentPort, workerData } from 'node:worker_threads'

const EVERY_MS = 20

const maxBytes = Number(workerData)
setInterval(() => {
  if (process.memoryUsage.rss() > maxBytes) process.kill(process.pid, 'SIGKILL')
}, EVERY_MS)
parentPort?.postMessage('watching')
