import { writeZip, type ZipEntry } from './zip-writer.js'

const NAMESPACES =
  'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const CONTENT_TYPES = `${XML_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
const RELATIONS = `${XML_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
const STYLES = `${XML_HEAD}<w:styles ${NAMESPACES}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="Berschrift2"><w:name w:val="heading 2"/></w:style><w:style w:type="paragraph" w:styleId="Own"><w:name w:val="House style"/><w:basedOn w:val="Heading1"/></w:style></w:styles>`

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const run = (text: string): string => `<w:r><w:t xml:space="preserve">${escape(text)}</w:t></w:r>`

export const paragraph = (text: string, properties = ''): string =>
  `<w:p><w:pPr>${properties}</w:pPr>${run(text)}</w:p>`
export const heading = (text: string, style = 'Heading1'): string => paragraph(text, `<w:pStyle w:val="${style}"/>`)
export const listItem = (text: string, indent = 0): string =>
  paragraph(text, `<w:numPr><w:ilvl w:val="${indent}"/><w:numId w:val="1"/></w:numPr>`)
export const table = (rows: readonly (readonly string[])[]): string =>
  `<w:tbl>${rows.map((cells) => `<w:tr>${cells.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`
export const noteReference = (id: number): string => `<w:r><w:footnoteReference w:id="${id}"/></w:r>`

export interface Docx {
  /** What stands in the body, as XML. */
  readonly body: string
  readonly footnotes?: readonly { readonly id: number; readonly text: string }[]
  readonly title?: string
}

export function docxEntries({ body, footnotes, title }: Docx): ZipEntry[] {
  const entries = [
    ['[Content_Types].xml', CONTENT_TYPES],
    ['_rels/.rels', RELATIONS],
    ['word/styles.xml', STYLES],
    ['word/document.xml', `${XML_HEAD}<w:document ${NAMESPACES}><w:body>${body}</w:body></w:document>`],
  ]
  if (title !== undefined)
    entries.push([
      'docProps/core.xml',
      `${XML_HEAD}<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escape(title)}</dc:title></cp:coreProperties>`,
    ])
  if (footnotes) {
    const separator = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    const notes = footnotes.map(({ id, text }) => `<w:footnote w:id="${id}">${paragraph(text)}</w:footnote>`)
    entries.push([
      'word/footnotes.xml',
      `${XML_HEAD}<w:footnotes ${NAMESPACES}>${separator}${notes.join('')}</w:footnotes>`,
    ])
  }
  return entries.map(([name = '', content = '']) => ({ name, content: Buffer.from(content) }))
}

/** A word-processing document by ECMA-376. */
export const writeDocx = (docx: Docx): Buffer => writeZip(docxEntries(docx))
