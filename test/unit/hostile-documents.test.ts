import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { DocumentParser } from '../../src/ports/document-parser.js'
import { HOSTILE_DOCUMENTS } from '../support/documents/hostile-documents.js'
import { openParser, parseWith } from '../support/document-parser.js'
import { isFullTest } from '../support/seed.js'

const MIB = 2 ** 20
const MOST_GROWTH_BYTES = 150 * MIB

let parser: DocumentParser
beforeAll(() => {
  parser = openParser(isFullTest() ? {} : { maxMemoryBytes: 320 * MIB })
})
afterAll(() => parser[Symbol.asyncDispose]())

const GOOD = '# Well\n\nThis one can be read.'

describe('a hostile document', () => {
  const chosen = HOSTILE_DOCUMENTS.filter((_document, index) => isFullTest() || index % 2 === 0)
  test.each(chosen)('with $what ($name) is told by its own error', async ({ name, make, problem }) => {
    const content = make()
    const rssBefore = process.memoryUsage.rss()
    let most = 0
    const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
    const [outcome, good] = await Promise.all([
      parseWith(parser, content, { name }).then(
        ({ text }) => text.slice(0, 100),
        (error: unknown) => error,
      ),
      parseWith(parser, GOOD, { name: 'good.md' }),
    ])
    clearInterval(sampling)
    expect(good.segments.length).toBe(2)
    expect(outcome).toMatchObject({ code: 'DOCUMENT_UNREADABLE' })
    if (isErrorWithCode(outcome, 'DOCUMENT_UNREADABLE'))
      expect([problem].flat()).toContain(outcome.details.document?.problem)
    expect(most - rssBefore).toBeLessThan(MOST_GROWTH_BYTES)
  })
})

describe('text that is made to be slow', () => {
  const MANY = 200_000
  test.each<[string, string]>([
    ['marks.md', `${'#'.repeat(MANY)} ${' #'.repeat(MANY)}x`],
    ['marks.md', `${'*a '.repeat(MANY)}\n${'- '.repeat(MANY)}\n${'_ '.repeat(MANY)}x`],
    ['marks.md', `|${'-|'.repeat(MANY)}\n|${'-|'.repeat(MANY)}x\n${'[('.repeat(MANY)}\n${'<!--'.repeat(MANY)}`],
    ['marks.md', `${'> '.repeat(MANY)}x\n${'```\n~~~\n'.repeat(MANY / 10)}`],
    ['comments.txt', `${'<!-- --> '.repeat(MANY / 10)}x`],
    ['page.html', `<html>${'<'.repeat(MANY)}${'&'.repeat(MANY)}x${'<p'.repeat(10)}>${'</b>'.repeat(MANY)}x`],
    ['page.html', `<html>${'<meta '.repeat(MANY / 10)}>${'<pre>\n \n'.repeat(900)}x`],
    ['rows.csv', `a,b\n${'""'.repeat(2)},"${'""'.repeat(MANY)}"\n${'\n'.repeat(MANY)}`],
    ['spaces.txt', `x${' '.repeat(MANY * 5)}y${'\u0301'.repeat(MANY)}`],
  ])('%s is read', async (name, source) => {
    const { text } = await parseWith(parser, source, { name })
    expect(text.length).toBeGreaterThan(0)
  })
})
