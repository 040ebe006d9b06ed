import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-sse'

export interface ApiClientOptions {
  /** Address of the server, without a path. */
  readonly url: string
  readonly token: string | null
}

/** The server understood, and said no. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** Nothing came back, or the server cannot do it at the moment. */
export class Unreachable extends Error {}

interface Trouble {
  readonly code?: string
  readonly message: string
  readonly retryable?: boolean
  readonly retryAfterMs?: number | null
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: Omit<Trouble, 'message'> }[]
}

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 60_000

/** A client of the server's API, which asks again when that is worth it. */
export class ApiClient {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>

  constructor({ url, token }: ApiClientOptions) {
    this.#url = url
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` }
  }

  /**
   * The result of an operation's only field. Of a mutation that is not to be done twice the variables have a key.
   * @throws Refused, Unreachable.
   */
  async ask<T>(query: string, variables: object, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const trouble = await this.#try<T>(query, variables, signal)
      if (!isTrouble(trouble)) return trouble
      const { code, message, retryable, retryAfterMs } = trouble
      if (retryable !== true) throw new Refused(code ?? 'INTERNAL', message)
      if (attempt >= ATTEMPTS && code !== 'RATE_LIMITED') throw new Unreachable(message)
      const pauseMs = retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1)
      await sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, signal && { signal })
    }
  }

  /** The items of a subscription's only field, once; who reads on after a broken connection asks anew. */
  async *follow<T>(query: string, variables: Record<string, unknown>, signal: AbortSignal): AsyncGenerator<T> {
    const url = `${this.#url}/graphql/stream`
    const client = createClient({ url, headers: this.#headers, retryAttempts: 0 })
    const onAbort = (): void => client.dispose()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      for await (const { data } of client.iterate<Record<string, T>>({ query, variables }))
        if (data) yield Object.values(data)[0]!
    } finally {
      signal.removeEventListener('abort', onAbort)
      client.dispose()
    }
  }

  /** Sends bytes to a path of the server. @throws Refused, Unreachable. */
  async put(path: string, body: ReadableStream, signal: AbortSignal): Promise<unknown> {
    const request = { method: 'PUT', body, duplex: 'half', signal } as const
    const response = await fetch(`${this.#url}${path}`, request).catch((error: unknown) => throwUnreachable(error))
    const answer = (await response.json().catch((error: unknown) => throwUnreachable(error))) as Answer
    const [error] = answer.errors ?? []
    if (!error) return answer
    throw new Refused(error.extensions?.code ?? 'INTERNAL', error.message)
  }

  async #try<T>(query: string, variables: object, signal?: AbortSignal): Promise<T | TroubleMark> {
    let answer: Answer
    try {
      const response = await fetch(`${this.#url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.#headers },
        body: JSON.stringify({ query, variables }),
        ...(signal && { signal }),
      })
      answer = (await response.json()) as Answer
    } catch (error) {
      if (signal?.aborted === true) throw error
      return { isTrouble: true, code: 'UNAVAILABLE', message: toReason(error), retryable: true }
    }
    const [error] = answer.errors ?? []
    if (error) return { isTrouble: true, ...error.extensions, message: error.message }
    const result = Object.values(answer.data ?? {})[0] as T & Partial<Trouble>
    // Problems have a code and a message.
    if (result !== null && typeof result === 'object' && result.code !== undefined && result.message !== undefined)
      return { isTrouble: true, ...result, message: result.message }
    return result
  }
}

type TroubleMark = Trouble & { readonly isTrouble: true }

const isTrouble = (result: unknown): result is TroubleMark =>
  typeof result === 'object' && result !== null && 'isTrouble' in result

function throwUnreachable(error: unknown): never {
  throw error instanceof DOMException ? error : new Unreachable(toReason(error))
}

function toReason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return `The server cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`
}
