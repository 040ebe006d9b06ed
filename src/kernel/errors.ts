import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.js'

/** What an error tells a client beside its code and message. Only what is safe to show belongs here. */
export interface ErrorDetails {
  /** Where in the input the mistake is, e.g. `input.chat.messages.0.role`. */
  readonly path?: string
  /** When to try again, in milliseconds. */
  readonly retryAfterMs?: number
  /** The limit that was reached, by the name of its setting, with its value. */
  readonly limit?: { readonly name: string; readonly value: number; readonly actual?: number }
  /** Names of what waits for each other in a circle. */
  readonly cycle?: readonly string[]
  /** Why a document cannot be read, as `DocumentProblem` lists it, and where it was seen, from 1. */
  readonly document?: { readonly problem: string; readonly page?: number; readonly line?: number }
  readonly requiredBytes?: number
  readonly availableBytes?: number
}

export interface ErrorOptions {
  readonly details?: ErrorDetails
  readonly cause?: unknown
}

/** An error with a code of the catalogue, whose message and details may be shown to the client. */
export class GraphloomError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GraphloomError'
    this.code = code
    this.details = options.details ?? {}
  }

  get retryable(): boolean {
    return ERROR_CATALOGUE[this.code].retryable
  }

  get httpStatus(): number {
    return ERROR_CATALOGUE[this.code].httpStatus
  }
}

export const notFound = (what: string, id: string): GraphloomError =>
  new GraphloomError('NOT_FOUND', `There is no ${what} "${id}".`)

export const invalidInput = (path: string, problem: string): GraphloomError =>
  new GraphloomError('INVALID_INPUT', `${path}: ${problem}`, { details: { path } })

export const isErrorWithCode = (error: unknown, code: ErrorCode): error is GraphloomError =>
  error instanceof GraphloomError && error.code === code

/** The stored and transported form of an error that ended a piece of work. */
export interface ErrorInfo {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly details?: ErrorDetails
  /** Set for INTERNAL only: the id under which the log has the cause. */
  readonly errorId?: string
}
