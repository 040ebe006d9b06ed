import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DocumentText } from '../../src/domain/document-text.js'
import type { DocumentParser, ParseRequest } from '../../src/ports/document-parser.js'
import { heading, listItem, noteReference, paragraph, table, writeDocx } from '../support/documents/docx-writer.js'
import { linesOf, writePdf } from '../support/documents/pdf-writer.js'
import { openParser, outline, parseWith } from '../support/document-parser.js'

let parser: DocumentParser
beforeAll(() => {
  parser = openParser({ maxProcesses: 1 })
})
afterAll(() => parser[Symbol.asyncDispose]())

const parse = (content: Uint8Array | string, rest: Partial<ParseRequest> = {}): Promise<DocumentText> =>
  parseWith(parser, content, rest)

describe('text', () => {
  test('in paragraphs, with one form of line ends and characters', async () => {
    const document = await parse(
      'Cafe\u0301 so\u00adda\r\n goes on\r\n\r\n\r\n\u0007Second\ufeff\u2028line \ud83d\ude00\r\rThird',
    )
    expect(document).toMatchObject({ mediaType: 'text/plain', warnings: [] })
    expect(document.text).toBe('Caf\u00e9 soda\n goes on\n\nSecond\nline \ud83d\ude00\n\nThird')
    expect(outline(document)).toEqual([
      'PARAGRAPH||Caf\u00e9 soda\n goes on',
      'PARAGRAPH||Second\nline \ud83d\ude00',
      'PARAGRAPH||Third',
    ])
  })

  const GREETING = 'Grüße aus Łódź, שלום, 東京'
  const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
  test.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(GREETING)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${GREETING}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${GREETING}`, 'utf16le')],
    ['UTF-16, the other order, with a mark', swapped(`\ufeff${GREETING}`)],
  ])('in %s', async (_encoding, bytes) => {
    expect(await parse(bytes)).toMatchObject({ text: GREETING, warnings: [] })
  })

  test('in an encoding that is guessed says so', async () => {
    expect(await parse(Buffer.from('na\xefve caf\xe9 \x96 \x80 5', 'latin1'))).toMatchObject({
      text: 'naïve café – € 5',
      warnings: ['The encoding is not declared; the text was read as windows-1252.'],
    })
    const words = 'plain words without a mark'
    expect(await parse(Buffer.from(words, 'utf16le'))).toMatchObject({ text: words })
    expect(await parse(swapped(words))).toMatchObject({ text: words })
  })

  test('in a declared encoding', async () => {
    const bytes = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2])
    expect(await parse(bytes, { mediaType: 'text/plain; charset=windows-1251' })).toMatchObject({ text: 'Привет' })
    expect(await parse(Buffer.from('a\xffb', 'latin1'), { mediaType: 'text/plain; charset=utf-8' })).toMatchObject({
      text: 'a\ufffdb',
      warnings: ['Some bytes are not UTF-8; each stands as U+FFFD.'],
    })
  })
})

test('Markdown by its blocks', async () => {
  const source = `---
title: "The guide"
tags: [a]
---
Before.

# One #

Text *with* marks
goes on.

- a
- b

  more of b
- c

Setext
------

| a | b |
|---|--:|
| 1 | 2 |

\`\`\`js
# no heading

x
\`\`\`

***

<!-- not
seen -->
## Two
> quoted
### Three
#hash`
  const document = await parse(source, { name: 'guide.md' })
  expect(document).toMatchObject({ mediaType: 'text/markdown', title: 'The guide' })
  expect(outline(document)).toEqual([
    'PARAGRAPH||Before.',
    'HEADING||One',
    'PARAGRAPH|One|Text *with* marks\ngoes on.',
    'LIST|One|- a\n- b\n\n  more of b\n- c',
    'HEADING|One|Setext',
    'TABLE|One > Setext|| a | b |\n|---|--:|\n| 1 | 2 |',
    'CODE|One > Setext|# no heading\n\nx',
    'HEADING|One|Two',
    'PARAGRAPH|One > Two|> quoted',
    'HEADING|One > Two|Three',
    'PARAGRAPH|One > Two > Three|#hash',
  ])
})

describe('HTML', () => {
  test('by its structure, without what nobody reads', async () => {
    const source = `<!doctype html><title>A &amp; B</title><style>p{}</style><nav>Menu</nav><script>var x="<p>no</p>"</script>
<h1>One</h1><p>First <b>para</b>graph<br>second line <p hidden>gone<p>Next&nbsp;one
<ul><li>a<ul><li>a1</ul><li><p>b</p></ul><ol><li>x<li>y</ol>
<table><tr><th>k<th>v<tr><td>1<td><p>2</p></table><pre>
 code
   here
</pre><div>loose<div>inner</div>tail</div><h3>Deep</h3>end`
    const document = await parse(source)
    expect(document).toMatchObject({ mediaType: 'text/html', title: 'A & B' })
    expect(outline(document)).toEqual([
      'HEADING||One',
      'PARAGRAPH|One|First paragraph\nsecond line',
      'PARAGRAPH|One|Next one',
      'LIST|One|- a\n  - a1\n- b',
      'LIST|One|1. x\n2. y',
      'TABLE|One|k | v\n1 | 2',
      'CODE|One| code\n   here',
      'PARAGRAPH|One|loose',
      'PARAGRAPH|One|inner',
      'PARAGRAPH|One|tail',
      'HEADING|One|Deep',
      'PARAGRAPH|One > Deep|end',
    ])
  })

  test('with a main part is that part', async () => {
    const words = 'What the page is about. '.repeat(10).trim()
    const source = `<html><body><div>Sign in</div><main><h2>About</h2><p>${words}</p></main><footer>Terms</footer></body></html>`
    expect(outline(await parse(source))).toEqual(['HEADING||About', `PARAGRAPH|About|${words}`])
    expect(outline(await parse('<html><div>Sign in</div><main>little</main></html>'))).toEqual([
      'PARAGRAPH||Sign in',
      'PARAGRAPH||little',
    ])
  })

  test('in the encoding that it names', async () => {
    const bytes = Buffer.from('<html><meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p></html>', 'latin1')
    expect(await parse(bytes)).toMatchObject({ text: 'Привет', warnings: [] })
  })
})

describe('rows', () => {
  const CSV = 'id;name;note\r\n1;"Ada; ""Countess""";"two\nlines"\r\n\r\n2;Grace;\r\n'

  test('of CSV become text and metadata', async () => {
    const document = await parse(CSV, { name: 'people.csv' })
    expect(document.mediaType).toBe('text/csv')
    expect(outline(document)).toEqual([
      'ROW||id: 1\nname: Ada; "Countess"\nnote: two\nlines',
      'ROW||id: 2\nname: Grace',
    ])
    expect(document.segments.map(({ metadata }) => metadata)).toEqual([
      { id: '1', name: 'Ada; "Countess"', note: 'two\nlines' },
      { id: '2', name: 'Grace', note: '' },
    ])
  })

  test('by a template and columns', async () => {
    const rows = { template: '{name} said: {note}', metadataColumns: ['id'] }
    const document = await parse(CSV, { mediaType: 'text/csv', rows })
    expect(outline(document)).toEqual(['ROW||Ada; "Countess" said: two\nlines', 'ROW||Grace said:'])
    expect(document.segments.map(({ metadata }) => metadata)).toEqual([{ id: '1' }, { id: '2' }])
    const text = await parse(CSV, { mediaType: 'text/csv', rows: { textColumns: ['note', 'id'] } })
    expect(outline(text)).toEqual(['ROW||note: two\nlines\nid: 1', 'ROW||id: 2'])
  })

  test('of JSON lines', async () => {
    const source = '{"id":1,"tags":["a","b"],"text":"One"}\n\n{"id":2,"text":"Two","__proto__":{"x":1}}\n'
    const document = await parse(source)
    expect(document.mediaType).toBe('application/jsonl')
    expect(outline(document)).toEqual([
      'ROW||id: 1\ntags: ["a","b"]\ntext: One',
      'ROW||id: 2\ntext: Two\n__proto__: {"x":1}',
    ])
    expect(document.segments[0]?.metadata).toEqual({ id: 1, tags: ['a', 'b'], text: 'One' })
  })

  test.each<[string, string, string, number]>([
    ['an open quotation mark', 'rows.csv', 'a,b\n1,2\n3,"x\ny', 3],
    ['something after a quotation mark', 'rows.csv', 'a,b\n"1"x,2', 2],
    ['too many fields', 'rows.csv', 'a,b\n1,"2\n2"\n1,2,3', 4],
    ['a column twice', 'rows.csv', 'a,a\n1,2', 1],
    ['a line that is no JSON', 'rows.jsonl', '{"a":1}\n{"a":', 2],
    ['a line that is no object', 'rows.jsonl', '{"a":1}\n\n[1]', 3],
  ])('with %s are told by their line', async (_what, name, source, line) => {
    await expect(parse(source, { name })).rejects.toMatchObject({
      code: 'DOCUMENT_UNREADABLE',
      message: expect.stringContaining(`Line ${line}: `),
      details: { document: { problem: 'DAMAGED', line } },
    })
  })

  test('that lack a column of the rules', async () => {
    const call = parse(CSV, { mediaType: 'text/csv', rows: { template: '{surname}' } })
    await expect(call).rejects.toThrow('The document has no column "surname".')
  })
})

test('DOCX with headings, lists, tables and notes', async () => {
  const deleted = '<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p>'
  const noted = `<w:p><w:r><w:t>Claim</w:t></w:r>${noteReference(2)}<w:r><w:tab/><w:t>end &amp; so on</w:t></w:r></w:p>`
  const body = [
    heading('Überblick'),
    paragraph('Erster Absatz.'),
    heading('Ziele', 'Berschrift2'),
    listItem('eins'),
    listItem('zwei', 1),
    noted,
    table([
      ['Jahr', 'Wert'],
      ['2024', '7'],
    ]),
    deleted,
    heading('Schluss', 'Own'),
    paragraph('עברית ועוד'),
  ].join('')
  const document = await parse(writeDocx({ body, title: 'Bericht', footnotes: [{ id: 2, text: 'Die Quelle.' }] }))
  expect(document).toMatchObject({ title: 'Bericht', mediaType: expect.stringMatching(/wordprocessingml/) })
  expect(outline(document)).toEqual([
    'HEADING||Überblick',
    'PARAGRAPH|Überblick|Erster Absatz.',
    'HEADING|Überblick|Ziele',
    'LIST|Überblick > Ziele|- eins\n  - zwei',
    'PARAGRAPH|Überblick > Ziele|Claim[2]\tend & so on',
    'TABLE|Überblick > Ziele|Jahr | Wert\n2024 | 7',
    'PARAGRAPH|Überblick > Ziele|kept',
    'HEADING||Schluss',
    'PARAGRAPH|Schluss|עברית ועוד',
    'PARAGRAPH|Schluss|[2] Die Quelle.',
  ])
})

describe('PDF', () => {
  test('with pages, headings, parted words and a page without text', async () => {
    const first = [
      { text: 'Annual report', y: 800, size: 24 },
      ...linesOf('The results of the depart-\nment were good and\nwell-known.', { top: 760 }),
      ...linesOf('A second paragraph.', { top: 690 }),
      { text: 'Outlook', y: 660, size: 16 },
      ...linesOf('Growth goes on.', { top: 640 }),
    ]
    const last = linesOf('日本語の\n文章。', { top: 780 })
    const document = await parse(writePdf({ pages: [first, [], last], title: 'Zahlen – 2024' }))
    expect(document).toMatchObject({
      mediaType: 'application/pdf',
      title: 'Zahlen – 2024',
      pageCount: 3,
      warnings: ['Page 2 has no text layer.'],
    })
    expect(outline(document)).toEqual([
      'HEADING|1||Annual report',
      'PARAGRAPH|1|Annual report|The results of the department were good and well-known.',
      'PARAGRAPH|1|Annual report|A second paragraph.',
      'HEADING|1|Annual report|Outlook',
      'PARAGRAPH|1|Annual report > Outlook|Growth goes on.',
      'PARAGRAPH|3|Annual report > Outlook|日本語の文章。',
    ])
  })

  test('without any text is told to be scanned', async () => {
    await expect(parse(writePdf({ pages: [[], []] }))).rejects.toMatchObject({
      message: expect.stringMatching(/no text layer/),
      details: { document: { problem: 'NO_TEXT' } },
    })
  })
})

describe('the kind of a document', () => {
  test('is what it has, not what it is called', async () => {
    const pdf = writePdf({ pages: [linesOf('Words')] })
    expect(await parse(pdf, { name: 'a.txt', mediaType: 'text/plain' })).toMatchObject({ mediaType: 'application/pdf' })
    expect(await parse(writeDocx({ body: paragraph('x') }), { name: 'a.pdf' })).toMatchObject({ text: 'x' })
    expect(await parse('<!-- x -->\n<HTML><p>x', { name: 'a.txt' })).toMatchObject({ mediaType: 'text/html' })
    expect(await parse('# x', { mediaType: 'text/plain', name: 'x.md?raw=1' })).toMatchObject({
      mediaType: 'text/markdown',
    })
    const asCsv = parse('# x', { mediaType: 'Text/CSV; charset=utf-8', name: 'x.md' })
    await expect(asCsv).rejects.toMatchObject({ details: { document: { problem: 'NO_TEXT' } } })
  })
})

test('content comes in pieces of any size', async () => {
  const words = 'Many words. '.repeat(200_000).trim()
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < words.length; at += 700_001) yield Buffer.from(words.slice(at, at + 700_001))
  }
  const { text } = await parser.parse({ content: pieces(), signal: AbortSignal.timeout(60_000) })
  expect(text === words).toBe(true)
})
