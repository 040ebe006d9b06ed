import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TextAssembler } from '../../src/adapters/onnxruntime/text-assembler.js'
import { Utf8Tail } from '../../src/adapters/transformers/utf8-tail.js'

/** Tokens of any bytes, by their index. */
function streamOf(tokens: readonly Uint8Array[]) {
  const tail = new Utf8Tail()
  return {
    push: (id: number) => tail.push(tokens[id]!),
    get isOpen() {
      return tail.isOpen
    },
    end: () => tail.end(),
  }
}

/** Cuts bytes at the given places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((end, i) => bytes.slice(cuts[i], end))
}

/** Where the text ends that is read character by character until a stop string is complete. */
function endByDefinition(text: string, stops: readonly string[]): number {
  for (let end = 1; end <= text.length; end++) {
    const found = stops.filter((stop) => stop !== '' && text.slice(0, end).endsWith(stop))
    if (found.length > 0) return end - Math.max(...found.map((stop) => stop.length))
  }
  return text.length
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n', 'é', '東', '👩', '\u200d'), maxLength: 40 })
const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n', '東', '👩'), maxLength: 4 })
const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 60 })

describe('text from tokens', () => {
  test('comes whole, in order and never within a character or a stop string', () => {
    fc.assert(
      fc.property(text, fc.array(stop, { maxLength: 4 }), cuts, (whole, stops, places) => {
        const tokens = cutAt(Buffer.from(whole), places)
        const assembler = new TextAssembler(streamOf(tokens), stops)
        const expected = whole.slice(0, endByDefinition(whole, stops))
        let given = ''
        let ids: number[] = []
        const take = (out: readonly { id: number; text: string }[]): void => {
          given += out.map((token) => token.text).join('')
          ids = [...ids, ...out.map((token) => token.id)]
          expect(expected.startsWith(given)).toBe(true)
          expect(given.isWellFormed()).toBe(true)
        }
        for (const id of tokens.keys()) {
          if (assembler.stopped) break
          take(assembler.push({ id }))
        }
        take(assembler.end())
        expect(given).toBe(expected)
        expect(assembler.stopped).toBe(expected.length < whole.length)
        expect(ids).toEqual([...ids.keys()])
        if (!assembler.stopped) expect(ids).toHaveLength(tokens.length)
      }),
      { numRuns: 2_000 },
    )
  })

  test('without stop strings every token that ends a character is given out at once', () => {
    fc.assert(
      fc.property(text, cuts, (whole, places) => {
        const tokens = cutAt(Buffer.from(whole), places)
        const assembler = new TextAssembler(streamOf(tokens), [])
        const tail = new Utf8Tail()
        for (const [id, bytes] of tokens.entries()) {
          tail.push(bytes)
          const given = assembler.push({ id })
          if (!tail.isOpen) expect(given.at(-1)?.id).toBe(id)
        }
      }),
    )
  })

  test('a token with the beginning of a stop string keeps what stands before it', () => {
    const assembler = new TextAssembler(streamOf(['Hello E', 'N', 'D there'].map((part) => Buffer.from(part))), ['END'])
    expect(assembler.push({ id: 0 })).toEqual([])
    expect(assembler.push({ id: 1 })).toEqual([])
    expect(assembler.push({ id: 2 })).toEqual([{ id: 0, text: 'Hello ' }])
    expect(assembler.stopped).toBe(true)
    expect(assembler.end()).toEqual([])
  })
})

describe('UTF-8 in pieces', () => {
  test('gives what decoding at once gives, also of bytes that are no UTF-8', () => {
    const odd = fc.uint8Array({ maxLength: 30 })
    const nearly = fc
      .array(fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff))
      .map((bytes) => Uint8Array.from(bytes))
    fc.assert(
      fc.property(
        fc.oneof(
          odd,
          nearly,
          text.map((whole) => Buffer.from(whole)),
        ),
        cuts,
        (bytes, places) => {
          const tail = new Utf8Tail()
          const pieces = cutAt(bytes, places).map((piece) => tail.push(piece))
          expect(pieces.join('') + tail.end()).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
