import type { Logger } from 'pino'
import type { DocumentText } from '../../domain/document-text.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { DocumentParser, ParseLimits, ParseRequest } from '../../ports/document-parser.js'
import { ParserSeat } from './parser-seat.js'
import { tooLarge } from './problems.js'

export interface DocumentParserOptions {
  readonly logger: Logger
  /** Documents that are read at once, each in a process. */
  readonly maxProcesses?: number
  /** The most memory of such a process, bytes. */
  readonly maxMemoryBytes?: number
  /** Without work for so long a process ends, milliseconds. */
  readonly idleMs?: number
  readonly limits?: Partial<ParseLimits>
}

const MIB = 2 ** 20
const MAX_WAITING = 10_000
const RETRY_AFTER_MS = 1_000

const DEFAULTS = { maxProcesses: 2, maxMemoryBytes: 640 * MIB, idleMs: 10_000 }
const DEFAULT_LIMITS: ParseLimits = {
  maxBytes: 64 * MIB,
  maxInflatedBytes: 128 * MIB,
  maxTextCharacters: 20_000_000,
  maxSegments: 200_000,
  timeoutMs: 9_000,
}

/** A bounded number of processes, started when documents come and ended when none do. */
export function createDocumentParser(options: DocumentParserOptions): DocumentParser {
  return new ProcessDocumentParser(options)
}

class ProcessDocumentParser implements DocumentParser {
  readonly #limits: ParseLimits
  readonly #seats: ParserSeat[]
  readonly #free: ParserSeat[]
  readonly #waiting: { readonly take: (seat: ParserSeat) => void; readonly refuse: (error: Error) => void }[] = []
  #isClosed = false

  constructor({ logger, limits, ...options }: DocumentParserOptions) {
    const { maxProcesses, ...seat } = { ...DEFAULTS, ...options }
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#seats = Array.from({ length: maxProcesses }, () => new ParserSeat({ ...seat, logger }))
    this.#free = [...this.#seats]
  }

  async parse(request: ParseRequest): Promise<DocumentText> {
    request.signal.throwIfAborted()
    const limits = { ...this.#limits, ...request.limits }
    const { content } = request
    if (content instanceof Uint8Array && content.length > limits.maxBytes) throw tooLarge('bytes', limits.maxBytes)
    const seat = await this.#acquire(request.signal)
    try {
      return await seat.parse(request, limits)
    } finally {
      const next = this.#waiting.shift()
      if (next) next.take(seat)
      else this.#free.push(seat)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const { refuse } of this.#waiting.splice(0)) refuse(closed())
    await Promise.all(this.#seats.map((seat) => seat.close()))
  }

  async #acquire(signal: AbortSignal): Promise<ParserSeat> {
    if (this.#isClosed) throw closed()
    const seat = this.#free.pop()
    if (seat) return seat
    if (this.#waiting.length >= MAX_WAITING)
      throw new GraphloomError('OVERLOADED', 'Too many documents wait to be read.', {
        details: { retryAfterMs: RETRY_AFTER_MS },
      })
    const { promise, resolve, reject } = Promise.withResolvers<ParserSeat>()
    const place = { take: resolve, refuse: reject }
    const onAbort = (): void => {
      const at = this.#waiting.indexOf(place)
      if (at >= 0) this.#waiting.splice(at, 1)
      reject(
        signal.reason instanceof Error ? signal.reason : new GraphloomError('CANCELLED', 'The call was cancelled.'),
      )
    }
    this.#waiting.push(place)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}

const closed = (): GraphloomError => new GraphloomError('UNAVAILABLE', 'The server is stopping and reads no documents.')
