import type { ParseLimits } from '../../ports/document-parser.js'
import { DocxBody } from './docx-body.js'
import { readHeadingLevels } from './docx-styles.js'
import { unreadable } from './problems.js'
import type { TextBuilder } from './text-builder.js'
import { readXml } from './xml.js'
import { ZipReader } from './zip.js'

/** Also of documents with macros, which are not looked at. */
const MAIN_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml',
  'application/vnd.ms-word.document.macroEnabled.main+xml',
  'application/vnd.ms-word.template.macroEnabledTemplate.main+xml',
])

const NOTES = ['footnotes', 'endnotes'] as const

/**
 * The text of a word-processing document (ECMA-376): what stands in its body, then its notes. Deleted text, field codes
 * and second forms of drawings are passed over.
 * @throws GraphloomError `DOCUMENT_UNREADABLE`.
 */
export function readDocx(bytes: Uint8Array, limits: ParseLimits, builder: TextBuilder): void {
  const zip = new ZipReader(bytes, limits.maxInflatedBytes)
  const main = findMainPart(zip)
  if (main === null) throw unreadable('UNSUPPORTED_TYPE', 'The archive is no word-processing document.')
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const content = zip.read(main)
  if (!content) throw unreadable('DAMAGED', `The document has no "${main}".`)
  const core = zip.read('docProps/core.xml')
  if (core) builder.title = readTitle(core)
  const styles = zip.read(`${folder}styles.xml`)
  const levels = styles ? readHeadingLevels(styles) : new Map<string, number>()
  readXml(content, new DocxBody(levels, builder))
  for (const name of NOTES) {
    const notes = zip.read(`${folder}${name}.xml`)
    if (notes) readXml(notes, new DocxBody(levels, builder))
  }
}

/** Its name by the archive's list of content types; null when the archive is something else. */
export function findMainPart(zip: ZipReader): string | null {
  const types = zip.read('[Content_Types].xml')
  let found: string | null = null
  if (types)
    readXml(types, {
      open: (_name, { PartName = '', ContentType = '' }) => {
        if (MAIN_TYPES.has(ContentType)) found ??= PartName.slice(1)
      },
    })
  return found
}

function readTitle(core: Uint8Array): string {
  const parts: string[] = []
  let isTitle = false
  readXml(core, {
    open: (name) => {
      isTitle = name === 'dc:title'
    },
    close: () => {
      isTitle = false
    },
    text: (text) => {
      if (isTitle) parts.push(text)
    },
  })
  return parts.join('')
}
