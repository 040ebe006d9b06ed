import type { Article } from './articles.js'
import { heading, listItem, noteReference, paragraph, table, writeDocx } from './docx-writer.js'
import { linesOf, writePdf } from './pdf-writer.js'

/** A file, and what is to be read out of it: each segment as `outline` gives it. */
export interface ArticleFile {
  readonly name: string
  readonly content: Buffer
  readonly outline: readonly string[]
  readonly title?: string
  readonly pageCount?: number
  readonly warnings?: readonly string[]
}

const RIGHT_TO_LEFT = /\p{Script=Hebrew}/u
/** As a page shows it: PDF has signs in the order of their places. */
const toVisual = (text: string): string => (RIGHT_TO_LEFT.test(text) ? Array.from(text).reverse().join('') : text)

const WRITERS: readonly ((article: Article) => ArticleFile)[] = [
  (article) => {
    const { title, intro, section, text, items, table: rows, note } = article
    const [head, ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`)
    const lines = [`- ${items[0]}\n- ${items[1]}`, [head, '|---|---|', ...body].join('\n')]
    const content = [`# ${title}`, intro, `## ${section}`, `${text}[^1]`, ...lines, `[^1]: ${note}`].join('\n\n')
    const under = `${title} > ${section}`
    return {
      name: 'article.md',
      content: Buffer.from(content),
      outline: [
        `HEADING||${title}`,
        `PARAGRAPH|${title}|${intro}`,
        `HEADING|${title}|${section}`,
        `PARAGRAPH|${under}|${text}[^1]`,
        `LIST|${under}|${lines[0]!}`,
        `TABLE|${under}|${lines[1]!}`,
        `PARAGRAPH|${under}|[^1]: ${note}`,
      ],
    }
  },
  ({ title, intro, section, text, items, table: rows, note }) => {
    const cells = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')
    const body = `<h1>${title}</h1><p>${intro}</p><h2>${section}</h2><p>${text}<sup>1</sup></p><ul><li>${items.join('</li><li>')}</li></ul><table>${cells}</table><p>${note}</p>`
    const under = `${title} > ${section}`
    return {
      name: 'article.html',
      content: Buffer.from(
        `<!doctype html><html><head><meta charset="utf-8"><title>${title}</title></head><body><nav>Menu</nav>${body}</body></html>`,
      ),
      title,
      outline: [
        `HEADING||${title}`,
        `PARAGRAPH|${title}|${intro}`,
        `HEADING|${title}|${section}`,
        `PARAGRAPH|${under}|${text}1`,
        `LIST|${under}|- ${items[0]}\n- ${items[1]}`,
        `TABLE|${under}|${rows.map((row) => row.join(' | ')).join('\n')}`,
        `PARAGRAPH|${under}|${note}`,
      ],
    }
  },
  ({ title, intro, section, text, items, table: rows, note }) => {
    const noted = `<w:p><w:r><w:t>${text}</w:t></w:r>${noteReference(2)}</w:p>`
    const parts = [heading(title), paragraph(intro), heading(section, 'Berschrift2'), noted]
    const body = [...parts, ...items.map((item) => listItem(item)), table(rows)].join('')
    const under = `${title} > ${section}`
    return {
      name: 'article.docx',
      content: writeDocx({ body, title, footnotes: [{ id: 2, text: note }] }),
      title,
      outline: [
        `HEADING||${title}`,
        `PARAGRAPH|${title}|${intro}`,
        `HEADING|${title}|${section}`,
        `PARAGRAPH|${under}|${text}[2]`,
        `LIST|${under}|- ${items[0]}\n- ${items[1]}`,
        `TABLE|${under}|${rows.map((row) => row.join(' | ')).join('\n')}`,
        `PARAGRAPH|${under}|[2] ${note}`,
      ],
    }
  },
  ({ title, intro, section, text, note }) => {
    const under = `${title} > ${section}`
    const first = [{ text: toVisual(title), y: 800, size: 24 }, ...linesOf(toVisual(intro), { top: 760 })]
    const last = [
      { text: toVisual(section), y: 780, size: 16 },
      ...linesOf(toVisual(text), { top: 750 }),
      ...linesOf(toVisual(note), { top: 80 }),
    ]
    return {
      name: 'article.pdf',
      content: writePdf({ pages: [first, [], last], title }),
      title,
      pageCount: 3,
      warnings: ['Page 2 has no text layer.'],
      outline: [
        `HEADING|1||${title}`,
        `PARAGRAPH|1|${title}|${intro}`,
        `HEADING|3|${title}|${section}`,
        `PARAGRAPH|3|${under}|${text}`,
        `PARAGRAPH|3|${under}|${note}`,
      ],
    }
  },
  ({ title, intro, text, note }) => ({
    name: 'article.txt',
    content: Buffer.from(`\ufeff${title}\r\n\r\n${intro}\r\n${text}\r\n\r\n\r\n${note}\r\n`, 'utf16le'),
    outline: [`PARAGRAPH||${title}`, `PARAGRAPH||${intro}\n${text}`, `PARAGRAPH||${note}`],
  }),
  ({ table: rows, text, note }) => ({
    name: 'article.csv',
    content: Buffer.from(
      [rows[0], [`"${text}"`, `"${note}, ${note}"`], rows[1]].map((cells) => cells!.join(',')).join('\r\n'),
    ),
    outline: [
      `ROW||${rows[0]![0]}: ${text}\n${rows[0]![1]}: ${note}, ${note}`,
      `ROW||${rows[0]![0]}: ${rows[1]![0]}\n${rows[0]![1]}: ${rows[1]![1]}`,
    ],
  }),
  ({ title, intro, text, items }) => ({
    name: 'article.jsonl',
    content: Buffer.from(
      [
        { title, text: intro },
        { title, text, items },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    ),
    outline: [
      `ROW||title: ${title}\ntext: ${intro}`,
      `ROW||title: ${title}\ntext: ${text}\nitems: ${JSON.stringify(items)}`,
    ],
  }),
]

export const toFiles = (article: Article): ArticleFile[] => WRITERS.map((write) => write(article))

/** What goes wrong on the way: bytes of other encodings, words that lines part, pages that are pictures. */
export const DAMAGED_FILES: readonly ArticleFile[] = [
  {
    name: 'letter.txt',
    content: Buffer.from('Caf\xe9 na\xefve \x96 5 \x80', 'latin1'),
    warnings: ['The encoding is not declared; the text was read as windows-1252.'],
    outline: ['PARAGRAPH||Café naïve – 5 €'],
  },
  {
    name: 'page.html',
    content: Buffer.from(
      '<html><meta charset="windows-1251"><h1>\xcc\xb8\xe4</h1><p>\xcf\xf0\xe8\xe2\xe5\xf2</p></html>',
      'latin1',
    ),
    outline: ['HEADING||Мёд', 'PARAGRAPH|Мёд|Привет'],
  },
  {
    name: 'notes.md',
    content: Buffer.concat([
      Buffer.from('# Notes\n\nsplit '),
      Buffer.from([0xe2, 0x82]),
      Buffer.from(' here and 東京'),
    ]),
    warnings: ['Some bytes are not UTF-8; each stands as U+FFFD.'],
    outline: ['HEADING||Notes', 'PARAGRAPH|Notes|split \ufffd here and 東京'],
  },
  {
    name: 'parted.pdf',
    content: writePdf({
      pages: [
        linesOf('The depart-\nment of agri-\nculture is well-\nknown for its apples.', { top: 780 }),
        linesOf('It goes on.', { top: 780 }),
      ],
    }),
    pageCount: 2,
    outline: ['PARAGRAPH|1||The department of agriculture is wellknown for its apples.', 'PARAGRAPH|2||It goes on.'],
  },
  {
    name: 'scan.pdf',
    content: writePdf({ pages: [[], linesOf('Only this page has text.', { top: 780 }), []] }),
    pageCount: 3,
    warnings: ['Page 1 has no text layer.', 'Page 3 has no text layer.'],
    outline: ['PARAGRAPH|2||Only this page has text.'],
  },
]
