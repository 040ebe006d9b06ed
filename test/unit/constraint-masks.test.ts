import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { OutputConstraint } from '../../src/domain/prediction.js'
import { TOOL_CALL_BEGIN, TOOL_CALL_END, toToolCallText } from '../../src/domain/tool-call.js'
import { spacedJson, type Json } from '../../src/kernel/json.js'
import { toSupportedSchema } from '../../src/services/predictions/output-schema.js'
import { drawExpression, matchesWhole, type Expression } from '../support/expressions.js'
import { jsonSchemas } from '../support/json-schemas.js'
import { MaskWriter } from '../support/masks.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'

vi.setConfig({ testTimeout: 1_800_000 })
const EXPRESSIONS = isFullTest() ? 4_000 : 40
const SCHEMAS = isFullTest() ? 3_000 : 40
const TEXTS = 4
const MOST_TOKENS = 120
/** `RegExp` may take twice as long for each further character where a repetition is within another. */
const MOST_BACKTRACKED = 16

let writer: MaskWriter
beforeAll(async () => {
  writer = await MaskWriter.open()
})

const schemaOf = (schema: Json): OutputConstraint => ({
  kind: 'JSON_SCHEMA',
  schema: toSupportedSchema(schema, 'schema'),
})
const both = (constraint: OutputConstraint, text: string): boolean[] =>
  [true, false].map((inBytes) => writer.allows(constraint, text, inBytes))

function expectMatch(expression: Expression, text: string, what: string): void {
  expect(matchesWhole(expression, text), what).toBe(true)
  if (text.length <= MOST_BACKTRACKED) expect(text, what).toMatch(new RegExp(`^(?:${expression.regex})$`, 'u'))
}

describe('texts that masks let through', () => {
  test('match the expression or grammar, and those that match are let through', () => {
    const seed = testSeed()
    const random = createRandom(seed)
    let finished = 0
    for (let i = 0; i < EXPRESSIONS; i++) {
      const expression = drawExpression(random)
      const { regex, ebnf, draw } = expression
      const constraints: readonly OutputConstraint[] = [
        { kind: 'REGEX', pattern: regex },
        { kind: 'GRAMMAR', grammar: `root ::= ${ebnf}` },
      ]
      for (const constraint of constraints) {
        const what = `expression ${i} of seed ${seed}: ${JSON.stringify(constraint)}`
        for (let n = 0; n < TEXTS; n++) {
          const text = writer.write(constraint, random, MOST_TOKENS)
          if (text !== null) expectMatch(expression, text, `${what} gave ${JSON.stringify(text)}`)
          if (text !== null) finished++
          const drawn = draw(random)
          expectMatch(expression, drawn, `${what}: ${JSON.stringify(drawn)}`)
          expect(both(constraint, drawn), `${what}: ${JSON.stringify(drawn)}`).toEqual([true, true])
        }
      }
      const inJson = schemaOf({ type: 'string', pattern: `^(?:${regex})$` })
      const text = writer.write(inJson, random, MOST_TOKENS)
      const what = `pattern ${i} of seed ${seed}: ${regex} gave ${text}`
      if (text !== null) expectMatch(expression, JSON.parse(text) as string, what)
      expect(both(inJson, JSON.stringify(draw(random))), what).toEqual([true, true])
    }
    expect(finished).toBeGreaterThan(EXPRESSIONS)
  })

  test('are valid by the schema', () => {
    const seed = testSeed()
    const random = createRandom(seed)
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    let finished = 0
    fc.sample(jsonSchemas({ maxLength: 300 }), { seed, numRuns: SCHEMAS }).forEach((schema, i) => {
      const validate = ajv.compile(schema as object)
      const constraint = schemaOf(schema)
      for (let n = 0; n < TEXTS; n++) {
        const text = writer.write(constraint, random, MOST_TOKENS)
        if (text === null) continue
        finished++
        const what = `schema ${i} of seed ${seed}: ${JSON.stringify(schema)} gave ${text}`
        expect(() => JSON.parse(text) as unknown, what).not.toThrow()
        expect(validate(JSON.parse(text)), `${what}: ${ajv.errorsText(validate.errors)}`).toBe(true)
      }
    })
    expect(finished).toBeGreaterThan(2 * SCHEMAS)
  })

  test('are one of the list', () => {
    const random = createRandom(testSeed())
    const choices = ['größe', 'grüße', 'é', 'ü', 'да', 'дом', '😀', '😁', 'tab\t', '"', 'é—']
    const seen = new Set(Array.from({ length: 200 }, () => writer.write({ kind: 'CHOICE', choices }, random, 50)))
    expect([...seen].sort()).toEqual([...choices].sort())
  })

  test('have calls with arguments that are valid', () => {
    const random = createRandom(testSeed())
    const city = { enum: ['größe', 'grüße', 'é', 'ü'] }
    const parameters = {
      type: 'object',
      properties: { city, note: { type: 'string', pattern: '^[^a]{2,6}$' } },
      required: ['city'],
    }
    const tools = [
      { name: 'look', parameters: toSupportedSchema(parameters, 'schema') },
      { name: 'look_up', parameters: {} },
    ]
    const required: OutputConstraint = { kind: 'TOOLS', tools, isRequired: true, maxCalls: 2 }
    const validate = new Ajv2020({ strict: false }).compile(parameters)
    let calls = 0
    for (let i = 0; i < 40; i++) {
      const text = writer.write(required, random, 300)
      const [, name, written] =
        /^<tool_call>\n\{"name": "(\w+)", "arguments": (.*?)\}\n<\/tool_call>/s.exec(text ?? '') ?? []
      if (name === undefined) continue
      calls++
      if (name === 'look') expect(validate(JSON.parse(written!)), written).toBe(true)
    }
    expect(calls).toBeGreaterThan(5)
    const call = toToolCallText('look', spacedJson({ city: 'grüße', note: 'bb' }))
    const auto: OutputConstraint = { ...required, isRequired: false }
    expect(both(auto, `Ich sage <tool_ <<tool_cal: é. ${call} и так ${call}`)).toEqual([true, true])
    expect(both(auto, call.replace('grüße', 'grüne'))).toEqual([false, false])
    expect(both(auto, `${call}${call} ${call}`)).toEqual([false, false])
    expect(both(auto, `${TOOL_CALL_BEGIN}x${TOOL_CALL_END}`)).toEqual([false, false])
    expect(both(required, `a ${call}`)).toEqual([false, false])
  })
})

describe('single constraints', () => {
  /** Each with texts that it lets through and texts that it does not. */
  const CASES: readonly (readonly [Json | string, readonly string[], readonly string[]])[] = [
    ['[\\u0800-\\ud7ff]', ['\u0800', '名'], ['a', '\u07ff', '\ue000']],
    ['[éü]', ['é', 'ü'], ['e', 'è', 'éü']],
    ['[^é]', ['e', 'è', '\n', '😀'], ['é', '']],
    ['.{2}', ['éa', '😀😀'], ['a\n', 'a', '\u2028a']],
    ['\\p{Lu}\\p{Ll}+', ['Éa', 'Яя'], ['éa', 'ЯЯ']],
    [
      { type: 'string', minLength: 1, maxLength: 3 },
      ['"a"', '"\\u00e9é😀"', '"\\n"'],
      ['"a\tb"', '"\n"', '"abcd"', '""', '"\\ud800"'],
    ],
    [{ type: 'string', maxLength: 100 }, ['""', `"${'é'.repeat(100)}"`], [`"${'é'.repeat(101)}"`]],
    [
      { type: 'string', minLength: 70, maxLength: 1_100 },
      [70, 71, 96, 1_099, 1_100].map((n) => `"${'x'.repeat(n)}"`),
      [69, 1_101].map((n) => `"${'x'.repeat(n)}"`),
    ],
    [{ type: 'array', items: { type: 'null' }, minItems: 40, maxItems: 41 }, [40, 41].map(nulls), [39, 42].map(nulls)],
    [
      { patternProperties: { '^a': { type: 'integer' } }, properties: { b: { type: 'null' } }, required: ['b'] },
      ['{"b": null}'],
      ['{}', '{"a": 1, "b": null}'],
    ],
    [
      { type: 'object', propertyNames: { pattern: '^zü' }, additionalProperties: { type: 'integer' } },
      ['{}', '{"zü": 3}'],
      ['{"a": 3}', '{"zü": 1.5}', '{"zü": null}'],
    ],
    [
      { type: 'object', propertyNames: { maxLength: 2 }, properties: { ab: { type: 'null' }, abc: { type: 'null' } } },
      ['{}', '{"ab": null}'],
      ['{"abc": null}'],
    ],
    [
      {
        type: 'object',
        properties: { a: { type: 'null' }, b: { type: 'null' }, c: { type: 'null' } },
        minProperties: 2,
        maxProperties: 2,
      },
      ['{"a": null, "c": null}', '{"a": null, "b": null}'],
      ['{}', '{"a": null}', '{"a": null, "b": null, "c": null}'],
    ],
    [
      { type: 'object', required: ['__proto__', 'toString', 'q"'] },
      ['{"__proto__": 1, "toString": 2, "q\\"": 3}'],
      ['{}', '{"__proto__": 1}'],
    ],
    [{ type: 'number' }, ['-1.5e10', '0', '123456789012345'], ['1e400', '01', '1'.repeat(16)]],
    [
      {
        type: 'object',
        properties: { x: { $ref: '#/properties/y/anyOf/1' }, y: { anyOf: [{ type: 'null' }, { const: 'é' }] } },
        required: ['x', 'y'],
      },
      ['{"x": "é", "y": null}'],
      ['{"x": null, "y": null}'],
    ],
    [
      {
        $ref: '#/$defs/a~1b%20c',
        $defs: {
          'a/b c': {
            items: [{ type: 'null' }, { $ref: '#/$defs/a~1b%20c/items/0' }],
            type: 'array',
            minItems: 2,
            additionalItems: false,
          },
        },
      },
      ['[null, null]'],
      ['[null]', '[null, 1]'],
    ],
  ]
  test.each(CASES)('%j', (given, good, bad) => {
    const constraint: OutputConstraint = typeof given === 'string' ? { kind: 'REGEX', pattern: given } : schemaOf(given)
    for (const text of good) expect(both(constraint, text), text).toEqual([true, true])
    for (const text of bad) expect(both(constraint, text), text).toEqual([false, false])
  })

  test('a grammar in EBNF', () => {
    const allows = (grammar: string, text: string): boolean => both({ kind: 'GRAMMAR', grammar }, text).every(Boolean)
    const sum = 'root ::= root "+" number | number # from the left\nnumber ::= [0-9]+ | "(" root ")"'
    expect(allows(sum, '1+(2+34)+5')).toBe(true)
    expect(allows(sum, '1+')).toBe(false)
    expect(allows('root ::= s\ns ::= "a" s "а" | ""', 'aaаа')).toBe(true)
    expect(allows('root ::= s\ns ::= "a" s "а" | ""', 'aaа')).toBe(false)
    expect(allows('root ::= [^а-яё"\\]]{2} "\\u00e9\\U0001f600"', 'q名é😀')).toBe(true)
    expect(allows('root ::= [^а-яё"\\]]{2} "\\u00e9\\U0001f600"', 'qяé😀')).toBe(false)
    expect(allows('root ::= a-b* (\n  "x" | . "y" ) {2}\na-b ::= "-"', '--xéy')).toBe(true)
  })
})

function nulls(count: number): string {
  return `[${Array.from({ length: count }, () => 'null').join(', ')}]`
}
