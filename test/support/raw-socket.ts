import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'

export interface Message {
  readonly type: string
  readonly id?: string
  readonly payload?: unknown
}

/** A socket that sends what it is told to, also what a proper client would not. */
export class RawSocket implements AsyncDisposable {
  readonly socket: WebSocket
  readonly messages: Message[] = []
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>

  constructor(url: string, protocol: string | string[] = 'graphql-transport-ws', options: ClientOptions = {}) {
    this.socket = new WebSocket(url, protocol, options)
    this.socket.on('message', (data) => this.messages.push(JSON.parse((data as Buffer).toString()) as Message))
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) =>
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    )
  }

  static async open(url: string, protocol?: string | string[], options?: ClientOptions): Promise<RawSocket> {
    const socket = new RawSocket(url, protocol, options)
    await once(socket.socket, 'open')
    return socket
  }

  /** Open and acknowledged. */
  static async connect(url: string, payload?: object): Promise<RawSocket> {
    const socket = await RawSocket.open(url)
    socket.send({ type: 'connection_init', ...(payload && { payload }) })
    await socket.receive('connection_ack')
    return socket
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  subscribe(id: string, query: string, variables?: object): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } })
  }

  /** The first message of this type (and id) that came or comes; fails when the socket closes before. */
  async receive(type: string, id?: string): Promise<Message> {
    for (;;) {
      const found = this.messages.find((message) => message.type === type && (id === undefined || message.id === id))
      if (found) return found
      const next = once(this.socket, 'message')
      const { code, reason } = (await Promise.race([next, this.closed])) as { code?: number; reason?: string }
      if (code !== undefined) throw new Error(`closed with ${code} ${reason} before "${type}" came`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate()
    await this.closed
  }
}
