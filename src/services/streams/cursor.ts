import { invalidInput } from '../../kernel/errors.js'

const CURSOR = /^([a-z]+_[0-9a-z]{26}):(0|[1-9][0-9]{0,15})$/

export const encodeCursor = (stream: string, sequence: number): string =>
  Buffer.from(`${stream}:${sequence}`).toString('base64url')

/** The sequence number in a cursor of this stream. @throws GraphloomError `INVALID_INPUT` for anything else. */
export function parseCursor(stream: string, cursor: string): number {
  const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw invalidInput('after', 'is not a cursor of a stream.')
  if (match[1] !== stream) throw invalidInput('after', 'is a cursor of another stream.')
  return Number(match[2])
}
