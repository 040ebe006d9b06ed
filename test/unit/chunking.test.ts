import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNKING_METHODS, type ChunkingSettings, type TextChunk } from '../../src/domain/chunking.js'
import type { SegmentKind, TextSegment } from '../../src/domain/document-text.js'
import { chunkDocument } from '../../src/services/knowledge/chunking/chunk-document.js'
import { NEVER } from '../support/inference.js'
import { isFullTest, testSeed } from '../support/seed.js'

const SPECIAL_TOKENS = 2

/** A tokenizer that takes three characters of a word, and each other sign, for a token. */
const countText = (text: string): number =>
  SPECIAL_TOKENS + (text.match(/[\p{L}\p{N}]{1,3}|[^\s\p{L}\p{N}]/gu)?.length ?? 0)

interface Part {
  readonly kind: SegmentKind
  readonly text: string
}

function toDocument(parts: readonly Part[]): { text: string; segments: TextSegment[] } {
  let text = ''
  let path: string[] = []
  const segments: TextSegment[] = []
  for (const [index, part] of parts.entries()) {
    if (text !== '') text += '\n\n'
    const start = text.length
    text += part.text
    const isHeading = part.kind === 'HEADING'
    const headingPath = isHeading ? [] : path
    if (isHeading) path = [part.text]
    segments.push({ start, end: text.length, kind: part.kind, page: index + 1, headingPath, metadata: { index } })
  }
  return { text, segments }
}

function chunk(
  parts: readonly Part[],
  settings: Partial<ChunkingSettings>,
  onCount?: (texts: readonly string[]) => void,
) {
  const document = toDocument(parts)
  const countTokens = async (texts: readonly string[]): Promise<number[]> => {
    onCount?.(texts)
    return texts.map(countText)
  }
  const whole = { method: 'STRUCTURE', maxTokens: 12, overlapTokens: 0, ...settings } as const
  return chunkDocument({ document, settings: whole, countTokens, signal: NEVER })
}

const texts = (chunks: readonly TextChunk[]): string[] => chunks.map(({ text }) => text)
const paragraph = (text: string): Part => ({ kind: 'PARAGRAPH', text })
const heading = (text: string): Part => ({ kind: 'HEADING', text })

describe('by structure', () => {
  test('paragraphs are joined under one heading as long as they fit', async () => {
    const parts = [
      heading('One'),
      paragraph('A a.'),
      paragraph('B b.'),
      heading('Two'),
      paragraph('C c c c c c c c c.'),
      paragraph('D.'),
    ]
    const chunks = await chunk(parts, {})
    expect(chunks.map(({ text, headingPath, page, tokens }) => ({ text, headingPath, page, tokens }))).toEqual([
      { text: 'One\n\nA a.\n\nB b.', headingPath: ['One'], page: 1, tokens: 9 },
      { text: 'Two', headingPath: ['Two'], page: 4, tokens: 3 },
      { text: 'C c c c c c c c c.', headingPath: ['Two'], page: 5, tokens: 12 },
      { text: 'D.', headingPath: ['Two'], page: 6, tokens: 4 },
    ])
  })

  test('a paragraph that is too large is parted at sentences, and they overlap', async () => {
    const sentences = 'One is it. Mr. Two is it? Three is it! Four is it.'
    expect(texts(await chunk([paragraph(sentences)], { maxTokens: 11 }))).toEqual([
      'One is it. Mr.',
      'Two is it? Three is it!',
      'Four is it.',
    ])
    expect(texts(await chunk([paragraph(sentences)], { maxTokens: 11, overlapTokens: 4 }))).toEqual([
      'One is it. Mr.',
      'Mr. Two is it?',
      'Three is it!',
      'Four is it.',
    ])
  })

  test('a sentence that is too large is parted at words, a word at characters', async () => {
    const words = 'aaa bbb ccc ddd eee fff ggg hhh iii jjj kkk lll'
    for (const text of texts(await chunk([paragraph(words)], {}))) expect(text).toMatch(/^(?:(\w)\1\1 ?)+$/u)
    const family = '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'
    const faces = await chunk([paragraph(family.repeat(9))], {})
    expect(texts(faces).join('')).toBe(family.repeat(9))
    for (const { text } of faces) expect(text.length % family.length).toBe(0)
  })

  test('a table is parted at its lines', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => `r${i} | x`).join('\n')
    for (const text of texts(await chunk([{ kind: 'TABLE', text: rows }], {})))
      expect(text).toMatch(/^(?:r\d \| x\n?)+$/u)
  })
})

test('of a fixed size they go across all structure', async () => {
  const parts = [heading('One'), paragraph('a b c'), heading('Two'), paragraph('d e f')]
  expect(texts(await chunk(parts, { method: 'FIXED' }))).toEqual(['One\n\na b c\n\nTwo\n\nd e f'])
})

test('by row each is for itself, with its metadata', async () => {
  const parts: Part[] = ['a: 1', 'b: 2', 'c: 1 2 3 4 5 6 7 8 9'].map((text) => ({ kind: 'ROW', text }))
  const chunks = await chunk(parts, { method: 'ROW' })
  expect(chunks.map(({ text, metadata }) => [text, metadata])).toEqual([
    ['a: 1', { index: 0 }],
    ['b: 2', { index: 1 }],
    ['c: 1 2 3 4 5', { index: 2 }],
    ['6 7 8 9', { index: 2 }],
  ])
})

test.each([
  [{ maxTokens: 7 }, 'maxTokens'],
  [{ maxTokens: 12.5 }, 'maxTokens'],
  [{ overlapTokens: -1 }, 'overlapTokens'],
  [{ overlapTokens: 6 }, 'overlapTokens'],
])('%j is refused', async (settings, path) => {
  await expect(chunk([paragraph('a')], settings)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { path } })
})

describe('whatever the text', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('word', 'a', '. ', '? ', ' ', ' ', '\n', ', ', '1', '東京', 'です。', 'שלום', 'ไทย'),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'e\u0301',
        ' \u0301',
        '\u0600',
        '\u{1f468}\u200d\u{1f469}',
        '\u{1f1e9}\u{1f1ea}',
        '\u{1f44d}\u{1f3fd}',
        '\r',
        '\u{10ffff}',
        'क्षि',
        '한',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
  )
  const text = fc
    .array(piece, { minLength: 1, maxLength: 80 })
    .map((pieces) => pieces.join('').trim())
    .filter((joined) => joined !== '')
  const part = fc.record<Part>({ kind: fc.constantFrom('HEADING', 'PARAGRAPH', 'PARAGRAPH', 'LIST', 'ROW'), text })
  const settings = fc
    .record({
      method: fc.constantFrom(...CHUNKING_METHODS),
      maxTokens: fc.integer({ min: 8, max: 40 }),
      share: fc.integer({ min: 0, max: 49 }),
    })
    .map(({ method, maxTokens, share }) => ({
      method,
      maxTokens,
      overlapTokens: Math.floor((maxTokens * share) / 100),
    }))
  const characters = new Intl.Segmenter('und', { granularity: 'grapheme' })

  test('chunks are slices, cover it, keep order and limits, and part no character', async () => {
    const property = fc.asyncProperty(fc.array(part, { maxLength: 8 }), settings, async (parts, given) => {
      const { text: whole } = toDocument(parts)
      const chunks = await chunk(parts, given)
      const boundaries = new Set([whole.length])
      for (const { index } of characters.segment(whole)) boundaries.add(index)
      const covered = new Set<number>()
      for (const [index, { start, end, text: slice, tokens }] of chunks.entries()) {
        expect(whole.slice(start, end)).toBe(slice)
        expect(tokens).toBe(countText(slice))
        expect([boundaries.has(start), boundaries.has(end)]).toEqual([true, true])
        if (tokens > given.maxTokens) expect([...characters.segment(slice)].length).toBe(1)
        const before = chunks[index - 1]
        if (before) expect([start > before.start, end > before.end]).toEqual([true, true])
        if (before && start < before.end)
          expect(countText(whole.slice(start, before.end)) - SPECIAL_TOKENS).toBeLessThanOrEqual(given.overlapTokens)
        for (let at = start; at < end; at++) covered.add(at)
      }
      for (let at = 0; at < whole.length; at++) if (!covered.has(at)) expect(whole[at]).toMatch(/\s/u)
    })
    await fc.assert(property, { seed: testSeed(), numRuns: isFullTest() ? 5_000 : 200 })
  })

  test.each([
    ['a return and its line feed after a sign that takes what follows', "\u0600\r\n!!', word"],
    ['a return and its line feed before a mark', 'word word\r\n\u0301 word!!!!!!'],
    ['a return and its line feed in a long run', `${'a'.repeat(17)}\r\n${'b'.repeat(40)}`],
  ])('no chunk parts %s', async (_name, whole) => {
    for (const method of CHUNKING_METHODS)
      for (const { start, end } of await chunk([heading(whole)], { method, maxTokens: 8 }))
        for (const at of [start, end]) expect(whole.slice(at - 1, at + 1)).not.toBe('\r\n')
  })

  test('what is counted grows with the text alone', async () => {
    const countAll = async (sentences: number, method: ChunkingSettings['method']): Promise<number> => {
      let counted = 0
      const parts = [paragraph('Some words are in each of these sentences. '.repeat(sentences).trim())]
      await chunk(parts, { method, maxTokens: 64, overlapTokens: 16 }, (given) => {
        for (const one of given) counted += one.length
      })
      return counted / (sentences * 43)
    }
    for (const method of CHUNKING_METHODS) {
      const [small, large] = [await countAll(100, method), await countAll(3_000, method)]
      expect(large).toBeLessThan(3)
      expect(large).toBeLessThan(small * 1.1)
    }
  })
})
