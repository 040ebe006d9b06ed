import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { GrammarEngine } from '../../src/adapters/grammar/grammar-engine.js'
import type { GrammarMatcher } from '../../src/adapters/grammar/grammar-matcher.js'
import { GenerationLoop } from '../../src/adapters/onnxruntime/generation-loop.js'
import { RunMeter } from '../../src/adapters/onnxruntime/run-meter.js'
import { TextSequence } from '../../src/adapters/onnxruntime/text-sequence.js'
import type { OutputConstraint } from '../../src/domain/prediction.js'
import { toSupportedSchema } from '../../src/services/predictions/output-schema.js'
import { drawExpression } from '../support/expressions.js'
import { HashDecoder, hashModel } from '../support/hash-decoder.js'
import { NEVER, toRequest } from '../support/inference.js'
import { jsonSchemas } from '../support/json-schemas.js'
import { createRandom } from '../support/random.js'
import { isFullTest, testSeed } from '../support/seed.js'

vi.setConfig({ testTimeout: 600_000 })

const CONSTRAINTS = isFullTest() ? 500 : 20
const END = 256
const MOST_BYTES = 60

/** Every byte is a token. */
const openEngine = (): Promise<GrammarEngine> =>
  GrammarEngine.create({
    tokens: [...Array.from({ length: END }, (_, byte) => Uint8Array.of(byte)), null],
    endTokenIds: new Set([END]),
  })

function allowed(matcher: GrammarMatcher): number[] {
  const logits = new Float32Array(END + 1)
  matcher.mask(logits)
  return Array.from(logits.keys()).filter((id) => logits[id] === 0)
}

/** As large as a constraint may be: some tens of thousands of states. */
const LARGEST: OutputConstraint = {
  kind: 'CHOICE',
  choices: Array.from({ length: 250 }, (_, i) => `${String(i)}${'x'.repeat(110)}`),
}

describe('a constraint that is compiled beside the thread of the texts', () => {
  test('lets through what it does when it is compiled there', async () => {
    const seed = testSeed()
    const random = createRandom(seed)
    const [here, beside] = [await openEngine(), await openEngine()]
    const schemas = fc.sample(jsonSchemas({ maxLength: 300 }), { seed, numRuns: CONSTRAINTS })
    const constraints: OutputConstraint[] = schemas.flatMap((schema) => [
      { kind: 'JSON_SCHEMA', schema: toSupportedSchema(schema, 'schema') },
      { kind: 'REGEX', pattern: drawExpression(random).regex },
    ])
    for (const constraint of [...constraints, LARGEST]) {
      using expected = here.createMatcher(constraint)
      using opened = await beside.openMatcher(constraint)
      for (let i = 0; i < MOST_BYTES; i++) {
        const tokens = allowed(expected)
        expect(allowed(opened), `${JSON.stringify(constraint)} of seed ${seed}`).toEqual(tokens)
        const token = tokens[Math.floor(random() * tokens.length)]!
        if (token === END) break
        expect([expected.accept(token), opened.accept(token)]).toEqual([true, true])
      }
    }
  })

  test('is refused as there, and those after it are compiled', async () => {
    const engine = await openEngine()
    const refused: readonly OutputConstraint[] = [
      { kind: 'REGEX', pattern: '[]' },
      { kind: 'REGEX', pattern: 'a'.repeat(20_000) },
      { kind: 'GRAMMAR', grammar: `root ::= ${'('.repeat(30_000)}` },
    ]
    for (const constraint of refused) {
      let reason = ''
      try {
        engine.createMatcher(constraint)
      } catch (error) {
        reason = (error as Error).message
      }
      expect(reason).not.toBe('')
      await expect(engine.openMatcher(constraint)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: reason })
    }
    using matcher = await engine.openMatcher({ kind: 'REGEX', pattern: 'a' })
    expect(allowed(matcher)).toEqual(['a'.charCodeAt(0)])
  })

  test('is compiled once for all who come meanwhile', async () => {
    const engine = await openEngine()
    const matchers = await Promise.all(Array.from({ length: 5 }, () => engine.openMatcher(LARGEST)))
    for (const matcher of matchers) {
      expect(allowed(matcher)).toHaveLength(10)
      matcher[Symbol.dispose]()
    }
  })

  test('leaves the thread to running texts, which take their steps', async () => {
    const engine = await openEngine()
    const session = new HashDecoder(2)
    const limits = { maxBatchTokens: 512 }
    const meter = new RunMeter()
    const loop = new GenerationLoop({ session, runningBytes: 2 ** 20, keptBytes: 0, limits, meter })
    const leaving = new AbortController()
    const ended = [1, 2].map((seed) => {
      const request = toRequest({ promptTokenIds: [1, 2, 3], seed, settings: { maxTokens: 8_000 } })
      const sequence = new TextSequence({ model: hashModel, request, grammar: null, onDelta: () => undefined })
      return loop.run(sequence, seed === 1 ? leaving.signal : NEVER).catch(() => null)
    })
    while (session.runs.length < 10) await new Promise(setImmediate)
    const before = session.runs.length
    using _matcher = await engine.openMatcher(LARGEST)
    // Compiled on this thread it would let them take none: a turn of the loop ends only when it is compiled.
    expect(session.runs.length - before).toBeGreaterThan(50)
    leaving.abort()
    await Promise.all(ended)
  })
})
