import { ROOT_CONTEXT } from '@opentelemetry/api'
import pino, { type Logger } from 'pino'
import type { GatewayLimits } from '../../src/domain/limits.js'
import { createGateway, type Gateway, type GatewayOptions } from '../../src/gateway/gateway.js'
import { applyRateLimits } from '../../src/gateway/rate-limits.js'
import { localAuthenticator } from '../../src/services/access/authenticator.js'
import { TestSchema } from './gateway-schema.js'

export const LIMITS: GatewayLimits = {
  documentBytes: 10_000,
  documentTokens: 1_000,
  operationDepth: 8,
  operationAliases: 5,
  operationRootFields: 6,
  directivesPerNode: 3,
  operationCost: 2_000,
  listItems: 100,
  variablesBytes: 2_000,
  batchOperations: 3,
  bodyBytes: 20_000,
  messageBytes: 20_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  idleTimeoutMs: 10_000,
  connectionInitTimeoutMs: 3_000,
  pingIntervalMs: 10_000,
  connectionsPerAddress: 200,
  subscriptionsPerConnection: 10,
  operationsPerSocketPerSecond: 1_000,
  sendBufferBytes: 65_536,
  introspection: true,
}

/** A gateway over the test schema, listening on a free port of loopback. */
export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway
  readonly url: string
  readonly port: number
  readonly graphqlUrl: string
  readonly streamUrl: string
  readonly socketUrl: string
  readonly test: TestSchema
  /** What the log has, one object a line. */
  readonly log: Record<string, unknown>[]
}

type Options = Partial<Omit<GatewayOptions, 'limits'>> & { readonly limits?: Partial<GatewayLimits> }

function createMemoryLogger(lines: Record<string, unknown>[]): Logger {
  return pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
}

export async function startGateway(options: Options = {}): Promise<TestGateway> {
  const test = new TestSchema()
  applyRateLimits(test.schema, { perMinute: 1_000, queriesPerMinute: 1_000 })
  const log: Record<string, unknown>[] = []
  const gateway = await createGateway({
    schema: test.schema,
    rules: { allowedHosts: [], allowedOrigins: [] },
    authenticator: localAuthenticator,
    createContext: test.createContext,
    health: () => Promise.resolve({ ready: true, checks: [{ name: 'state store', ok: true, message: null }] }),
    metrics: () => Promise.resolve({ contentType: 'text/plain', body: 'graphloom_up 1\n' }),
    statusPage: () =>
      Promise.resolve({
        ...{ version: '1.2.3', phase: 'READY', url: 'http://127.0.0.1', dataDirectory: '/data', stateStore: 'sqlite' },
        models: [{ name: 'tiny', version: '1', task: 'CHAT', state: 'READY' }],
        ...{ signIn: 'nothing to do', switchedOff: ['<traces>'], examples: [{ title: 'First', text: '{ hello }' }] },
      }),
    toTrace: () => ROOT_CONTEXT,
    onOperation: () => undefined,
    logger: createMemoryLogger(log),
    ...options,
    limits: { ...LIMITS, ...options.limits },
  })
  const { url, port } = await gateway.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...{ gateway, url, port, test, log, graphqlUrl: `${url}/graphql`, streamUrl: `${url}/graphql/stream` },
    socketUrl: `${url.replace(/^http/, 'ws')}/graphql`,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}
