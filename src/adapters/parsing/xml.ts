import { Parser } from 'htmlparser2'
import { tooLarge, unreadable } from './problems.js'

export type XmlAttributes = Readonly<Record<string, string>>

export interface XmlHandler {
  readonly open?: (name: string, attributes: XmlAttributes) => void
  readonly close?: (name: string) => void
  readonly text?: (text: string) => void
}

const PIECE_BYTES = 65_536
const MAX_DEPTH = 1_000
const MAX_ELEMENTS = 5_000_000

/**
 * Reads XML piece by piece. No entities are expanded but the five of XML itself.
 * @throws GraphloomError `DOCUMENT_UNREADABLE` for a document type, which alone can declare others, for elements that
 * are too deep or too many, and for bytes in another encoding than UTF-8 and UTF-16 with a mark.
 */
export function readXml(bytes: Uint8Array, handler: XmlHandler): void {
  let depth = 0
  let elements = 0
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (++depth > MAX_DEPTH) throw unreadable('UNSAFE', `Elements are nested more than ${MAX_DEPTH} deep.`)
        if (++elements > MAX_ELEMENTS) throw tooLarge('elements', MAX_ELEMENTS)
        handler.open?.(name, attributes)
      },
      onclosetag: (name) => {
        depth--
        handler.close?.(name)
      },
      ontext: (text) => handler.text?.(text),
      onprocessinginstruction: (name) => {
        if (name.startsWith('!'))
          throw unreadable('UNSAFE', 'The document declares a document type or entities, which are not read.')
      },
    },
    { xmlMode: true },
  )
  const decoder = new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8')
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    parser.write(decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true }))
  parser.write(decoder.decode())
  parser.end()
}
