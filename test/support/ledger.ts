import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** What a task did in the world outside of the server. */
export interface Effect {
  readonly id: string
  readonly attempt: number
  readonly sum: number
}

/**
 * Keeps what tasks did, by their ids: an attempt that is older than the one that was seen last is refused, as a service
 * with a fence would. It also counts how many workers are at one key at once.
 */
export class Ledger implements AsyncDisposable {
  readonly effects = new Map<string, Effect>()
  /** Calls by their `idempotency-key`. */
  readonly calls = new Map<string, number>()
  refused = 0
  #busy = 0
  mostBusy = 0
  readonly begun: number[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<Ledger> {
    const server = createServer((request, response) => {
      void request
        .setEncoding('utf8')
        .toArray()
        .then((parts) => {
          ledger.#take(request.url ?? '', parts.join(''), String(request.headers['idempotency-key'] ?? ''))
          response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
        })
    }).listen(0, '127.0.0.1')
    const ledger = new Ledger(server)
    await once(server, 'listening')
    return ledger
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`
  }

  #take(path: string, body: string, key: string): void {
    if (path === '/effect') this.#record(JSON.parse(body) as Effect)
    else if (path === '/begin') {
      this.begun.push(performance.now())
      this.mostBusy = Math.max(this.mostBusy, ++this.#busy)
    } else if (path === '/end') this.#busy--
    else this.calls.set(key, (this.calls.get(key) ?? 0) + 1)
  }

  #record(effect: Effect): void {
    const known = this.effects.get(effect.id)
    if (known && known.attempt >= effect.attempt) this.refused++
    else this.effects.set(effect.id, effect)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
