import { createDocumentParser, type DocumentParserOptions } from '../../src/adapters/parsing/process-document-parser.js'
import type { DocumentText, TextSegment } from '../../src/domain/document-text.js'
import type { DocumentParser, ParseRequest } from '../../src/ports/document-parser.js'
import { NEVER } from './inference.js'
import { silentLogger } from './state.js'

export const openParser = (options: Partial<DocumentParserOptions> = {}): DocumentParser =>
  createDocumentParser({ logger: silentLogger, ...options })

export const parseWith = (
  parser: DocumentParser,
  content: Uint8Array | string,
  rest: Partial<ParseRequest> = {},
): Promise<DocumentText> =>
  parser.parse({ content: typeof content === 'string' ? Buffer.from(content) : content, signal: NEVER, ...rest })

/** Each segment as a line: kind, page, headings above, text. */
export const outline = ({ text, segments }: DocumentText): string[] =>
  segments.map(({ kind, page, headingPath, start, end }: TextSegment) =>
    [kind, ...(page === undefined ? [] : [page]), headingPath.join(' > '), text.slice(start, end)].join('|'),
  )
