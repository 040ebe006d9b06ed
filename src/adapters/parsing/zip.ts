import { inflateRawSync } from 'node:zlib'
import { tooLarge, unreadable } from './problems.js'

const END_SIGNATURE = 0x06054b50
const ENTRY_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const MAX_COMMENT_BYTES = 65_535
const MAX_ENTRIES = 4_096
const STORED = 0
const DEFLATED = 8
const ENCRYPTED_FLAG = 1

interface Entry {
  readonly method: number
  readonly flags: number
  readonly packedBytes: number
  readonly offset: number
}

/**
 * Reads single entries of an archive, counting what comes out while it comes: what an archive says of its sizes is not
 * believed. Entries that nobody asks for are not inflated. Format: PKWARE's APPNOTE 6.3, without ZIP64.
 */
export class ZipReader {
  readonly #bytes: Buffer
  readonly #entries = new Map<string, Entry>()
  readonly #maxInflatedBytes: number
  #inflatedBytes = 0

  /** @throws GraphloomError `DOCUMENT_UNREADABLE` when it is no whole archive or has too many entries. */
  constructor(bytes: Uint8Array, maxInflatedBytes: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#maxInflatedBytes = maxInflatedBytes
    this.#readDirectory()
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  /** An entry's content, or null when there is none of the name. */
  read(name: string): Buffer | null {
    const entry = this.#entries.get(name)
    if (!entry) return null
    const { flags, method, offset, packedBytes } = entry
    if ((flags & ENCRYPTED_FLAG) !== 0) throw unreadable('ENCRYPTED', 'The document is encrypted.')
    if (offset + LOCAL_BYTES > this.#bytes.length || this.#bytes.readUInt32LE(offset) !== LOCAL_SIGNATURE)
      throw damaged(`of "${name}" nothing is where its directory says`)
    const start = offset + LOCAL_BYTES + this.#bytes.readUInt16LE(offset + 26) + this.#bytes.readUInt16LE(offset + 28)
    if (start + packedBytes > this.#bytes.length) throw damaged(`"${name}" ends too early`)
    const content = this.#unpack(name, method, this.#bytes.subarray(start, start + packedBytes))
    this.#inflatedBytes += content.length
    return content
  }

  #unpack(name: string, method: number, packed: Buffer): Buffer {
    const left = this.#maxInflatedBytes - this.#inflatedBytes
    if (method !== STORED && method !== DEFLATED) throw damaged(`"${name}" is packed in an unknown way`)
    if (method === STORED) {
      if (packed.length > left) throw tooLarge('bytes when it is unpacked', this.#maxInflatedBytes)
      return packed
    }
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, left) })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        throw tooLarge('bytes when it is unpacked', this.#maxInflatedBytes)
      throw damaged(`"${name}" cannot be unpacked`)
    }
  }

  #readDirectory(): void {
    const bytes = this.#bytes
    const end = this.#findEnd()
    const count = bytes.readUInt16LE(end + 10)
    if (count > MAX_ENTRIES) throw tooLarge('entries', MAX_ENTRIES)
    let at = bytes.readUInt32LE(end + 16)
    for (let index = 0; index < count; index++) {
      if (at + ENTRY_BYTES > end || bytes.readUInt32LE(at) !== ENTRY_SIGNATURE) throw damaged('its directory is broken')
      const nameBytes = bytes.readUInt16LE(at + 28)
      const name = bytes.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes)
      if (this.#entries.has(name)) throw unreadable('UNSAFE', `The archive has "${name}" twice.`)
      this.#entries.set(name, {
        flags: bytes.readUInt16LE(at + 8),
        method: bytes.readUInt16LE(at + 10),
        packedBytes: bytes.readUInt32LE(at + 20),
        offset: bytes.readUInt32LE(at + 42),
      })
      at += ENTRY_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
    }
  }

  #findEnd(): number {
    const last = this.#bytes.length - END_BYTES
    for (let at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--)
      if (this.#bytes.readUInt32LE(at) === END_SIGNATURE) return at
    throw damaged('it ends too early')
  }
}

const damaged = (what: string): Error => unreadable('DAMAGED', `The archive is damaged: ${what}.`)
