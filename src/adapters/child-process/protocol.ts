import { ERROR_CATALOGUE, type ErrorCode } from '../../kernel/error-catalogue.js'
import type { ErrorDetails } from '../../kernel/errors.js'

/** What a parent sends, several at a time. */
export type ToChild =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'abort'; readonly id: number }

/** What a child sends, several at a time. Events of a call come before its result. */
export type ToParent =
  | { readonly kind: 'event'; readonly id: number; readonly event: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ChildError }

export interface ChildError {
  /** Null for an error that is not of the catalogue. */
  readonly code: ErrorCode | null
  readonly message: string
  readonly details: ErrorDetails
  readonly stack: string | null
}

/** One of the things that a child sent, or null when it is none of the above: a child's memory may be damaged. */
export function parseToParent(message: unknown): ToParent | null {
  if (!isRecord(message) || typeof message['id'] !== 'number') return null
  const { kind, id } = message
  if (kind === 'event') return { kind, id, event: message['event'] }
  if (kind === 'result') return { kind, id, result: message['result'] }
  const error = message['error']
  if (kind !== 'error' || !isRecord(error) || typeof error['message'] !== 'string') return null
  const { message: text, stack } = error
  const code =
    typeof error['code'] === 'string' && error['code'] in ERROR_CATALOGUE ? (error['code'] as ErrorCode) : null
  const details = isRecord(error['details']) ? (error['details'] as ErrorDetails) : {}
  return { kind, id, error: { code, message: text, details, stack: typeof stack === 'string' ? stack : null } }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
