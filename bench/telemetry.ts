import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { median, printRatio } from './support/figures.js'
import { startWatchedServer, type WatchedServer } from './support/watched-server.js'

/** Requests a second with traces sent to a collector against traces switched off, in turns. */
const ROUNDS = Number(process.argv[2] ?? 7)
const REQUESTS = 600
const CLIENTS = 16

const collector = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'))
})
collector.listen(0, '127.0.0.1')
await once(collector, 'listening')
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`

await using off = await startWatchedServer()
await using on = await startWatchedServer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })

const QUERY =
  '{ models { id name task aliases { name version { id state } } versions { id version state metrics { requests } } } server { version phase } }'

async function requestsPerSecond({ url }: WatchedServer): Promise<number> {
  const body = JSON.stringify({ query: QUERY })
  let left = REQUESTS
  const startedAt = performance.now()
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      if (!response.ok) throw new Error(await response.text())
      await response.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return (1_000 * REQUESTS) / (performance.now() - startedAt)
}

const rates: { readonly on: number[]; readonly off: number[] } = { on: [], off: [] }
for (const server of [on, off, on, off]) await requestsPerSecond(server)
for (let round = 0; round < ROUNDS; round++) {
  rates.on.push(await requestsPerSecond(on))
  rates.off.push(await requestsPerSecond(off))
}
console.log(
  `telemetry on: ${median(rates.on).toFixed(0)} requests/s, off: ${median(rates.off).toFixed(0)} requests/s (medians of ${ROUNDS})`,
)
printRatio('telemetry', median(rates.on), median(rates.off), 0.9)
collector.closeAllConnections()
collector.close()
