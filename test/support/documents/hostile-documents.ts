import { packSpaces, toZlib } from './bombs.js'
import type { HostileDocument } from './hostile-document.js'
import { HOSTILE_ARCHIVES } from './hostile-archives.js'
import { writePdfObjects } from './pdf-writer.js'

const CATALOGUE = '<< /Type /Catalog /Pages 2 0 R >>'
const PAGES = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'
const page = (rest: string): string => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] ${rest} >>`
const stream = (content: string | Buffer, dictionary = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`<< /Length ${content.length} ${dictionary} >>\nstream\n`),
    Buffer.from(content),
    Buffer.from('\nendstream'),
  ])

const PDFS: readonly HostileDocument[] = [
  {
    what: 'pages that are their own parents',
    name: 'loop.pdf',
    make: () => writePdfObjects([CATALOGUE, '<< /Type /Pages /Kids [2 0 R] /Count 1 >>']),
    problem: 'DAMAGED',
  },
  {
    what: 'a form that draws itself',
    name: 'loop.pdf',
    make: () =>
      writePdfObjects([
        CATALOGUE,
        PAGES,
        page('/Resources << /XObject << /A 5 0 R >> >> /Contents 4 0 R'),
        stream('/A Do '.repeat(50)),
        stream(
          '/A Do '.repeat(50),
          '/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /A 5 0 R >> >>',
        ),
      ]),
    problem: ['DAMAGED', 'TOO_SLOW', 'NO_TEXT', 'OUT_OF_MEMORY'],
  },
  {
    what: 'a content that is a bomb',
    name: 'bomb.pdf',
    make: () =>
      writePdfObjects([
        CATALOGUE,
        PAGES,
        page('/Contents 4 0 R'),
        stream(toZlib(packSpaces(2_048)), '/Filter /FlateDecode'),
      ]),
    problem: ['OUT_OF_MEMORY', 'TOO_SLOW', 'DAMAGED', 'NO_TEXT'],
  },
  {
    what: 'a billion pages that it does not have',
    name: 'pages.pdf',
    make: () => writePdfObjects([CATALOGUE, '<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>', page('')]),
    problem: ['TOO_LARGE', 'DAMAGED', 'NO_TEXT'],
  },
  {
    what: 'arrays in each other',
    name: 'deep.pdf',
    make: () => writePdfObjects([CATALOGUE, `<< /Type /Pages /Kids ${'['.repeat(1_000_000)} >>`]),
    problem: ['DAMAGED', 'CRASHED', 'TOO_SLOW', 'OUT_OF_MEMORY', 'NO_TEXT'],
  },
  {
    what: 'a table of places that leads to itself',
    name: 'loop.pdf',
    make: () => Buffer.from('%PDF-1.7\nxref\n0 0\ntrailer\n<< /Size 1 /Prev 9 >>\nstartxref\n9\n%%EOF'),
    problem: 'DAMAGED',
  },
  {
    what: 'an unknown lock',
    name: 'locked.pdf',
    make: () =>
      writePdfObjects(
        [CATALOGUE, PAGES, page('')],
        `/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <${'ab'.repeat(32)}> /U <${'cd'.repeat(32)}> >> /ID [<00> <00>]`,
      ),
    problem: 'ENCRYPTED',
  },
  {
    what: 'a beginning without an end',
    name: 'cut.pdf',
    make: () => Buffer.from('%PDF-1.7\n1 0 obj\n<<'),
    problem: 'DAMAGED',
  },
]

const TEXTS: readonly HostileDocument[] = [
  {
    what: 'a million elements',
    name: 'page.html',
    make: () => Buffer.from(`<html>${'<i>x</i>'.repeat(1_000_000)}`),
    problem: 'TOO_LARGE',
  },
  {
    what: 'a million elements in each other',
    name: 'page.html',
    make: () => Buffer.from(`<html>${'<div>'.repeat(1_000_000)}`),
    problem: 'UNSAFE',
  },
  {
    what: 'an element that is never finished',
    name: 'page.html',
    make: () => Buffer.from(`<html><p a="${'<p a='.repeat(2_000_000)}`),
    problem: 'NO_TEXT',
  },
  {
    what: 'more text than anybody reads',
    name: 'long.txt',
    make: () => Buffer.alloc(21_000_000, 'word '),
    problem: 'TOO_LARGE',
  },
  {
    what: 'millions of paragraphs',
    name: 'long.md',
    make: () => Buffer.from('x\n\n'.repeat(1_000_000)),
    problem: 'TOO_LARGE',
  },
  {
    what: 'a field that is never closed',
    name: 'rows.csv',
    make: () => Buffer.from(`a,b\n"${'x,\n'.repeat(3_000_000)}`),
    problem: 'DAMAGED',
  },
  {
    what: 'a million columns',
    name: 'rows.csv',
    make: () => Buffer.from('a,'.repeat(1_000_000)),
    problem: 'TOO_LARGE',
  },
  {
    what: 'brackets in each other',
    name: 'rows.jsonl',
    make: () => Buffer.from(`{"a":${'['.repeat(5_000_000)}`),
    problem: ['DAMAGED', 'OUT_OF_MEMORY'],
  },
  {
    what: 'rows whose template makes them large',
    name: 'rows.csv',
    make: () => Buffer.from(`a\n${'x'.repeat(1_000_000)}\n`.repeat(25)),
    problem: ['TOO_LARGE', 'OUT_OF_MEMORY'],
  },
]

const WRONG_TYPES: readonly HostileDocument[] = [
  {
    what: 'an image',
    name: 'scan.pdf',
    make: () => Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    problem: 'UNSUPPORTED_TYPE',
  },
  {
    what: 'a program',
    name: 'report.docx',
    make: () => Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'),
    problem: 'UNSUPPORTED_TYPE',
  },
  {
    what: 'a gzip bomb',
    name: 'rows.csv',
    make: () => Buffer.concat([Buffer.from('\x1f\x8b\x08\0', 'latin1'), packSpaces(1_024)]),
    problem: 'UNSUPPORTED_TYPE',
  },
  { what: 'text', name: 'report.pdf', make: () => Buffer.from('I am no PDF.'), problem: 'DAMAGED' },
  {
    what: 'an old document',
    name: 'report.docx',
    make: () => Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'),
    problem: 'UNSUPPORTED_TYPE',
  },
  {
    what: 'random bytes',
    name: 'notes.txt',
    make: () => Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 256)),
    problem: 'UNSUPPORTED_TYPE',
  },
  { what: 'nothing', name: 'empty.txt', make: () => Buffer.alloc(0), problem: 'NO_TEXT' },
]

/** Documents that are made to harm who reads them; none can be read. */
export const HOSTILE_DOCUMENTS: readonly HostileDocument[] = [...HOSTILE_ARCHIVES, ...PDFS, ...TEXTS, ...WRONG_TYPES]
