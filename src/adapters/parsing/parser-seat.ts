import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { DocumentText } from '../../domain/document-text.js'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'
import type { ParseLimits, ParseRequest } from '../../ports/document-parser.js'
import { SupervisedChild } from '../child-process/supervised-child.js'
import { ParsedParts, type ParsedPart, type ParsedRest, type ParserCall } from './parser-protocol.js'
import { tooLarge, unreadable } from './problems.js'

export interface ParserSeatOptions {
  readonly logger: Logger
  readonly maxMemoryBytes: number
  readonly idleMs: number
}

const MIB = 2 ** 20
const PIECE_BYTES = MIB
/** After so many documents the process is replaced, whatever they left in its memory. */
const MAX_DOCUMENTS = 500
/** Of the memory, what is JavaScript's; the rest are bytes and the program itself. */
const HEAP_SHARE = 0.6
/** How a process ends that had too much memory: by the watch, or by the JavaScript engine. */
const MEMORY_REASONS: ReadonlySet<string> = new Set(['signal SIGKILL', 'signal SIGABRT', 'exit code 134'])
const PROCESS_NAME = 'document parser'
/** The watch of its memory is a worker, of which Node warns. */
const PERMISSIONS = ['--permission', '--allow-worker', '--disable-warning=PERM0006'] as const

/** Reads one document after the other in a process that is replaced when it is lost. */
export class ParserSeat {
  readonly #options: ParserSeatOptions
  #child: SupervisedChild | null = null
  #documents = 0
  #idleTimer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(options: ParserSeatOptions) {
    this.#options = options
  }

  async parse(request: ParseRequest, limits: ParseLimits): Promise<DocumentText> {
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    const { timeoutMs } = limits
    const late = new AbortController()
    const signal = AbortSignal.any([request.signal, late.signal])
    const onLate = (): void =>
      late.abort(unreadable('TOO_SLOW', `The document could not be read within ${timeoutMs} ms.`))
    let timer = setTimeout(onLate, timeoutMs)
    let isDone = false
    const child = this.#openChild()
    const call = <T>(method: ParserCall, params: unknown, onEvent?: (event: unknown) => void): Promise<T> =>
      child.call<T>(method, params, signal, onEvent)
    try {
      await call('start', { maxMemoryBytes: this.#options.maxMemoryBytes })
      // How long the content takes to come is not the document's doing.
      clearTimeout(timer)
      await sendContent(request.content, limits.maxBytes, (piece) => call('append', piece))
      timer = setTimeout(onLate, timeoutMs)
      const { mediaType, name, rows } = request
      const parts = new ParsedParts(limits)
      const rest = await call<ParsedRest>('parse', { mediaType, name, rows, limits }, (part) =>
        parts.add(part as ParsedPart),
      )
      isDone = true
      return parts.join(rest)
    } catch (error) {
      isDone = isErrorWithCode(error, 'DOCUMENT_UNREADABLE') && !signal.aborted
      throw await this.#explain(error, child)
    } finally {
      clearTimeout(timer)
      await this.#release(isDone)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    await this.#stop()
  }

  /** What it was busy with would hold up the next document. */
  async #release(isDone: boolean): Promise<void> {
    this.#documents++
    if (!isDone || this.#documents >= MAX_DOCUMENTS) await this.#stop()
    else if (!this.#isClosed) this.#idleTimer = setTimeout(() => void this.#stop(), this.#options.idleMs).unref()
  }

  /** A process that ended has ended by its document. */
  async #explain(error: unknown, child: SupervisedChild): Promise<unknown> {
    if (error instanceof GraphloomError && error.code !== 'UNAVAILABLE') return error
    if (!(error instanceof GraphloomError))
      return error instanceof Error && error.message.startsWith(`The ${PROCESS_NAME}`)
        ? unreadable('DAMAGED', 'The document cannot be read: its parser failed.')
        : error
    if (this.#isClosed) return error
    const { reason } = await child.exited
    return MEMORY_REASONS.has(reason)
      ? unreadable('OUT_OF_MEMORY', 'The document needs more memory than reading may take.')
      : unreadable('CRASHED', `The parser ended while it read the document (${reason}).`)
  }

  #openChild(): SupervisedChild {
    if (this.#isClosed) throw new GraphloomError('UNAVAILABLE', 'The server is stopping and reads no documents.')
    if (this.#child) return this.#child
    const started = new SupervisedChild({
      entry: new URL('./parser-process.js', import.meta.url),
      name: PROCESS_NAME,
      crashCode: 'UNAVAILABLE',
      heapMib: Math.floor((this.#options.maxMemoryBytes * HEAP_SHARE) / MIB),
      nodeArguments: restrictToOwnCode(),
      logger: this.#options.logger,
    })
    void started.exited.then(() => {
      if (this.#child === started) this.#child = null
    })
    this.#child = started
    this.#documents = 0
    return started
  }

  async #stop(): Promise<void> {
    const stopped = this.#child
    this.#child = null
    await stopped?.stop()
  }
}

/** Arguments of Node's with which a process reads the program and its packages, and nothing else. */
export function restrictToOwnCode(): string[] {
  const packages = `${sep}node_modules${sep}`
  const found = fileURLToPath(import.meta.resolve('htmlparser2'))
  const readable = [
    fileURLToPath(new URL('../../', import.meta.url)),
    found.slice(0, found.lastIndexOf(packages) + packages.length),
  ]
  return [...PERMISSIONS, ...readable.map((folder) => `--allow-fs-read=${folder}`)]
}

/** In pieces of a bounded size, one after the other. */
async function sendContent(
  content: ParseRequest['content'],
  maxBytes: number,
  append: (piece: Uint8Array) => Promise<unknown>,
): Promise<void> {
  let bytes = 0
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge('bytes', maxBytes)
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) await append(chunk.subarray(at, at + PIECE_BYTES))
  }
}
