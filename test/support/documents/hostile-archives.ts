import { packRepeated, packSpaces } from './bombs.js'
import { docxEntries, paragraph, XML_HEAD } from './docx-writer.js'
import type { HostileDocument } from './hostile-document.js'
import { writeZip, type ZipEntry } from './zip-writer.js'

const BOMB_MIB = 1_024
const NAME = 'report.docx'

const plain = docxEntries({ body: paragraph('Nothing to see.') })

/** An ordinary document with other bytes in the place of one of its parts. */
const withPart = (name: string, part: Partial<ZipEntry>): Buffer =>
  writeZip(plain.map((entry) => (entry.name === name ? { ...entry, ...part } : entry)))

const withBody = (body: string): Buffer => withPart('word/document.xml', { content: Buffer.from(XML_HEAD + body) })

const nested = (): Buffer => {
  let archive = writeZip(plain)
  for (let depth = 0; depth < 10; depth++)
    archive = writeZip([1, 2, 3].map((copy) => ({ name: `${copy}.zip`, content: archive })))
  return archive
}

const entities = (): string => {
  const levels = Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`)
  return `<!DOCTYPE w:document [<!ENTITY e0 "ha">${levels.join('')}]><w:document><w:body>&e12;</w:body></w:document>`
}

/** Archives and the XML in them. */
export const HOSTILE_ARCHIVES: readonly HostileDocument[] = [
  {
    what: 'a zip bomb',
    name: NAME,
    make: () => withPart('word/document.xml', { packed: packSpaces(BOMB_MIB), claimedBytes: BOMB_MIB << 20 }),
    problem: 'TOO_LARGE',
  },
  {
    what: 'a zip bomb that claims to be small',
    name: NAME,
    make: () => withPart('word/document.xml', { packed: packSpaces(BOMB_MIB), claimedBytes: 100 }),
    problem: 'TOO_LARGE',
  },
  {
    what: 'a zip bomb in the list of types',
    name: NAME,
    make: () => withPart('[Content_Types].xml', { packed: packSpaces(BOMB_MIB), claimedBytes: 100 }),
    problem: 'TOO_LARGE',
  },
  {
    what: 'parts that are a bomb only together',
    name: NAME,
    make: () => {
      const noted = docxEntries({ body: paragraph('Noted.'), footnotes: [] })
      const isBomb = ({ name }: ZipEntry): boolean => /^word\/[a-z]+\.xml$/u.test(name)
      return writeZip(noted.map((entry) => (isBomb(entry) ? { ...entry, packed: packSpaces(48) } : entry)))
    },
    problem: 'TOO_LARGE',
  },
  { what: 'archives in archives', name: NAME, make: nested, problem: 'UNSUPPORTED_TYPE' },
  {
    what: 'an archive as the body',
    name: NAME,
    make: () => withPart('word/document.xml', { content: writeZip(plain) }),
    problem: 'NO_TEXT',
  },
  {
    what: 'very many entries',
    name: NAME,
    make: () =>
      writeZip([...plain, ...Array.from({ length: 5_000 }, (_, i) => ({ name: `x${i}`, content: Buffer.from('x') }))]),
    problem: 'TOO_LARGE',
  },
  { what: 'more entries than there are', name: NAME, make: () => writeZip(plain, 4_000), problem: 'DAMAGED' },
  {
    what: 'an entry twice',
    name: NAME,
    make: () => writeZip([...plain, ...plain]),
    problem: 'UNSAFE',
  },
  { what: 'half an archive', name: NAME, make: () => writeZip(plain).subarray(0, 600), problem: 'DAMAGED' },
  {
    what: 'packed bytes that are none',
    name: NAME,
    make: () => withPart('word/document.xml', { packed: Buffer.alloc(5_000, 0xff) }),
    problem: 'DAMAGED',
  },
  {
    what: 'an encrypted entry',
    name: NAME,
    make: () => withPart('word/document.xml', { flags: 1 }),
    problem: 'ENCRYPTED',
  },
  { what: 'an entity bomb', name: NAME, make: () => withBody(entities()), problem: 'UNSAFE' },
  {
    what: 'an entity of a file',
    name: NAME,
    make: () =>
      withBody('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><w:document><w:body>&f;</w:body></w:document>'),
    problem: 'UNSAFE',
  },
  {
    what: 'a million elements in each other',
    name: NAME,
    make: () => withBody(`<w:document><w:body>${'<w:sdt>'.repeat(1_000_000)}`),
    problem: 'UNSAFE',
  },
  {
    what: 'millions of paragraphs',
    name: NAME,
    make: () => withPart('word/document.xml', { packed: packRepeated(Buffer.from(paragraph('x').repeat(20_000)), 60) }),
    problem: ['TOO_LARGE', 'OUT_OF_MEMORY'],
  },
]
