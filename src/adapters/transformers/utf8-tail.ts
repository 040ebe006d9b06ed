/**
 * Decodes UTF-8 that comes in pieces, keeping back the beginning of a character until the rest has come. All pieces
 * together give what decoding them at once gives, with U+FFFD in the place of what is no UTF-8.
 */
export class Utf8Tail {
  #open: Uint8Array = new Uint8Array(0)

  get isOpen(): boolean {
    return this.#open.length > 0
  }

  push(bytes: Uint8Array): string {
    const all = this.#open.length === 0 ? bytes : Buffer.concat([this.#open, bytes])
    const end = all.length - openLength(all)
    this.#open = all.slice(end)
    return decode(all.subarray(0, end))
  }

  end(): string {
    const text = decode(this.#open)
    this.#open = new Uint8Array(0)
    return text
  }
}

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** How many bytes at the end are the beginning of a character that more bytes can complete. */
function openLength(bytes: Uint8Array): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const lead = bytes[bytes.length - length]!
    if (lead < 0x80) return 0
    if (lead < 0xc0) continue
    const second = length > 1 ? bytes[bytes.length - length + 1] : undefined
    return length < lengthOfCharacter(lead) && (second === undefined || mayFollow(lead, second)) ? length : 0
  }
  return 0
}

/** Bytes of the character that a lead byte begins; 0 when it begins none. */
function lengthOfCharacter(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
}

/** Whether the byte may come second after the lead (Unicode 16, table 3-7: no overlong forms, no surrogates). */
function mayFollow(lead: number, second: number): boolean {
  if (lead === 0xe0) return second >= 0xa0
  if (lead === 0xed) return second <= 0x9f
  if (lead === 0xf0) return second >= 0x90
  return lead !== 0xf4 || second <= 0x8f
}
