import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

export interface HttpLoad {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly connections: number
  readonly requests: number
}

const HEADERS_END = '\r\n\r\n'

/**
 * Sends the same POST over some keep-alive connections, one after another on each, and gives the requests per second.
 * It reads no more of an answer than it must, so that the server is what is measured.
 */
export async function measureRequestsPerSecond(load: HttpLoad): Promise<number> {
  const { path, port, body, requests, connections } = load
  const headers = { host: `127.0.0.1:${port}`, 'content-length': String(Buffer.byteLength(body)), ...load.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const message = Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}${HEADERS_END}${body}`)
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  let left = requests
  const startedAt = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      while (left > 0) {
        left--
        await exchange(socket, message)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1_000
  for (const socket of sockets) socket.destroy()
  return requests / seconds
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

function exchange(socket: Socket, message: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let wanted = -1
    let received = 0
    const onData = (part: Buffer): void => {
      received += part.length
      if (wanted < 0) {
        const text = part.toString('latin1')
        const end = text.indexOf(HEADERS_END)
        const length = /content-length: (\d+)/i.exec(text)?.[1]
        if (!text.startsWith('HTTP/1.1 200') || end < 0 || length === undefined)
          return reject(new Error(`unexpected answer: ${text.slice(0, 500)}`))
        wanted = end + HEADERS_END.length + Number(length)
      }
      if (received < wanted) return
      socket.off('data', onData)
      resolve()
    }
    socket.on('data', onData)
    socket.write(message)
  })
}
