import { getDocumentProxy, getResolvedPDFJS } from 'unpdf'
import { addPages } from './pdf-blocks.js'
import { toLines, type Line, type TextItem } from './pdf-lines.js'
import { tooLarge, unreadable } from './problems.js'
import type { TextBuilder } from './text-builder.js'

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>

const MAX_PAGES = 10_000
/** Errors only: what fonts and colours lack does not matter here. */
const VERBOSITY = 0

/**
 * The text layer of a PDF, page by page. Headings are told by the size of their letters.
 * @throws GraphloomError `DOCUMENT_UNREADABLE`.
 */
export async function readPdf(bytes: Uint8Array, builder: TextBuilder): Promise<void> {
  const document = await openPdf(bytes)
  if (document.numPages > MAX_PAGES) throw tooLarge('pages', MAX_PAGES)
  builder.pageCount = document.numPages
  builder.title = await readTitle(document)
  const pages: Line[][] = []
  for (let number = 1; number <= document.numPages; number++) {
    const lines = await readPage(document, number)
    if (lines.length === 0) builder.warn(`Page ${number} has no text layer.`)
    pages.push(lines)
  }
  addPages(pages, builder)
}

async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  const { PasswordException } = await getResolvedPDFJS()
  try {
    return await getDocumentProxy(bytes, {
      useSystemFonts: false,
      disableFontFace: true,
      useWasm: false,
      verbosity: VERBOSITY,
    })
  } catch (error) {
    if (error instanceof PasswordException)
      throw unreadable('ENCRYPTED', 'The document is encrypted: a password is needed to read it.')
    const reason = error instanceof Error ? error.message : 'unknown'
    throw unreadable('DAMAGED', `The document is not a whole PDF: ${reason}`)
  }
}

async function readPage(document: PdfDocument, number: number): Promise<Line[]> {
  try {
    const page = await document.getPage(number)
    const { items }: { readonly items: readonly object[] } = await page.getTextContent()
    page.cleanup()
    return toLines(items.filter((item): item is TextItem => 'str' in item))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    throw unreadable('DAMAGED', `Page ${number} cannot be read: ${reason}`, { page: number })
  }
}

async function readTitle(document: PdfDocument): Promise<string> {
  const metadata: { readonly info: unknown } | null = await document.getMetadata().catch(() => null)
  const { Title: title } = (metadata?.info ?? {}) as { readonly Title?: unknown }
  return typeof title === 'string' ? title : ''
}
