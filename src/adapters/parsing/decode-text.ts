import { isUtf8 } from 'node:buffer'

export interface DecodedText {
  readonly text: string
  /** Set when the encoding had to be guessed. */
  readonly warning: string | null
}

const FALLBACK = 'windows-1252'
const SAMPLE_BYTES = 4_096
/** In UTF-16 of most languages every second byte of spaces and line ends is zero. */
const ZERO_SHARE = 0.1

/**
 * Bytes as text: by their mark, by the declared encoding, as UTF-8 when they are, as UTF-16 when their zeros say so, as
 * UTF-8 that was damaged when most of what is not ASCII is such, and otherwise as Windows-1252, which takes everything.
 */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  const marked = markedEncoding(bytes)
  if (marked) return { text: decode(bytes, marked), warning: null }
  const named = declared === undefined ? null : knownEncoding(declared)
  if (named !== null && named !== 'utf-8') return { text: decode(bytes, named), warning: null }
  if (isUtf8(bytes)) return { text: decode(bytes, 'utf-8'), warning: null }
  const wide = guessUtf16(bytes)
  const damaged = decode(bytes, 'utf-8')
  if (named === 'utf-8' || (wide === null && isMostlyRight(damaged)))
    return { text: damaged, warning: 'Some bytes are not UTF-8; each stands as U+FFFD.' }
  const encoding = wide ?? FALLBACK
  return { text: decode(bytes, encoding), warning: `The encoding is not declared; the text was read as ${encoding}.` }
}

/** The encoding that a byte order mark names. */
export function markedEncoding(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/** UTF-16 without a mark: zeros in every second place and hardly any in the others. */
export function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  const zeros = [0, 0]
  for (let at = 0; at < sample.length; at++) if (sample[at] === 0) zeros[at % 2]!++
  const [even = 0, odd = 0] = zeros
  const many = (sample.length / 2) * ZERO_SHARE
  if (odd > many && even === 0) return 'utf-16le'
  return even > many && odd === 0 ? 'utf-16be' : null
}

/** Hardly any text of another encoding has several bytes that are one character of UTF-8, let alone twice as often. */
function isMostlyRight(text: string): boolean {
  const beyondAscii = text.match(/[^\0-\x7f]/gu)?.length ?? 0
  const wrong = text.match(/\ufffd/gu)?.length ?? 0
  return beyondAscii - wrong >= 2 * wrong
}

const decode = (bytes: Uint8Array, encoding: string): string => new TextDecoder(encoding).decode(bytes)

function knownEncoding(label: string): string | null {
  try {
    return new TextDecoder(label.trim()).encoding
  } catch {
    return null
  }
}
