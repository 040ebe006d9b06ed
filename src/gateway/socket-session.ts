import type { IncomingMessage } from 'node:http'
import type { Context } from '@opentelemetry/api'
import type { FormattedExecutionResult } from 'graphql'
import type { WebSocket } from 'ws'
import { GraphloomError } from '../kernel/errors.js'
import type { GatewayLimits } from '../domain/limits.js'
import type { Principal } from '../domain/principal.js'
import { toPayloadJson } from './payload-json.js'

export interface RunningOperation {
  readonly id: string
  /** Aborts when nobody wants an answer any more. */
  readonly controller: AbortController
  isSubscription: boolean
  /** Resolves when nothing of it runs any more. */
  ended: Promise<void>
}

/** Stands for a result in a message; it is of graphql-ws's type, all of whose parts may be missing. */
interface MarkedResult extends FormattedExecutionResult {
  toJSON(): string
}

interface SessionOptions {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly trace: Context
  readonly limits: GatewayLimits
}

const MARKED = /"payload":"\\u0000(\d+)"/
/** Pings that may go unanswered while data waits for a slow reader, which the ping stands behind. */
const SLOW_READER_PINGS = 10
const SENDS_IN_A_TURN = 32

/** One socket's state beside what graphql-ws keeps. */
export class SocketSession {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly #limits: GatewayLimits
  /** The trace of operations that name none. */
  trace: Context
  principal: Principal | null = null
  /** Running operations, by their ids. */
  readonly operations = new Map<string, RunningOperation>()
  /** The operation that the message at hand has started. */
  started: RunningOperation | null = null
  /** The last message about an id that is to be taken in turn. */
  readonly #turns = new Map<string, Promise<void>>()
  #waitingMessages = 0
  #sent = 0
  /** Payloads that have their JSON already, by the mark that stands for them. */
  readonly #payloads = new Map<string, string>()
  #nextMark = 0
  #tokens: number
  #refilledAt = Date.now()
  #unansweredPings = 0

  constructor({ socket, request, trace, limits }: SessionOptions) {
    this.socket = socket
    this.request = request
    this.trace = trace
    this.#limits = limits
    this.#tokens = limits.operationsPerSocketPerSecond
  }

  /** Enters an operation whose message is being read. @throws GraphloomError `RATE_LIMITED`. */
  start(id: string): RunningOperation {
    this.#takeToken()
    const operation = { id, controller: new AbortController(), isSubscription: false, ended: Promise.resolve() }
    this.operations.set(id, operation)
    this.started = operation
    return operation
  }

  /** Takes out an operation that has ended. */
  finish(id: string): void {
    this.operations.delete(id)
  }

  /** Tells what runs under the id that its client wants no answer; resolves when it has ended, null when nothing runs. */
  complete(id: string): Promise<void> | null {
    const operation = this.operations.get(id)
    if (!operation) return null
    this.operations.delete(id)
    operation.controller.abort(new GraphloomError('CANCELLED', 'The client wants no answer.'))
    return operation.ended
  }

  /**
   * Takes a message about an id when what an earlier one has ended is over: an id can be taken anew as soon as it is
   * completed. `take` must not reject; it gives null when there is nothing to wait for. False when too many messages
   * wait.
   */
  inTurn(id: string, take: () => Promise<void> | null): boolean {
    const before = this.#turns.get(id)
    if (!before) {
      const ended = take()
      if (ended) this.#keepTurn(id, ended)
      return true
    }
    if (this.#waitingMessages >= this.#limits.subscriptionsPerConnection) return false
    this.#waitingMessages++
    const takeWaiting = async (): Promise<void> => {
      this.#waitingMessages--
      await take()
    }
    this.#keepTurn(id, before.then(takeWaiting))
    return true
  }

  #keepTurn(id: string, turn: Promise<void>): void {
    this.#turns.set(id, turn)
    void turn.then(() => {
      if (this.#turns.get(id) === turn) this.#turns.delete(id)
    })
  }

  /** Whether the socket still shows signs of life; called once for each ping. */
  isAlive(): boolean {
    const allowed = this.socket.bufferedAmount > 0 ? SLOW_READER_PINGS : 1
    return this.#unansweredPings++ < allowed
  }

  noteLife(): void {
    this.#unansweredPings = 0
  }

  /** Stands for a payload whose JSON is made once for all its readers: `send` puts that in. */
  mark(result: FormattedExecutionResult): MarkedResult {
    const mark = String(this.#nextMark++)
    this.#payloads.set(mark, toPayloadJson(result))
    return { toJSON: () => `\u0000${mark}` }
  }

  /** Resolves when the socket can take more: nothing is taken from a stream before. */
  send(data: string): Promise<void> | void {
    const text = data.replace(MARKED, (_all, mark: string) => {
      const json = this.#payloads.get(mark) ?? 'null'
      this.#payloads.delete(mark)
      return `"payload":${json}`
    })
    const { socket } = this
    if (socket.readyState !== socket.OPEN) {
      // Its close event can only come when sources that always have an item ready let it.
      this.close()
      return new Promise((resolve) => setImmediate(resolve))
    }
    if (socket.bufferedAmount + text.length <= this.#limits.sendBufferBytes) {
      socket.send(text)
      // A source that always has an item ready must not keep everyone else from their turn.
      return ++this.#sent % SENDS_IN_A_TURN === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined
    }
    // The callback comes when the bytes have gone to the network, or when the socket has closed.
    return new Promise((resolve) => socket.send(text, () => resolve()))
  }

  /** Ends everything that runs for a socket that has closed. */
  close(): void {
    for (const { controller } of this.operations.values())
      controller.abort(new GraphloomError('CANCELLED', 'The client has gone.'))
    this.operations.clear()
    this.#payloads.clear()
  }

  /** So many operations a second may start, saved up for at most a second. */
  #takeToken(): void {
    const rate = this.#limits.operationsPerSocketPerSecond
    const now = Date.now()
    this.#tokens = Math.min(rate, this.#tokens + ((now - this.#refilledAt) * rate) / 1_000)
    this.#refilledAt = now
    if (this.#tokens < 1)
      throw new GraphloomError('RATE_LIMITED', `At most ${rate} operations a second may start on a socket.`, {
        details: {
          retryAfterMs: Math.ceil((1_000 * (1 - this.#tokens)) / rate),
          limit: { name: 'GRAPHLOOM_LIMIT_OPERATIONS_PER_SOCKET_PER_SECOND', value: rate },
        },
      })
    this.#tokens--
  }
}
