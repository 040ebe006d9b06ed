import { GraphloomError } from '../../kernel/errors.js'

/** What node:sqlite throws: `errcode` is SQLite's extended result code. */
interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'

/** Primary result codes that say that the file cannot be used at the moment, rather than that a statement is wrong. */
const UNAVAILABLE_REASONS: Readonly<Record<number, string>> = {
  3: 'access to the file is denied',
  5: 'the file is locked by another process',
  6: 'a table is locked',
  7: 'there is not enough memory',
  8: 'the file is read-only',
  10: 'the disk reported an error',
  11: 'the file is damaged',
  13: 'the disk is full',
  14: 'the file cannot be opened',
  15: 'another process is changing the file',
  26: 'the file is not a database',
}

const IOERR_FSYNC = 1034
const IOERR_DIR_FSYNC = 1290

/** True when the error leaves open whether the transaction will be there after a crash. */
export const isOutcomeUnknown = (error: unknown): boolean =>
  isSqliteError(error) && (error.errcode === IOERR_FSYNC || error.errcode === IOERR_DIR_FSYNC)

/** SQLITE_CONSTRAINT_PRIMARYKEY or SQLITE_CONSTRAINT_UNIQUE. */
export const isUniqueViolation = (error: unknown): error is SqliteError =>
  isSqliteError(error) && (error.errcode === 1555 || error.errcode === 2067)

/** Why the database cannot serve, in words, or null when the error is another kind of failure. */
export const unavailableReason = (error: unknown): string | null =>
  isSqliteError(error) ? (UNAVAILABLE_REASONS[error.errcode & 0xff] ?? null) : null

/** The error for a caller: `UNAVAILABLE` where the file is the reason, otherwise the error itself. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE')
    return new GraphloomError('UNAVAILABLE', 'The state database is closed.', { cause: error })
  const reason = unavailableReason(error)
  return reason === null
    ? error
    : new GraphloomError('UNAVAILABLE', `The state database cannot be used: ${reason}.`, { cause: error })
}
