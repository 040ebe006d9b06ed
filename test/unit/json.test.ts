import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson, spacedJson, type Json } from '../../src/kernel/json.js'

test('JSON with spaces means the same as without', () => {
  expect(spacedJson({ a: [1, { b: null }], 'c"': 'd, e: f' })).toBe('{"a": [1, {"b": null}], "c\\"": "d, e: f"}')
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(spacedJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('what is no JSON, or has a number that is beyond all, has no value', () => {
  expect(parseJson('{"a": 1.5e3}')).toEqual({ a: 1_500 })
  expect(parseJson('null')).toBeNull()
  for (const text of ['', '{"a": 1', '{"a": [1e999]}', '-1e999', `1${'0'.repeat(400)}`])
    expect(parseJson(text)).toBeUndefined()
})
