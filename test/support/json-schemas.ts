import fc from 'fast-check'
import type { Json } from '../../src/kernel/json.js'

/** Names and texts, some of which share their first bytes. */
const NAMES = [
  'name',
  'age',
  'größe',
  'grüße',
  'tags',
  'адрес',
  'адреса',
  '名前',
  'next item',
  'price-eur',
  '"q"',
  'x1',
]
const TEXTS = ['a', 'grün', 'größe', 'grüße', 'é', 'ü', 'да', 'дом', '"quoted"', 'back\\slash', 'tab\t', '😀', '😁', '']
const PATTERNS = [
  '^[A-Z]{2}-\\d{3}$',
  '^(red|green|blue)$',
  '^[a-f0-9]{8}$',
  '^\\w{1,8}@\\w{1,8}\\.com$',
  '^[а-яё]{3,8}$',
  '^[^a]{2,6}$',
  '^[^éü"]{1,5}$',
  '^.{3,9}$',
  '^(größe|grüße|да|дом)$',
  '^\\p{Lu}\\p{Ll}{1,6}$',
  '^[\\u{1F600}-\\u{1F64F}]{1,3}$',
  '^["\\\\/\\n]{1,4}$',
  '^[一-龥]{1,4}[^一-龥]?$',
]
/** Some are beyond what every program reads exactly. */
const NUMBERS = [
  0, -1, 0.5, 1e-7, 1e300, -1.5e300, 123_456_789_012_345, 9_007_199_254_740_991, 12_345_678_901_234_567_000,
]

const pattern = fc.constantFrom(...PATTERNS)

export interface JsonSchemasOptions {
  /** Of strings whose length alone is limited. */
  readonly maxLength: number
}

function leaves({ maxLength }: JsonSchemasOptions): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.constantFrom<Json>({ type: 'boolean' }, { type: 'null' }, { type: 'integer' }, { type: 'number' }),
    ranges(),
    fc
      .tuple(fc.nat({ max: 4 }), fc.nat({ max: maxLength - 4 }))
      .map(([minLength, more]) => ({ type: 'string', minLength, maxLength: minLength + more })),
    fc.constantFrom('date', 'uuid', 'ipv4', 'date-time').map((format) => ({ type: 'string', format })),
    pattern.map((one) => ({ type: 'string', pattern: one })),
    fc
      .constantFrom('^[а-яё]+$', '^\\w*$', '^(é|ü|да)*$', '^[^"]+$')
      .map((one) => ({ type: 'string', pattern: one, minLength: 2, maxLength: 9 })),
    fc
      .uniqueArray(
        fc.oneof(
          fc.constantFrom(...TEXTS),
          fc.string({ unit: 'grapheme', maxLength: 6 }),
          fc.constantFrom(...NUMBERS),
          fc.integer(),
          fc.boolean(),
          fc.constant(null),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((values) => ({ enum: values })),
    fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.integer()).map((value) => ({ const: value })),
    fc.constant({ type: ['integer', 'null'], minimum: 3, maximum: 30 }),
  )
}

function ranges(): fc.Arbitrary<Json> {
  return fc.oneof(
    fc
      .tuple(fc.integer({ min: -1_000, max: 1_000 }), fc.nat({ max: 5_000 }))
      .map(([minimum, more]) => ({ type: 'integer', minimum, maximum: minimum + more })),
    fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 2, max: 60 }))
      .map(([low, more]) => ({ type: 'integer', exclusiveMinimum: low, exclusiveMaximum: low + more })),
    fc
      .tuple(fc.constantFrom('integer', 'number'), fc.nat({ max: 999_999_999_999_999 }), fc.constantFrom(1, -1))
      .map(([type, bound, sign]) => (sign > 0 ? { type, minimum: bound } : { type, maximum: -bound })),
    fc.constant({ type: 'integer', minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 }),
    fc
      .tuple(fc.integer({ min: -9, max: 9 }), fc.nat({ max: 90 }))
      .map(([low, more]) => ({ type: 'number', minimum: low / 4, maximum: (low + more + 1) / 4 })),
    fc
      .tuple(fc.integer({ min: -9, max: 9 }), fc.nat({ max: 20 }))
      .map(([low, more]) => ({ type: 'number', exclusiveMinimum: low, exclusiveMaximum: low + (more + 1) / 8 })),
  )
}

/** Objects whose properties are named, counted, or known by patterns of their names. */
function objects(name: fc.Arbitrary<string>, value: fc.Arbitrary<Json>, leaf: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const properties = fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true })
  return fc.oneof(
    { weight: 3, arbitrary: properties.map((named) => toObject(named, { required: Object.keys(named).slice(0, 2) })) },
    properties.map((named) => toObject(named, { minProperties: 1, maxProperties: 2 })),
    properties.map((named) =>
      toObject(named, { required: Object.keys(named).slice(0, 1), patternProperties: { '^Z': { type: 'null' } } }),
    ),
    properties.map((named) => toObject(named, { propertyNames: { pattern: '^[^0-9]*$' } })),
    fc.tuple(fc.constantFrom('^[a-z]{1,4}$', '^[а-я]{1,3}$', '^[^"é]{1,3}$'), leaf).map(([names, one]) => ({
      type: 'object',
      patternProperties: { [names]: one },
      additionalProperties: false,
      maxProperties: 2,
    })),
    leaf.map((one) => ({
      type: 'object',
      propertyNames: { enum: ['é', 'ü', 'größe'] },
      additionalProperties: one,
      maxProperties: 2,
    })),
  )
}

const toObject = (properties: Readonly<Record<string, Json>>, rest: Readonly<Record<string, Json>>): Json => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...rest,
})

/** Schemas as people write them: nested, recursive, with ranges, choices, lengths, and text beyond ASCII. */
export function jsonSchemas(options: JsonSchemasOptions): fc.Arbitrary<Json> {
  const name = fc.constantFrom(...NAMES)
  const leaf = leaves(options)
  const { any } = fc.letrec<{ any: Json }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc
        .record({ items: tie('any'), least: fc.nat({ max: 2 }), more: fc.nat({ max: 2 }) })
        .map(({ items, least, more }) => ({ type: 'array', items, minItems: least, maxItems: least + more })),
      fc
        .array(tie('any'), { minLength: 1, maxLength: 3 })
        .map((prefixItems) => ({ type: 'array', prefixItems, items: false, minItems: prefixItems.length })),
      objects(name, tie('any'), leaf),
      fc.tuple(leaf, tie('any')).map((anyOf) => ({ anyOf })),
      fc.tuple(name, leaf).map(([property, value]) => toRecursive(property, value)),
    ),
  }))
  return any.filter(isWhole)
}

const toRecursive = (property: string, value: Json): Json => ({
  $defs: {
    node: {
      type: 'object',
      properties: { [property]: value, child: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
      required: [property],
    },
  },
  $ref: '#/$defs/node',
})

/** References point to the root, so that a recursive schema stands alone. */
function isWhole(schema: Json): boolean {
  const text = JSON.stringify(schema)
  return !text.includes('"$ref"') || text.startsWith('{"$defs"')
}
