import { constants, getPriority, setPriority } from 'node:os'
import { fork, type ChildProcess } from 'node:child_process'
import type { Logger } from 'pino'
import { GraphloomError } from '../../kernel/errors.js'
import type { ErrorCode } from '../../kernel/error-catalogue.js'
import { parseToParent, type ChildError, type ToChild } from './protocol.js'

export interface SupervisedChildOptions {
  /** Compiled file that calls `serveParent`. */
  readonly entry: URL
  /** For the log and for messages. */
  readonly name: string
  /** Code of the error that running calls end with when the process does. */
  readonly crashCode: ErrorCode
  /** Most memory for JavaScript's objects, MiB; Node's own limit when unset. */
  readonly heapMib?: number
  /** More arguments of Node's. */
  readonly nodeArguments?: readonly string[]
  readonly logger: Logger
}

export interface ChildExit {
  /** Whether it was asked to end. */
  readonly expected: boolean
  readonly reason: string
}

interface PendingCall {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  readonly onEvent: (event: unknown) => void
}

const MAX_PENDING_CALLS = 10_000
const MAX_LOGGED_CHARACTERS = 2_000
/** A child needs none of the server's settings and secrets. */
const INHERITED_VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'NODE_COMPILE_CACHE',
]

/** ONNX Runtime's packages keep an id of the machine and tell their maker of each use, unless this is set. */
const FIXED_VARIABLES = { ORT_DISABLE_TELEMETRY: '1' }

/** Steps below the server (the nice value): three threads of a child get as much of a core as one of the server. */
const PRIORITY_BELOW_SERVER = 5

/**
 * Children compute for seconds, where the server has many answers of a millisecond to give: it goes first where there is
 * not enough for both. Threads of the child begin later, and have what it has.
 */
function yieldToServer(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, Math.min(constants.priority.PRIORITY_LOW, getPriority() + PRIORITY_BELOW_SERVER))
  } catch {
    // It has ended already, or the system does not let it.
  }
}

/** A process of ours that answers calls. When it ends, whatever way, every running call is rejected. */
export class SupervisedChild {
  readonly #options: SupervisedChildOptions
  readonly #process: ChildProcess
  readonly #pending = new Map<number, PendingCall>()
  /** Resolves once, when the process has ended. Never rejects. */
  readonly exited: Promise<ChildExit>
  #nextId = 1
  #outbox: ToChild[] = []
  #exit: ChildExit | null = null
  #stopping = false

  constructor(options: SupervisedChildOptions) {
    this.#options = options
    this.#process = fork(options.entry, [], {
      serialization: 'advanced',
      execArgv: [
        '--enable-source-maps',
        '--disable-warning=ExperimentalWarning',
        ...(options.heapMib === undefined ? [] : [`--max-old-space-size=${options.heapMib}`]),
        ...(options.nodeArguments ?? []),
      ],
      env: {
        ...Object.fromEntries(INHERITED_VARIABLES.map((name) => [name, process.env[name]])),
        ...FIXED_VARIABLES,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    yieldToServer(this.#process.pid)
    const exited = Promise.withResolvers<ChildExit>()
    this.exited = exited.promise
    const end = (reason: string): void => {
      if (this.#exit) return
      this.#exit = { expected: this.#stopping, reason }
      for (const call of this.#pending.values()) call.reject(this.#crash())
      this.#pending.clear()
      exited.resolve(this.#exit)
    }
    this.#process.on('message', (message) => this.#receive(message))
    this.#process.on('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`))
    this.#process.on('error', (error) => {
      if (this.#process.pid === undefined) end(`it could not be started: ${error.message}`)
      else this.#warn('child process could not be reached', error.message)
    })
    this.#process.stderr?.on('data', (text: Buffer) => this.#warn('child process wrote', text.toString()))
    this.#process.stderr?.on('error', () => undefined)
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /**
   * Calls a method of the child. Aborting tells the child and rejects with the signal's reason at once. `onEvent` gets
   * the call's events in order, none after the promise settled; when it throws, the call ends with what it threw.
   * @throws GraphloomError of the child, or with `crashCode` when the process ends first.
   */
  async call<T>(
    method: string,
    params: unknown,
    signal: AbortSignal,
    onEvent: (event: unknown) => void = () => undefined,
  ): Promise<T> {
    signal.throwIfAborted()
    if (this.#exit) throw this.#crash()
    if (this.#pending.size >= MAX_PENDING_CALLS)
      throw new GraphloomError('OVERLOADED', `The ${this.#options.name} process has too much to do.`)
    const id = this.#nextId++
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const onAbort = (): void => {
      const reason: unknown = signal.reason
      this.#abandon(id, reason instanceof Error ? reason : new GraphloomError('CANCELLED', 'The call was cancelled.'))
    }
    this.#pending.set(id, { resolve, reject, onEvent })
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#send({ kind: 'call', id, method, params })
      return (await promise) as T
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#pending.delete(id)
    }
  }

  /** Ends the process, which has nothing to save; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (!this.#exit) this.#process.kill('SIGKILL')
    await this.exited
  }

  /** What is asked in one turn goes in one message, which costs as much as one of its parts. */
  #send(message: ToChild): void {
    if (this.#outbox.length === 0) setImmediate(() => this.#flush())
    this.#outbox.push(message)
  }

  #flush(): void {
    const messages = this.#outbox
    this.#outbox = []
    // A process that is going away is told by its exit.
    if (this.#process.connected) this.#process.send(messages, () => undefined)
  }

  #abandon(id: number, error: unknown): void {
    const call = this.#pending.get(id)
    if (!call) return
    this.#pending.delete(id)
    this.#send({ kind: 'abort', id })
    call.reject(error)
  }

  #receive(received: unknown): void {
    if (Array.isArray(received)) for (const one of received) this.#receiveOne(one)
    else this.#warn('child process sent something odd', typeof received)
  }

  #receiveOne(received: unknown): void {
    const message = parseToParent(received)
    if (!message) {
      this.#warn('child process sent something odd', typeof received)
      return
    }
    const call = this.#pending.get(message.id)
    if (!call) return
    if (message.kind === 'event') {
      try {
        call.onEvent(message.event)
      } catch (error) {
        this.#abandon(message.id, error)
      }
      return
    }
    this.#pending.delete(message.id)
    if (message.kind === 'result') call.resolve(message.result)
    else call.reject(toError(message.error, this.#options.name))
  }

  #warn(what: string, text: string): void {
    const { logger, name } = this.#options
    logger.warn({ process: name, pid: this.#process.pid, text: text.slice(0, MAX_LOGGED_CHARACTERS) }, what)
  }

  #crash(): GraphloomError {
    const reason = this.#exit?.reason ?? 'unknown reason'
    const message = `The ${this.#options.name} process ended (${reason}).`
    return new GraphloomError(this.#options.crashCode, message, { cause: this.#exit })
  }
}

function toError({ code, message, details, stack }: ChildError, name: string): Error {
  if (code !== null) return new GraphloomError(code, message, { details })
  const error = new Error(`The ${name} process failed: ${message}`)
  if (stack !== null) error.stack = stack
  return error
}
