import { beforeAll, describe, expect, test } from 'vitest'
import { checkConstraint } from '../../src/adapters/grammar/grammar-engine.js'
import type { Json } from '../../src/kernel/json.js'
import { parseConstraint, type ConstraintRequest } from '../../src/services/predictions/output-constraint.js'
import { MaskWriter } from '../support/masks.js'
import { createRandom } from '../support/random.js'
import { testSeed } from '../support/seed.js'

/** Milliseconds of the processor, whatever else the machine does. */
function cost(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const compile = (request: ConstraintRequest): void => checkConstraint(parseConstraint(request, 'constraint'))

/** The reason of the refusal; empty when there is none. */
function refusal(request: ConstraintRequest): string {
  try {
    compile(request)
    return ''
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_INPUT' })
    return (error as Error).message
  }
}

const fields = (count: number, toField: (i: number) => Json): ConstraintRequest => ({
  jsonSchema: {
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, toField(i)])),
  },
})

describe('what a constraint costs', () => {
  beforeAll(() => compile({ regex: 'warm' }))

  test('a schema of many bounded texts is compiled at once', () => {
    const some = (i: number): Json =>
      [
        { type: 'string', minLength: 1, maxLength: 200 + i },
        { type: 'array', items: { type: 'string', maxLength: 2_000 + i }, maxItems: 50 },
        { type: 'integer', minimum: 0, maximum: 120 + i },
        { type: 'string', pattern: `^[А-Яа-яё ]{1,${100 + i}}$` },
      ][i % 4]!
    expect(cost(() => compile(fields(40, some)))).toBeLessThan(500)
    expect(cost(() => compile(fields(1, () => ({ type: 'string', maxLength: 1_000_000_000 }))))).toBeLessThan(200)
  })

  test('each token of it costs less than a step', async () => {
    const writer = await MaskWriter.open()
    const random = createRandom(testSeed())
    const { jsonSchema } = fields(3, (i) => ({ type: 'string', minLength: 50, maxLength: 200 + i }))
    const constraint = parseConstraint(
      { jsonSchema: { ...(jsonSchema as object), required: ['field0'] } },
      'constraint',
    )
    const spent = cost(() => void writer.write(constraint, random, 100))
    expect(spent / 100).toBeLessThan(10)
  })

  const HOSTILE: readonly (readonly [string, ConstraintRequest])[] = [
    ['nested repetitions', { regex: `${'(?:'.repeat(10)}ab${'){0,1000}'.repeat(10)}` }],
    ['repetitions of repetitions', { regex: '([^]{0,1000}){0,1000}' }],
    ['a long expression', { regex: 'a'.repeat(60_000) }],
    ['many classes', { regex: '\\p{L}'.repeat(3_200) }],
    [
      'different classes',
      { regex: Array.from({ length: 1_500 }, (_, i) => `[\\p{L}${String.fromCharCode(0x2190 + i)}]`).join('') },
    ],
    ['long choices', { choice: Array.from({ length: 256 }, (_, i) => `${i}${'x'.repeat(60_000)}`) }],
    ['deep groups', { grammar: `root ::= ${'('.repeat(30_000)}` }],
    ['deep groups of an expression', { regex: `${'('.repeat(8_000)}a${')'.repeat(8_000)}` }],
    [
      'repeated groups of a grammar',
      { grammar: 'root ::= ((((("ab"{0,999}){0,999}){0,999} "c"){0,999}){0,999}){0,999}' },
    ],
    ['counted patterns', fields(300, (i) => ({ type: 'string', pattern: '(a*b*c*)*', maxLength: 1_000 + i }))],
    ['counted properties', { jsonSchema: { ...(fields(400, () => ({})).jsonSchema as object), minProperties: 2 } }],
  ]
  test.each(HOSTILE)('%s are refused by their limit, in short time', (_, request) => {
    let reason = ''
    expect(cost(() => (reason = refusal(request)))).toBeLessThan(2_000)
    expect(reason).toMatch(/more than \d+|too deeply/)
  })

  test('names are never matched in more time than they have characters', () => {
    const properties = { [`${'a'.repeat(60)}!`]: {} }
    const patternProperties = { '^(a+)+$': {} }
    expect(cost(() => compile({ jsonSchema: { properties, patternProperties } }))).toBeLessThan(500)
    expect(refusal({ jsonSchema: { properties, patternProperties: { '^(a+)+': {} } } })).toMatch(/"patternProperties"/)
  })
})

describe('what nothing satisfies, and what is malformed', () => {
  const inA = (schema: Json): Json => ({ type: 'object', properties: { a: schema }, required: ['a'] })
  const SCHEMAS: readonly (readonly [Json, RegExp])[] = [
    [{ $ref: '#' }, /: # .*"\$ref"/],
    [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, /: #\/\$defs\/a .*"\$ref"/],
    [{ anyOf: [{ $ref: '#' }, { type: 'null' }] }, /: # .*"\$ref"/],
    [{ $ref: '#/$defs/%zz', $defs: {} }, /"\$ref" to "#\/\$defs\/%zz", which is not there/],
    [inA({ $ref: '#' }), /nothing that ends is valid by #\/properties\/a/],
    [inA({ type: 'string', pattern: '^abc$', maxLength: 2 }), /nothing that ends is valid by #\/properties\/a/],
    [inA({ type: 'string', pattern: '(' }), /"pattern" of #\/properties\/a: /],
    [inA({ type: 'string', pattern: 'a(?=b)' }), /"pattern" of #\/properties\/a: /],
    [inA({ minLength: 'a' }), /#\/properties\/a .*"minLength"/],
    [inA({ minLength: -1 }), /#\/properties\/a .*"minLength"/],
    [inA({ maxItems: 1.5 }), /#\/properties\/a .*"maxItems"/],
    [inA({ pattern: 5 }), /#\/properties\/a .*"pattern"/],
    [inA({ format: 5 }), /#\/properties\/a .*"format"/],
    [inA({ minimum: 'x' }), /#\/properties\/a .*"minimum"/],
    [inA({ exclusiveMinimum: true, minimum: 5 }), /#\/properties\/a .*"exclusiveMinimum"/],
    [inA({ type: [] }), /#\/properties\/a .*"type"/],
    [inA({ type: 5 }), /#\/properties\/a .*"type"/],
    [inA({ required: 'b' }), /#\/properties\/a .*"required"/],
    [inA({ properties: [] }), /#\/properties\/a .*"properties"/],
    [inA({ enum: [] }), /#\/properties\/a .*"enum"/],
    [inA({ anyOf: [] }), /#\/properties\/a .*"anyOf"/],
    [inA({ type: 'integer', minimum: 1e300, maximum: 2e300 }), /#\/properties\/a .*"minimum"/],
    [inA({ type: 'number', exclusiveMaximum: -1e16 }), /#\/properties\/a .*"exclusiveMaximum"/],
    [inA({ oneOf: [{ enum: [{ a: 1, b: 2 }] }, { enum: [{ b: 2, a: 1 }] }] }), /#\/properties\/a .*"oneOf"/],
    [
      inA({ properties: { b: {} }, patternProperties: { '^(b|ü)$': {} } }),
      /#\/properties\/a .*"b".*"patternProperties"/,
    ],
    [inA({ required: ['b'], propertyNames: { pattern: '^ü' } }), /#\/properties\/a .*"b".*"propertyNames"/],
    [inA({ patternProperties: { a: {}, b: {} } }), /#\/properties\/a .*"patternProperties"/],
    [inA({ properties: { b: {} }, minProperties: 2 }), /#\/properties\/a .*"minProperties"/],
    [inA({ required: ['b', 'c'], maxProperties: 1 }), /#\/properties\/a .*"maxProperties"/],
  ]
  test.each(SCHEMAS)('%j is refused by place and keyword', (jsonSchema, reason) => {
    expect(refusal({ jsonSchema })).toMatch(reason)
  })

  const TEXTS: readonly (readonly [ConstraintRequest, RegExp])[] = [
    [{ regex: '[]' }, /nothing that ends is valid/],
    [{ regex: '\\ud800' }, /nothing that ends is valid/],
    [{ grammar: 'root ::= root' }, /nothing that ends is valid by the rule "root"/],
    [{ grammar: 'root ::= "a" b\nb ::= "c" b' }, /nothing that ends is valid by the rule "b"/],
    [{ grammar: 'root ::= a\na ::= b "x" | "y"\nb ::= a "z"' }, /the rule "a" calls itself before/],
    [{ grammar: 'root ::= missing' }, /"missing"/],
    [{ grammar: 'start ::= "a"' }, /no rule "root"/],
    [{ grammar: 'root ::= "a"\nroot ::= "b"' }, /"root" is defined twice/],
    [{ grammar: 'root ::= [z-a]' }, /the class \[z-a\]/],
    [{ grammar: 'root ::= [я-а]' }, /the class \[я-а\]/],
    [{ grammar: 'root ::= [a\\q]' }, /the class \[a\\q\]/],
    [{ grammar: 'root ::= [\\ud800]' }, /the class \[\\ud800\]/],
    [{ grammar: 'root ::= "a" (="b")' }, /lookahead/],
    [{ grammar: 'root ::= "a"{3,2}' }, /\{3,2\}/],
    [{ grammar: 'root ::=\n  "a" & "b"' }, /line 2, column 7/],
    [{ grammar: 'root ::= ("a"' }, /its end/],
  ]
  test.each(TEXTS)('%j is refused with what is wrong', (request, reason) => {
    expect(refusal(request)).toMatch(reason)
  })
})
