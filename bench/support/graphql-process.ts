import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { execute, parse, validate, type DocumentNode } from 'graphql'
import pino from 'pino'
import { WebSocketServer } from 'ws'
import { parseConfiguration } from '../../src/config/configuration.js'
import { createGateway } from '../../src/gateway/gateway.js'
import { createJwtAuthenticator } from '../../src/services/access/authentication.js'
import { createListSchema } from './list-schema.js'
import { Topic } from './topic.js'

/** The process that is measured: the gateway with authentication and limits, and beside it the least that would do. */
const SECRET = 'a secret for a benchmark, 32 bytes long'
const topic = new Topic()
const schema = createListSchema(() => topic.follow())

function createToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { sub: 'bench', tenant: 'bench', roles: ['ADMIN'], exp: Math.floor(Date.now() / 1_000) + 3_600 }
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
}

const { limits } = parseConfiguration({})
const gateway = await createGateway({
  schema,
  limits: { ...limits, connectionsPerAddress: 10_000 },
  rules: { allowedHosts: [], allowedOrigins: [] },
  authenticator: await createJwtAuthenticator({
    key: { secret: SECRET },
    algorithms: null,
    issuer: null,
    audience: null,
    tenantClaim: 'tenant',
    rolesClaim: 'roles',
    groupsClaim: 'groups',
    clockToleranceSeconds: 0,
  }),
  createContext: (context) => context,
  health: () => Promise.resolve({ ready: true, checks: [] }),
  metrics: () => Promise.resolve({ contentType: 'text/plain', body: '' }),
  statusPage: () => Promise.reject(new Error('there is none')),
  toTrace: () => ROOT_CONTEXT,
  onOperation: () => undefined,
  logger: pino({ level: 'warn' }),
})

const documents = new Map<string, DocumentNode>()

async function answerBare(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  const { query, variables } = JSON.parse(Buffer.concat(parts).toString()) as {
    query: string
    variables?: Record<string, unknown>
  }
  let document = documents.get(query)
  if (!document) {
    document = parse(query)
    if (validate(schema, document).length > 0) throw new Error('the document is not valid')
    documents.set(query, document)
  }
  const result = await execute({ schema, document, variableValues: variables, contextValue: {} })
  const body = JSON.stringify(result)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const bare = createServer((request, response) => void answerBare(request, response))
const bareSockets = new WebSocketServer({ server: bare, perMessageDeflate: false })
await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve))
const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 })

/** Publishes items one after another: each when this turn's work for the one before is done. */
async function publish(target: 'gateway' | 'bare', items: number): Promise<void> {
  for (let number = 0; number < items; number++) {
    const item = { number, text: `tick number ${number} of a topic` }
    if (target === 'gateway') topic.publish(item)
    else {
      const text = JSON.stringify({ id: 'topic', type: 'next', payload: { data: { ticks: item } } })
      for (const socket of bareSockets.clients) socket.send(text)
    }
    await new Promise(setImmediate)
  }
}

process.on('message', (message: { publish?: { target: 'gateway' | 'bare'; items: number } } | 'followers' | 'stop') => {
  if (message === 'stop') {
    bareSockets.close()
    bare.closeAllConnections()
    bare.close()
    void gateway[Symbol.asyncDispose]().then(() => process.disconnect())
  } else if (message === 'followers') process.send?.({ followers: topic.followers })
  else if (message.publish) void publish(message.publish.target, message.publish.items)
})
process.send?.({ gatewayPort: port, barePort: (bare.address() as AddressInfo).port, token: createToken() })
