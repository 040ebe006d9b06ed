import { startGraphQLServer } from './support/graphql-server.js'
import { measureRequestsPerSecond } from './support/http-load.js'
import { LIST_QUERY, LIST_VARIABLES, TINY_QUERY } from './support/list-schema.js'
import { median, printRatio } from './support/figures.js'

/**
 * Requests per second of the gateway, with authentication and limits, against node:http with documents kept and
 * graphql-js: in turns, in one process.
 */
const ROUNDS = Number(process.argv[2] ?? 9)
const CONNECTIONS = 8

await using server = await startGraphQLServer()
const { gatewayPort, barePort, token } = server

async function compare(name: string, body: string, requests: number, wanted: number): Promise<void> {
  const load = { path: '/graphql', body, connections: CONNECTIONS, requests }
  const json = { 'content-type': 'application/json' }
  const ofGateway = () =>
    measureRequestsPerSecond({ ...load, port: gatewayPort, headers: { ...json, authorization: `Bearer ${token}` } })
  const ofBare = () => measureRequestsPerSecond({ ...load, port: barePort, headers: json })
  await ofGateway()
  await ofBare()
  const gateway: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    gateway.push(await ofGateway())
    bare.push(await ofBare())
  }
  console.log(`${name}: ${median(gateway).toFixed(0)} requests/s, bare ${median(bare).toFixed(0)} requests/s`)
  printRatio(name, median(gateway), median(bare), wanted)
}

await compare('list of about 400 fields', JSON.stringify({ query: LIST_QUERY, variables: LIST_VARIABLES }), 1_000, 0.75)
await compare('tiny query', JSON.stringify({ query: TINY_QUERY }), 4_000, 0.4)
