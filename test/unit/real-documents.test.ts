import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHUNKING_METHODS } from '../../src/domain/chunking.js'
import type { DocumentParser } from '../../src/ports/document-parser.js'
import { chunkDocument } from '../../src/services/knowledge/chunking/chunk-document.js'
import { openParser, outline, parseWith } from '../support/document-parser.js'
import { DAMAGED_FILES, toFiles } from '../support/documents/article-files.js'
import { ARTICLES } from '../support/documents/articles.js'
import { NEVER } from '../support/inference.js'

let parser: DocumentParser
beforeAll(() => {
  parser = openParser()
})
afterAll(() => parser[Symbol.asyncDispose]())

const FILES = [
  ...ARTICLES.flatMap((article) => toFiles(article).map((file) => ({ ...file, what: article.language }))),
  ...DAMAGED_FILES.map((file) => ({ ...file, what: 'damaged' })),
]

test('there are 40 of them', () => {
  expect(FILES).toHaveLength(40)
})

test.each(FILES)('$name, $what, is read as it was written, and chunks are slices of it', async (file) => {
  const document = await parseWith(parser, file.content, { name: file.name })
  expect(outline(document)).toEqual(file.outline)
  expect(document).toMatchObject({
    ...(file.title !== undefined && { title: file.title }),
    ...(file.pageCount !== undefined && { pageCount: file.pageCount }),
    warnings: file.warnings ?? [],
  })
  expect(document.text.normalize('NFC')).toBe(document.text)
  const countTokens = (texts: readonly string[]) => Promise.resolve(texts.map((text) => 2 + Array.from(text).length))
  for (const method of CHUNKING_METHODS) {
    const settings = { method, maxTokens: 24, overlapTokens: 4 }
    const chunks = await chunkDocument({ document, settings, countTokens, signal: NEVER })
    expect(chunks.length).toBeGreaterThan(0)
    for (const { text, start, end, page, headingPath } of chunks) {
      expect(document.text.slice(start, end)).toBe(text)
      const within = document.segments.filter((segment) => segment.start < end && segment.end > start)
      expect(page).toBe(within[0]!.page)
      if (method === 'ROW') expect(headingPath.slice(0, within[0]!.headingPath.length)).toEqual(within[0]!.headingPath)
    }
  }
})
