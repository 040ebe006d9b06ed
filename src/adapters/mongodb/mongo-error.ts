import {
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb'
import { GraphloomError } from '../../kernel/errors.js'

const DUPLICATE_KEY = 11_000
const TOO_LARGE = new Set([10_334, 17_419, 17_420])
const INDEX_PREFIX = 'gl_'

/** Codes of answers that say that the server cannot serve, rather than that a command is wrong. */
const REASONS: Readonly<Record<number, string>> = {
  6: 'the server cannot be reached',
  7: 'the server cannot be found',
  13: 'access is denied',
  18: 'the credentials are not accepted',
  43: 'the read took too long',
  50: 'the server did not answer in time',
  64: 'the write was not confirmed by a majority in time',
  89: 'the server did not answer in time',
  91: 'the server is shutting down',
  100: 'too few members of the replica set are there to confirm a write',
  133: 'no server of the replica set takes writes',
  189: 'the primary server changed',
  10107: 'the primary server changed',
  11600: 'the server is shutting down',
  11602: 'the primary server changed',
  13435: 'the primary server changed',
  13436: 'the server is recovering',
  14031: 'the disk of the server is full',
  8000: 'access is denied',
}

/** Names of driver errors that say that no answer came, with what to call it. */
const DRIVER_REASONS: Readonly<Record<string, string>> = {
  MongoNetworkTimeoutError: 'the server did not answer in time',
  MongoPoolClearedError: 'the connection was lost',
  MongoPoolClosedError: 'the connection is closed',
  MongoWaitQueueTimeoutError: 'no connection was free in time',
  MongoClientClosedError: 'the connection is closed',
  MongoUnexpectedServerResponseError: 'the connection was lost',
  MongoExpiredSessionError: 'the connection is closed',
}

/** The name of an index in MongoDB. Those with the prefix belong to this adapter. */
export const toIndexName = (name: string): string => `${INDEX_PREFIX}${name}`

export const isOwnIndex = (name: string): boolean => name.startsWith(INDEX_PREFIX)

export const isDuplicateKey = (error: unknown): error is MongoServerError =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY

/** An error of Node's sockets that the driver has passed on as it is. */
export const isSocketError = (error: unknown): boolean => !(error instanceof MongoError) && socketReason(error) !== null

/** Name of the unique index whose value is taken, `id` for that of the ids. */
export function duplicateIndexName(error: MongoServerError): string {
  const name = / index: (\S+) dup key: /.exec(error.message)?.[1] ?? 'unknown'
  return name === '_id_' ? 'id' : name.replace(INDEX_PREFIX, '')
}

/** Why MongoDB cannot serve, in words without addresses or data; null when the error is another kind of failure. */
export function unavailableReason(error: unknown): string | null {
  // A socket that ends while it is written to: the driver passes that on as it is.
  if (!(error instanceof MongoError)) return socketReason(error)
  if (error instanceof MongoServerError) return REASONS[Number(error.code)] ?? null
  const known = DRIVER_REASONS[error.name]
  if (known) return known
  if (error instanceof MongoServerSelectionError) return selectionReason(error)
  if (error instanceof MongoNetworkError) return networkReason(error) ?? 'the connection was lost'
  if (error instanceof MongoNotConnectedError || error instanceof MongoTopologyClosedError)
    return 'the connection is closed'
  return null
}

/**
 * The error for a caller. The driver's own is never kept: its message can hold addresses and values of documents.
 * `doubt` is added where a write may have taken place all the same.
 */
export function toStoreError(error: unknown, doubt = ''): unknown {
  const reason = unavailableReason(error)
  if (reason !== null) return new GraphloomError('UNAVAILABLE', `MongoDB cannot be used: ${reason}.${doubt}`)
  if (!(error instanceof MongoError)) return error
  if (error instanceof MongoServerError && TOO_LARGE.has(Number(error.code)))
    return new GraphloomError('OVERLOADED', 'Too much that earlier writes of the document caused is not delivered yet.')
  const code = error instanceof MongoServerError ? ` ${String(error.codeName ?? error.code)}` : ''
  return new GraphloomError('INTERNAL', `MongoDB refused a command: ${error.name}${code}.`)
}

function selectionReason(error: MongoServerSelectionError): string {
  const reasons = [...(error.reason?.servers.values() ?? [])].map((server) => server.error)
  for (const reason of reasons) {
    const words =
      reason && (networkReason(reason) ?? (reason instanceof MongoServerError ? REASONS[Number(reason.code)] : null))
    if (words) return words
  }
  return reasons.length > 0 && reasons.every((reason) => reason === null)
    ? 'no server of the replica set takes writes'
    : 'the server cannot be reached'
}

const SOCKET_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the name of the server is not known',
  EAI_AGAIN: 'the name of the server cannot be looked up',
  ETIMEDOUT: 'the server did not answer in time',
  ECONNRESET: 'the connection was lost',
  ECONNABORTED: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENETUNREACH: 'the server cannot be reached',
  EHOSTUNREACH: 'the server cannot be reached',
  ERR_SOCKET_CLOSED: 'the connection was lost',
  ERR_STREAM_DESTROYED: 'the connection was lost',
  ERR_STREAM_WRITE_AFTER_END: 'the connection was lost',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was lost',
}

const socketReason = (error: unknown): string | null =>
  error instanceof Error && 'code' in error ? (SOCKET_REASONS[String(error.code)] ?? null) : null

function networkReason(error: Error): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const words = socketReason(at)
    if (words) return words
    if (at.name === 'MongoNetworkTimeoutError') return 'the server did not answer in time'
  }
  return null
}
