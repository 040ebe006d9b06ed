import type { DocumentMediaType } from '../../domain/document-text.js'
import { guessUtf16, markedEncoding } from './decode-text.js'
import { parseObject } from './jsonl.js'
import { unreadable } from './problems.js'

export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** Beginnings of files that are no text, with what they are. */
const SIGNATURES: readonly (readonly [bytes: string, what: string])[] = [
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['II*\0', 'a TIFF image'],
  ['MM\0*', 'a TIFF image'],
  ['RIFF', 'a sound, film or image file'],
  ['\x1f\x8b', 'a gzip archive'],
  ['BZh', 'a bzip2 archive'],
  ['\xfd7zXZ', 'an xz archive'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive'],
  ['\x7fELF', 'a program'],
  ['MZ\x90', 'a program'],
  ['{\\rtf', 'an RTF document'],
  ['%!PS', 'a PostScript document'],
  ['SQLite format 3', 'an SQLite database'],
]
const ARCHIVE = 'PK'
const COMPOUND_FILE = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'
/** Streams of a compound file: UTF-16 names of its directory. */
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le')
const PDF_MARK = '%PDF-'
const HEAD_BYTES = 1_024
const SAMPLE_BYTES = 65_536
/** Text has hardly any control characters. */
const MAX_CONTROL_SHARE = 0.02
const HTML_START = /^<(?:!doctype html|html|head|body)[\s>]/iu

const BEFORE_HTML = [
  ['<?xml', '?>'],
  ['<!--', '-->'],
] as const

const BY_ENDING: Readonly<Record<string, DocumentMediaType>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  mdx: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
  csv: 'text/csv',
  tsv: 'text/csv',
  jsonl: 'application/jsonl',
  ndjson: 'application/jsonl',
  pdf: 'application/pdf',
  docx: DOCX_TYPE,
  docm: DOCX_TYPE,
}
const BY_NAME: Readonly<Record<string, DocumentMediaType>> = {
  'text/markdown': 'text/markdown',
  'text/x-markdown': 'text/markdown',
  'text/html': 'text/html',
  'application/xhtml+xml': 'text/html',
  'text/csv': 'text/csv',
  'text/tab-separated-values': 'text/csv',
  'application/jsonl': 'application/jsonl',
  'application/x-ndjson': 'application/jsonl',
  'application/x-jsonlines': 'application/jsonl',
  'application/pdf': 'application/pdf',
  [DOCX_TYPE]: DOCX_TYPE,
  'text/plain': 'text/plain',
}

export interface NamedBytes {
  readonly bytes: Buffer
  readonly mediaType?: string
  readonly name?: string
}

/**
 * What the bytes are. What they are called only parts kinds of text from each other.
 * @throws GraphloomError `DOCUMENT_UNREADABLE` with `UNSUPPORTED_TYPE`, or `ENCRYPTED` for a document in an encrypted file.
 */
export function detectMediaType(document: NamedBytes): DocumentMediaType {
  const { bytes } = document
  const head = bytes.toString('latin1', 0, HEAD_BYTES)
  if (head.includes(PDF_MARK)) return 'application/pdf'
  if (head.startsWith(ARCHIVE) && /^[\x01-\x08]/u.test(head.slice(ARCHIVE.length))) return DOCX_TYPE
  if (head.startsWith(COMPOUND_FILE)) throw refuseCompoundFile(bytes)
  for (const [signature, what] of SIGNATURES)
    if (head.startsWith(signature)) throw unreadable('UNSUPPORTED_TYPE', `The document is ${what}, which is not read.`)
  if (!isText(bytes)) throw unreadable('UNSUPPORTED_TYPE', 'The document is neither text nor of a kind that is read.')
  return detectText(document)
}

function detectText({ bytes, mediaType = '', name = '' }: NamedBytes): DocumentMediaType {
  const declared = BY_NAME[mediaType.split(';', 1)[0]!.trim().toLowerCase()] ?? null
  const named = BY_ENDING[endingOf(name)] ?? null
  const called = declared === null || declared === 'text/plain' ? (named ?? declared) : declared
  if (called === 'application/pdf' || called === DOCX_TYPE)
    throw unreadable('DAMAGED', `The document is called ${called} and has nothing of one.`)
  if (called !== null && called !== 'text/plain') return called
  const start = toReadable(bytes.subarray(0, SAMPLE_BYTES))
  if (isHtml(start)) return 'text/html'
  return isJsonLines(start) ? 'application/jsonl' : 'text/plain'
}

function endingOf(name: string): string {
  const file = name.split(/[?#]/u, 1)[0]!.toLowerCase()
  return file.slice(file.lastIndexOf('.') + 1)
}

/** After comments and the like. */
function isHtml(start: string): boolean {
  let rest = start.trimStart()
  for (const [open, close] of BEFORE_HTML)
    while (rest.startsWith(open)) {
      const end = rest.indexOf(close)
      if (end < 0) return false
      rest = rest.slice(end + close.length).trimStart()
    }
  return HTML_START.test(rest)
}

/** Two objects or more, one to a line. */
function isJsonLines(start: string): boolean {
  const lines = start.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 1 && lines.slice(0, 2).every((line) => line.startsWith('{') && parseObject(line) !== null)
}

const toReadable = (bytes: Buffer): string =>
  new TextDecoder(markedEncoding(bytes) ?? guessUtf16(bytes) ?? 'utf-8').decode(bytes)

function isText(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  if (markedEncoding(sample) !== null || guessUtf16(sample) !== null) return true
  let control = 0
  for (const byte of sample) {
    if (byte === 0) return false
    if (byte < 9 || (byte > 13 && byte < 32)) control++
  }
  return control <= sample.length * MAX_CONTROL_SHARE
}

const refuseCompoundFile = (bytes: Buffer): Error =>
  bytes.includes(ENCRYPTED_PACKAGE)
    ? unreadable('ENCRYPTED', 'The document is encrypted: a password is needed to read it.')
    : unreadable('UNSUPPORTED_TYPE', 'The document is of an old Office format; save it as DOCX.')
