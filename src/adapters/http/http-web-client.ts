import { Agent, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { WebClient, WebRequest, WebResponse } from '../../ports/web-client.js'
import { AddressRules } from './address-rules.js'
import { CallLimit } from './call-limit.js'
import { ConnectionSlots } from './connection-slots.js'
import { createHostResolver, type ResolveHost } from './host-resolver.js'
import { toFirstHop, pathOf, type Hop } from './hop.js'
import { toNextHop, tooManyRedirects } from './redirect.js'
import { readBody, readPieces } from './response-body.js'
import { exchange, toFailure, type Wire } from './wire.js'

export interface HttpWebClientOptions {
  /** Beside public addresses: blocks as `10.0.0.0/8`, and host names, which may lead anywhere. */
  readonly allowed: readonly string[]
  readonly maxResponseBytes: number
  /** Connections at once; a quarter of them to one host. */
  readonly maxConnections: number
  readonly resolveHost?: ResolveHost
  /** Certificates (PEM) that are trusted instead of the usual ones. */
  readonly authorities?: readonly string[]
}

const MAX_REDIRECTS = 5
const MAX_WAITING = 10_000
const HOST_PART = 4

/** Calls by node:http and node:https, with a connection for each request. */
class HttpWebClient implements WebClient {
  readonly #options: HttpWebClientOptions
  readonly #wire: Wire
  readonly #slots: ConnectionSlots
  readonly #calls = new Map<CallLimit, Promise<unknown>>()
  #isClosed = false

  constructor(options: HttpWebClientOptions) {
    this.#options = options
    const ca = options.authorities ? { ca: [...options.authorities] } : {}
    this.#wire = {
      rules: new AddressRules(options.allowed),
      resolve: options.resolveHost ?? createHostResolver(),
      agents: {
        http: new Agent({ keepAlive: false }),
        https: new SecureAgent({ keepAlive: false, maxCachedSessions: 0, ...ca }),
      },
    }
    const { maxConnections: max } = options
    this.#slots = new ConnectionSlots({ max, maxPerHost: Math.ceil(max / HOST_PART), maxWaiting: MAX_WAITING })
  }

  check(request: Omit<WebRequest, 'timeoutMs' | 'signal'>): void {
    toFirstHop(request)
  }

  async send(request: WebRequest): Promise<WebResponse> {
    if (this.#isClosed) throw closed()
    const hop = toFirstHop(request)
    using limit = new CallLimit(request.signal, request.timeoutMs)
    const call = this.#follow(hop, request, limit.signal)
    this.#calls.set(limit, call)
    try {
      return await call
    } catch (error) {
      if (!isErrorWithCode(error, 'FORBIDDEN')) throw error
      throw new GraphloomError(error.code, error.message, { details: { path: pathOf(request, 'url') } })
    } finally {
      this.#calls.delete(limit)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const calls = [...this.#calls.values()]
    for (const limit of this.#calls.keys()) limit.abort(closed())
    await Promise.allSettled(calls)
    this.#wire.agents.http.destroy()
    this.#wire.agents.https.destroy()
  }

  async #follow(first: Hop, request: WebRequest, signal: AbortSignal): Promise<WebResponse> {
    const maxRedirects = Math.min(MAX_REDIRECTS, request.maxRedirects ?? MAX_REDIRECTS)
    let hop = first
    for (let redirects = 0; ; redirects++) {
      if (!isAmong(hop.url.hostname, request.onlyHosts)) throw otherHost(hop.url.hostname)
      const answer = await this.#call(hop, request, maxRedirects > 0, signal)
      if ('status' in answer) return { ...answer, redirects }
      if (redirects === maxRedirects) throw tooManyRedirects(hop)
      hop = answer
    }
  }

  /** What one request leads to: an answer, or the next request. */
  async #call(hop: Hop, request: WebRequest, follows: boolean, signal: AbortSignal) {
    using _slot = await this.#slots.acquire(hop.url.host, signal)
    let response: IncomingMessage | null = null
    try {
      response = await exchange(this.#wire, hop, signal)
      const next = follows ? toNextHop(hop, response.statusCode, response.headers.location) : null
      return next ?? (await this.#read(hop, response, request))
    } catch (error) {
      throw signal.aborted ? signal.reason : toFailure(error, hop)
    } finally {
      response?.destroy()
    }
  }

  async #read({ url, method }: Hop, response: IncomingMessage, request: WebRequest) {
    const { maxResponseBytes: most } = this.#options
    const { maxResponseBytes = most, receive } = request
    const answer = { status: response.statusCode ?? 0, headers: toPlainHeaders(response), url: url.href }
    const isEmpty = method === 'HEAD' || request.discardBody === true
    if (isEmpty) return { ...answer, body: new Uint8Array() }
    if (!receive) return { ...answer, body: await readBody(response, Math.min(most, maxResponseBytes)) }
    await receive(answer, readPieces(response, maxResponseBytes))
    return { ...answer, body: new Uint8Array() }
  }
}

function toPlainHeaders({ headers }: IncomingMessage): Record<string, string> {
  const { 'set-cookie': _cookies, ...plain } = headers
  return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, String(value)]))
}

function isAmong(hostname: string, hosts: readonly string[] | undefined): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  const isOne = (host: string): boolean => (host.startsWith('.') ? name.endsWith(host) : name === host)
  return hosts === undefined || hosts.some((host) => isOne(host.toLowerCase()))
}

const otherHost = (hostname: string): GraphloomError =>
  new GraphloomError('FORBIDDEN', `"${hostname}" is not called: it is not among the hosts that are allowed for this.`)

const closed = (): GraphloomError => new GraphloomError('UNAVAILABLE', 'The server is stopping and calls no addresses.')

/** The web as its clients see it, over this machine's network. */
export const createHttpWebClient = (options: HttpWebClientOptions): WebClient => new HttpWebClient(options)
