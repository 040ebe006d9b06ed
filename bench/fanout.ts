import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { median, printRatio } from './support/figures.js'
import { startGraphQLServer } from './support/graphql-server.js'
import { TICKS_SUBSCRIPTION } from './support/list-schema.js'

/** Messages per second to many subscribers of one topic, against ws alone sending the same bytes: in turns. */
const SUBSCRIBERS = Number(process.argv[2] ?? 1_000)
const ROUNDS = Number(process.argv[3] ?? 7)
const ITEMS = 30
const OPENED_AT_ONCE = 50

await using server = await startGraphQLServer()
let received = 0
let waiting: { readonly until: number; readonly resolve: () => void } | null = null

function count(): void {
  received++
  if (waiting && received >= waiting.until) waiting.resolve()
}

async function openGateway(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.gatewayPort}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  const acknowledged = once(socket, 'message')
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${server.token}` } }))
  await acknowledged
  socket.on('message', count)
  socket.send(JSON.stringify({ id: 'topic', type: 'subscribe', payload: { query: TICKS_SUBSCRIPTION } }))
  return socket
}

async function openBare(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.barePort}/`, { perMessageDeflate: false })
  await once(socket, 'open')
  socket.on('message', count)
  return socket
}

async function openAll(open: () => Promise<WebSocket>): Promise<WebSocket[]> {
  const sockets: WebSocket[] = []
  while (sockets.length < SUBSCRIBERS)
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, SUBSCRIBERS - sockets.length) }, open))),
    )
  return sockets
}

async function untilAllFollow(): Promise<void> {
  for (;;) {
    server.process.send('followers')
    const [{ followers }] = (await once(server.process, 'message')) as [{ followers: number }]
    if (followers === SUBSCRIBERS) return
    await delay(20)
  }
}

async function measureMessagesPerSecond(target: 'gateway' | 'bare'): Promise<number> {
  received = 0
  const until = ITEMS * SUBSCRIBERS
  const startedAt = performance.now()
  await new Promise<void>((resolve) => {
    waiting = { until, resolve }
    server.process.send({ publish: { target, items: ITEMS } })
  })
  return until / ((performance.now() - startedAt) / 1_000)
}

const sockets = [...(await openAll(openGateway)), ...(await openAll(openBare))]
await untilAllFollow()
await measureMessagesPerSecond('gateway')
await measureMessagesPerSecond('bare')
const gateway: number[] = []
const bare: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  gateway.push(await measureMessagesPerSecond('gateway'))
  bare.push(await measureMessagesPerSecond('bare'))
}
for (const socket of sockets) socket.terminate()
console.log(
  `${SUBSCRIBERS} subscribers: ${median(gateway).toFixed(0)} messages/s, ws alone ${median(bare).toFixed(0)} messages/s`,
)
printRatio('fan-out', median(gateway), median(bare), 0.45)
