import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import type { OutputConstraint } from '../../src/domain/prediction.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { Json } from '../../src/kernel/json.js'
import type { ModelRunner } from '../../src/ports/model-runtime.js'
import { parseConstraint, type ConstraintRequest } from '../../src/services/predictions/output-constraint.js'
import { generate, startBundled } from '../support/inference.js'
import { jsonSchemas } from '../support/json-schemas.js'
import { bundledModel, CHAT_MODEL } from '../support/models.js'
import { silentLogger } from '../support/state.js'

vi.setConfig({ testTimeout: 1_800_000 })
const full = process.env.GRAPHLOOM_TEST_FULL === '1'
const stack = new AsyncDisposableStack()
const runtime = stack.use(createOnnxModelRuntime({ logger: silentLogger }))
const codec = stack.use(createTextCodec({ logger: silentLogger }))

let runner: ModelRunner
let prompt: readonly number[]
beforeAll(async () => {
  runner = await startBundled(runtime, CHAT_MODEL)
  const messages = [{ role: 'user', content: 'Give me an example as JSON.' }] as const
  prompt = await codec.encodeChat(bundledModel(CHAT_MODEL).path, { messages })
})
afterAll(() => stack.disposeAsync())

const write = async (request: ConstraintRequest, settings: object = {}, seed = 7) => {
  const constraint = parseConstraint(request, 'constraint')
  await codec.checkConstraint(constraint)
  return generate(runner, { promptTokenIds: prompt, seed, settings: { maxTokens: 250, constraint, ...settings } })
}

describe('a text by a JSON Schema', () => {
  test('is valid whenever it is finished, and most are', async () => {
    const seed = Number(process.env.GRAPHLOOM_TEST_SEED ?? 5)
    const count = full ? 300 : 12
    const some = fc.sample(jsonSchemas({ maxLength: 16 }), { seed, numRuns: count })
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    let finished = 0
    const texts = some.map(async (schema, i) => {
      const { text, endedByModel, finishReason } = await write(
        { jsonSchema: schema },
        { temperature: 0.8, maxTokens: 400, frequencyPenalty: 0.5 },
      )
      const what = `schema ${i} of seed ${seed}: ${JSON.stringify(schema)} gave ${text}`
      expect(endedByModel, what).toBe(finishReason === 'STOP')
      if (!endedByModel) return
      finished++
      expect(ajv.validate(schema as object, JSON.parse(text)), `${what}: ${ajv.errorsText()}`).toBe(true)
    })
    await Promise.all(texts)
    expect(finished / count).toBeGreaterThanOrEqual(0.9)
  })

  test('is whole also with drafted tokens, which the schema forces', async () => {
    const properties = { a_long_property_name: { type: 'boolean' }, another_long_property_name: { type: 'boolean' } }
    const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
    const plain = await write({ jsonSchema: schema })
    const drafted = await write({ jsonSchema: schema }, { draft: true })
    expect(Object.keys(JSON.parse(drafted.text) as object)).toEqual(Object.keys(properties))
    expect(drafted.draft.acceptedTokens).toBeGreaterThan(8)
    expect(drafted.executions).toBeLessThan(plain.executions - 8)
  })

  test('makes no claim when a stop string or the limit ends it', async () => {
    const schema = { type: 'array', items: { type: 'integer' }, minItems: 20 }
    expect(await write({ jsonSchema: schema }, { maxTokens: 5 })).toMatchObject({
      endedByModel: false,
      finishReason: 'LENGTH',
    })
    const stopped = await write({ jsonSchema: schema }, { stop: [','] })
    expect(stopped).toMatchObject({ endedByModel: false, finishReason: 'STOP' })
    expect(stopped.text).not.toContain(',')
  })
})

describe('other constraints', () => {
  test('a text matches its expression, its grammar, its list', async () => {
    expect((await write({ regex: '[A-Z][a-z]{2,5}-[0-9]{3}' })).text).toMatch(/^[A-Z][a-z]{2,5}-[0-9]{3}$/)
    expect((await write({ grammar: 'root ::= "yes" ("!" | "?") " " num\nnum ::= [1-9] [0-9]?' })).text).toMatch(
      /^yes[!?] [1-9][0-9]?$/,
    )
    const months = ['Jan', 'June', 'July', 'Jul', 'Jun', 'January', 'March', 'May', 'Mar', 'April', 'Apr', 'August']
    for (let seed = 0; seed < (full ? 12 : 5); seed++)
      expect(months).toContain((await write({ choice: months }, { temperature: 2 }, seed)).text)
    const choice = ['grün "1"', 'back\\slash', 'línea\nnueva', '😀']
    for (const only of choice) expect((await write({ choice: [only] })).text).toBe(only)
    expect(choice).toContain((await write({ choice }, { temperature: 1.5 })).text)
  })

  test('characters beyond ASCII are those of the constraint', async () => {
    const settings = { temperature: 1.2, maxTokens: 60 }
    const expressions = ['[а-яё]{3,8}', '[^a]{2,6}', '.{3,9}', '[éü一-龥]{1,5}', '\\p{Lu}\\p{Ll}{2,6}']
    const checkOne = async (regex: string): Promise<void> => {
      const whole = new RegExp(`^(?:${regex})$`, 'u')
      const [plain, inJson] = await Promise.all([
        write({ regex }, settings),
        write({ jsonSchema: { type: 'string', pattern: `^${regex}$` } }, settings),
      ])
      if (plain.endedByModel) expect(plain.text).toMatch(whole)
      if (inJson.endedByModel) expect(JSON.parse(inJson.text)).toMatch(whole)
    }
    for (let i = 0; i < (full ? 12 : 1); i++) await Promise.all(expressions.map(checkOne))
    const { text } = await write({ grammar: 'root ::= [^ -~\\n]{2} [а-я]+ "."' }, settings)
    expect(text).toMatch(/^[^ -~\n]{2}[а-я]+\.?$/u)
    const choice = ['größe', 'grüße', 'é', 'ü']
    const [one, value] = await Promise.all([
      write({ choice }, settings),
      write({ jsonSchema: { enum: choice } }, settings),
    ])
    expect(choice).toContain(one.text)
    expect(choice).toContain(JSON.parse(value.text))
  })

  test('the same seed gives the same text, also after a crash', async () => {
    const settings = { temperature: 1, maxTokens: 40 }
    const request = { regex: '[a-z ]{30,60}' }
    const whole = await write(request, settings)
    const constraint = parseConstraint(request, 'constraint')
    const emitted = whole.tokens.slice(0, 7).map(({ id, text }) => ({ id, text }))
    const rest = await generate(runner, { promptTokenIds: prompt, emitted, settings: { ...settings, constraint } })
    expect(rest).toMatchObject({ tokens: whole.tokens.slice(7), replayDiverged: false })
  })
})

describe('what cannot be honoured', () => {
  const UNSUPPORTED: readonly (readonly [string, Json])[] = [
    ['multipleOf', { type: 'integer', multipleOf: 3 }],
    ['uniqueItems', { type: 'array', items: { type: 'integer' }, uniqueItems: true }],
    ['not', { type: 'string', not: { const: 'a' } }],
    ['contains', { type: 'array', contains: { const: 3 } }],
    ['if', { type: 'object', if: { required: ['a'] }, then: { required: ['b'] } }],
    ['dependentRequired', { type: 'object', dependentRequired: { a: ['b'] } }],
    ['dependentSchemas', { type: 'object', dependentSchemas: { a: {} } }],
    ['unevaluatedProperties', { type: 'object', unevaluatedProperties: false }],
    ['unevaluatedItems', { type: 'array', unevaluatedItems: false }],
    ['allOf', { allOf: [{ type: 'integer', minimum: 3 }, { maximum: 5 }] }],
    ['oneOf', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
    ['$ref', { $ref: 'https://example.org/schema' }],
    ['$ref', { $ref: '#/$defs/missing' }],
    ['$dynamicRef', { $dynamicRef: '#node' }],
    ['$anchor', { $anchor: 'a', type: 'null' }],
    ['format', { type: 'string', format: 'idn-email' }],
    ['minProperties', { type: 'object', minProperties: 2 }],
    ['minContains', { type: 'array', minContains: 2 }],
    ['minLength', { type: 'string', format: 'email', minLength: 300 }],
    ['minimum', { anyOf: [{ minimum: 9 }, { maximum: 6 }], minimum: 5 }],
    ['maximum', { type: 'integer', minimum: 5, maximum: 3 }],
  ]
  test.each(UNSUPPORTED)('%s is refused by its name: %j', (keyword, schema) => {
    const nested = { type: 'object', properties: { deep: { type: 'array', items: schema } } }
    const refused = (value: Json, place: string): void =>
      expect(() => parseConstraint({ jsonSchema: value }, 'input.chat.responseSchema')).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          details: { path: 'input.chat.responseSchema' },
          message: expect.stringMatching(new RegExp(`: ${place}.*"${keyword.replace('$', '\\$')}"`)) as string,
        }),
      )
    refused(schema, '#')
    if (keyword !== '$ref') refused(nested, '#/properties/deep/items')
  })

  test('the engine says why it refuses an expression or a grammar', async () => {
    const bad: readonly (readonly [OutputConstraint, RegExp])[] = [
      [{ kind: 'REGEX', pattern: 'a(?=b)' }, /[Aa]ssertion/],
      [{ kind: 'REGEX', pattern: '(a' }, /Unterminated group/],
      [{ kind: 'REGEX', pattern: '(a|b+)\\1' }, /[Bb]ackreference/],
      [{ kind: 'JSON_SCHEMA', schema: { type: 'string', pattern: '[]' } }, /nothing that .* is valid by #/],
      [{ kind: 'GRAMMAR', grammar: 'root ::= missing' }, /missing/],
      [{ kind: 'GRAMMAR', grammar: 'root = "a"' }, /./],
    ]
    for (const [constraint, reason] of bad) {
      const refused = (error: unknown): boolean =>
        isErrorWithCode(error, 'INVALID_INPUT') &&
        reason.test(error.message.replace('constraint: cannot be honoured', ''))
      await expect(codec.checkConstraint(constraint)).rejects.toSatisfy(refused)
      const settings = { constraint }
      await expect(generate(runner, { promptTokenIds: prompt, settings })).rejects.toSatisfy(refused)
    }
    expect((await write({ choice: ['fine'] })).text).toBe('fine')
  })
})
