import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { createHttpWebClient, type HttpWebClientOptions } from '../../src/adapters/http/http-web-client.js'
import type { WebClient, WebRequest, WebResponse } from '../../src/ports/web-client.js'
import type { Certificate } from './certificate.js'
import { NEVER } from './inference.js'
import { waitFor } from './wait.js'
import { ALLOWED_ADDRESS, WebServer, type Answer } from './web-server.js'

const CLOSE_LIMIT_MS = 10_000

/**
 * Servers and clients of the tests of a file, closed after each. Whatever a call came to, its connections must be given
 * up without the end of the client.
 */
export function openWebCalls(maxResponseBytes: number) {
  let stack: AsyncDisposableStack
  let client: WebClient
  const servers: WebServer[] = []
  const open = (options: Partial<HttpWebClientOptions>): WebClient =>
    stack.use(createHttpWebClient({ allowed: [ALLOWED_ADDRESS], maxResponseBytes, maxConnections: 8, ...options }))
  const keep = (server: WebServer): WebServer => {
    servers.push(stack.use(server))
    return server
  }
  const serve = async (answer: Answer, certificate?: Certificate): Promise<WebServer> =>
    keep(await WebServer.start(answer, certificate ? { certificate } : {}))
  const serveRaw = async (onSocket: (socket: Socket) => void): Promise<WebServer> =>
    keep(await WebServer.startRaw(onSocket))
  /** Answers with these bytes once something was asked. */
  const serveBytes = (bytes: string): Promise<WebServer> =>
    serveRaw((socket) => socket.once('data', () => socket.end(bytes, 'latin1')))
  const send = (url: string, rest: Partial<WebRequest> = {}, by: WebClient = client): Promise<WebResponse> =>
    by.send({ method: 'GET', url, timeoutMs: 20_000, signal: NEVER, ...rest })

  beforeEach(() => {
    stack = new AsyncDisposableStack()
    client = open({})
  })
  afterEach(async () => {
    const opened = servers.splice(0)
    await waitFor('connections are closed', () => opened.every(({ sockets }) => sockets.size === 0), CLOSE_LIMIT_MS)
    await stack.disposeAsync()
  })
  afterAll(() =>
    waitFor('no socket is left', () => !process.getActiveResourcesInfo().some((name) => /^(TCP|TLS)/.test(name))),
  )
  return { open, send, serve, serveRaw, serveBytes }
}
