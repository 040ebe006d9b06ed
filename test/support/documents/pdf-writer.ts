import { deflateSync } from 'node:zlib'

export interface PdfText {
  readonly text: string
  readonly x?: number
  /** From below. */
  readonly y: number
  readonly size?: number
}

export interface Pdf {
  readonly pages: readonly (readonly PdfText[])[]
  readonly title?: string
}

/** Of all characters, relative to the size. */
const CHARACTER_WIDTH = 500
/** Between the bases of lines, relative to the size. */
const LEADING = 1.2
const TO_UNICODE = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange
1 beginbfrange <0000> <ffff> <0000> endbfrange
endcmap end end`

/** The body of an object. */
export const pdfStream = (content: Uint8Array | string, dictionary = ''): Buffer => {
  const packed = deflateSync(content)
  return Buffer.concat([
    Buffer.from(`<< /Length ${packed.length} /Filter /FlateDecode ${dictionary} >>\nstream\n`),
    packed,
    Buffer.from('\nendstream'),
  ])
}

/** A file of numbered objects, the first of them the catalogue, with its table of places. */
export function writePdfObjects(objects: readonly (Buffer | string)[], trailer = ''): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  const offsets: number[] = []
  let length = parts[0]!.length
  for (const [index, body] of objects.entries()) {
    offsets.push(length)
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n')])
    parts.push(object)
    length += object.length
  }
  const places = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const count = objects.length + 1
  parts.push(
    Buffer.from(
      `xref\n0 ${count}\n0000000000 65535 f \n${places}trailer\n<< /Size ${count} /Root 1 0 R ${trailer} >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}

/** Pages of texts in a font whose codes are UTF-16. */
export function writePdf({ pages, title }: Pdf): Buffer {
  const firstPage = 6
  const kids = pages.map((_page, index) => `${firstPage + 2 * index} 0 R`).join(' ')
  const objects: (Buffer | string)[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>',
    `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Own /DW ${CHARACTER_WIDTH} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor << /Type /FontDescriptor /FontName /Own /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>`,
    pdfStream(TO_UNICODE),
  ]
  for (const [index, texts] of pages.entries()) {
    const content = firstPage + 2 * index + 1
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents ${content} 0 R >>`,
    )
    objects.push(pdfStream(texts.map(toOperators).join('\n')))
  }
  if (title === undefined) return writePdfObjects(objects)
  objects.push(`<< /Title <feff${toHex(title)}> >>`)
  return writePdfObjects(objects, `/Info ${objects.length} 0 R`)
}

/** Lines of a text from the top of a page. */
export function linesOf(text: string, { top = 780, size = 11 } = {}): PdfText[] {
  return text.split('\n').map((line, index) => ({ text: line, y: top - index * LEADING * size, size }))
}

const toOperators = ({ text, x = 50, y, size = 11 }: PdfText): string =>
  `BT /F ${size} Tf 1 0 0 1 ${x} ${y} Tm <${toHex(text)}> Tj ET`

const toHex = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex')
