import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'

const TYPES = { 4: 1, 6: 28 } as const
const HEADER_BYTES = 12

/** A DNS server on this machine whose answers a test decides. */
export class DnsServer implements AsyncDisposable {
  /** The addresses of a name at each query for it; the last of them from then on. */
  readonly names = new Map<string, string[][]>()
  /** Names whose queries are never answered. */
  readonly silent = new Set<string>()
  readonly queries: string[] = []
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (message, sender) => this.#answer(message, sender))
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new DnsServer(socket)
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  #answer(message: Buffer, { port, address }: RemoteInfo): void {
    const { name, type, end } = readQuestion(message)
    this.queries.push(name)
    if (this.silent.has(name)) return
    const rounds = this.names.get(name)
    // Both families are asked for in one round; the second of them takes it away.
    const found = rounds?.[0] ?? []
    if (rounds && rounds.length > 1 && this.queries.filter((one) => one === name).length % 2 === 0) rounds.shift()
    const records = found.filter((one) => TYPES[isIP(one) as 4 | 6] === type).map((one) => toRecord(type, one))
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUInt16BE(message.readUInt16BE(0), 0)
    header.writeUInt16BE(rounds ? 0x8180 : 0x8183, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(records.length, 6)
    this.#socket.send(Buffer.concat([header, message.subarray(HEADER_BYTES, end), ...records]), port, address)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

/** The name by reference to the question, class IN, to be kept for no time. */
function toRecord(type: number, address: string): Buffer {
  const data = type === TYPES[4] ? Buffer.from(address.split('.').map(Number)) : toIpv6Bytes(address)
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length])
  return Buffer.concat([head, data])
}

function toIpv6Bytes(address: string): Buffer {
  // URLs write IPv6 without dotted parts.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = [], tail] = plain.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const groups = tail ? [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail] : head
  return Buffer.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]))
}
