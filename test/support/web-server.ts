import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** This machine, at an address that tests allow while 127.0.0.1 stays refused. */
export const ALLOWED_ADDRESS = '127.0.0.2'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void

export interface WebServerOptions {
  readonly host?: string
  readonly port?: number
  readonly certificate?: { readonly key: string; readonly cert: string }
}

/** A server on this machine that counts its connections and keeps what it was asked. */
export class WebServer implements AsyncDisposable {
  readonly sockets = new Set<Socket>()
  readonly requests: SeenRequest[] = []
  connections = 0
  readonly origin: string
  readonly port: number
  readonly #server: Server

  private constructor(server: Server, origin: string) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.origin = `${origin}:${this.port}`
  }

  static async start(answer: Answer, options: WebServerOptions = {}): Promise<WebServer> {
    const { certificate } = options
    const server = certificate ? createSecureServer(certificate) : createServer()
    const started = await WebServer.#listen(server, options, certificate ? 'https' : 'http')
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void buffer(request).then(
        (body) => {
          const { method = '', url = '', headers } = request
          const seen = { method, url, headers, body: body.toString() }
          started.requests.push(seen)
          answer(seen, response)
        },
        () => undefined,
      )
    })
    return started
  }

  /** Without HTTP: the test reads and writes bytes. */
  static startRaw(onSocket: (socket: Socket) => void, options: WebServerOptions = {}): Promise<WebServer> {
    return WebServer.#listen(createTcpServer({ allowHalfOpen: false }, onSocket), options, 'http')
  }

  static async #listen(server: Server, { host = ALLOWED_ADDRESS, port = 0 }: WebServerOptions, scheme: string) {
    server.listen(port, host)
    await once(server, 'listening')
    const started = new WebServer(server, `${scheme}://${host.includes(':') ? `[${host}]` : host}`)
    server.on('connection', (socket: Socket) => {
      started.connections++
      started.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => started.sockets.delete(socket))
    })
    return started
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.sockets) socket.destroy()
    await closed
  }
}
