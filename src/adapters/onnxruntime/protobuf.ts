import type { FileHandle } from 'node:fs/promises'

/** A field of a message. `value` is set for numbers, `bytes` for texts and messages within. */
export interface ProtobufField {
  readonly number: number
  readonly value: number
  readonly bytes: Uint8Array
}

/** Where a field's content lies in its file. `value` is set for numbers, whose place is empty. */
export interface FieldPlace {
  readonly number: number
  readonly value: number
  readonly start: number
  readonly end: number
}

interface Header {
  readonly number: number
  readonly value: number
  /** Bytes of the header, and of the content after it. */
  readonly length: number
  readonly contentLength: number
}

const WINDOW_BYTES = 65_536
/** Two variable-length numbers of 64 bits. */
const MAX_HEADER_BYTES = 20

/** Fills a window from a place of a file on; gives how many bytes there were. */
export type ReadWindow = (window: Uint8Array, start: number) => number | Promise<number>

/** Reads fields of a protobuf file from their places, without reading what lies between. */
export class ProtobufFile {
  readonly #readWindow: ReadWindow
  readonly #window = new Uint8Array(WINDOW_BYTES)
  #windowStart = 0
  #windowEnd = 0

  constructor(readWindow: ReadWindow) {
    this.#readWindow = readWindow
  }

  /** The fields of the message that lies between two places. @throws RangeError when there is none. */
  async *fields(start: number, end: number): AsyncGenerator<FieldPlace> {
    for (let at = start; at < end;) {
      const { number, value, length, contentLength } = readHeader(
        await this.read(at, Math.min(end, at + MAX_HEADER_BYTES)),
      )
      const field = { number, value, start: at + length, end: at + length + contentLength }
      if (field.end > end) throw new RangeError('it ends in the middle of a field')
      yield field
      at = field.end
    }
  }

  /** The bytes between two places; valid until the next read. */
  async read(start: number, end: number): Promise<Uint8Array> {
    if (end - start > WINDOW_BYTES) throw new RangeError('a description in it is too long')
    if (start < this.#windowStart || end > this.#windowEnd) {
      const length = await this.#readWindow(this.#window, start)
      this.#windowStart = start
      this.#windowEnd = start + length
    }
    if (end > this.#windowEnd) throw new RangeError('it ends in the middle of a field')
    return this.#window.subarray(start - this.#windowStart, end - this.#windowStart)
  }
}

/** The fields of a message. @throws RangeError when the bytes are none. */
export function toFields(bytes: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = []
  for (let at = 0; at < bytes.length;) {
    const { number, value, length, contentLength } = readHeader(bytes.subarray(at))
    const start = at + length
    at = start + contentLength
    if (at > bytes.length) throw new RangeError('it ends in the middle of a field')
    fields.push({ number, value, bytes: bytes.subarray(start, at) })
  }
  return fields
}

function readHeader(bytes: Uint8Array): Header {
  let length = 0
  const readNumber = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[length++]
      if (byte === undefined) throw new RangeError('it ends in the middle of a number')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  const tag = readNumber()
  const number = Math.floor(tag / 8)
  switch (tag % 8) {
    case 0: {
      const value = readNumber()
      return { number, value, length, contentLength: 0 }
    }
    case 1:
      return { number, value: 0, length, contentLength: 8 }
    case 2: {
      const contentLength = readNumber()
      return { number, value: 0, length, contentLength }
    }
    case 5:
      return { number, value: 0, length, contentLength: 4 }
    default:
      throw new RangeError('it is no protobuf message')
  }
}

export const readFrom =
  (handle: FileHandle): ReadWindow =>
  async (window, start) =>
    (await handle.read(window, 0, window.length, start)).bytesRead
