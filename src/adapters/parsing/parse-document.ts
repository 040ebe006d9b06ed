import type { DocumentText } from '../../domain/document-text.js'
import type { ParseLimits, RowRules } from '../../ports/document-parser.js'
import { decodeText } from './decode-text.js'
import { detectMediaType } from './media-type.js'
import { normaliseText } from './normalise-text.js'
import { TextBuilder } from './text-builder.js'

export interface ParseParams {
  readonly mediaType?: string
  readonly name?: string
  readonly rows?: RowRules
  readonly limits: ParseLimits
}

const META_BYTES = 1_024
const META_CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{1,40})/iu
const CHARSET = /;\s*charset\s*=\s*"?([\w:.-]{1,40})/iu

/** Each reader is loaded when its kind first comes. @throws GraphloomError `DOCUMENT_UNREADABLE`. */
export async function parseDocument(bytes: Buffer, params: ParseParams): Promise<DocumentText> {
  const { rows = {}, limits, mediaType: declared = '' } = params
  const builder = new TextBuilder(limits)
  const mediaType = detectMediaType({ ...params, bytes })
  if (mediaType === 'application/pdf') await (await import('./pdf.js')).readPdf(new Uint8Array(bytes), builder)
  else if (mediaType.startsWith('application/vnd.')) (await import('./docx.js')).readDocx(bytes, limits, builder)
  else {
    const head = bytes.toString('latin1', 0, META_BYTES)
    const charset =
      CHARSET.exec(declared)?.[1] ?? (mediaType === 'text/html' ? META_CHARSET.exec(head)?.[1] : undefined)
    const { text, warning } = decodeText(bytes, charset)
    if (warning !== null) builder.warn(warning)
    const clean = normaliseText(text)
    if (mediaType === 'text/html') (await import('./html.js')).readHtml(clean, builder)
    else if (mediaType === 'text/markdown') (await import('./markdown.js')).readMarkdown(clean, builder)
    else if (mediaType === 'text/csv') (await import('./csv.js')).readCsv(clean, rows, builder)
    else if (mediaType === 'application/jsonl') (await import('./jsonl.js')).readJsonl(clean, rows, builder)
    else (await import('./plain-text.js')).readPlainText(clean, builder)
  }
  return builder.build(mediaType)
}
