import { describe, expect, test } from 'vitest'
import type { PredictionInput } from '../../src/domain/prediction.js'
import { answerKeyOf } from '../../src/services/predictions/answer-key.js'
import type { RunOutcome } from '../../src/services/predictions/kinds/prediction-kind.js'
import { SharedAnswers } from '../../src/services/predictions/shared-answers.js'
import { NEVER, toRequest } from '../support/inference.js'
import { waitFor } from '../support/wait.js'

const outcomeOf = (text: string): RunOutcome => ({
  output: { kind: 'TEXT', text, tokens: [] },
  finishReason: 'STOP',
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 },
  timings: {},
  replayDiverged: false,
  batch: null,
  draft: null,
})
const wholeOf = (text: string) => ({ outcome: outcomeOf(text), fingerprint: 'cpu', at: 1_000 })
const openAnswers = (maxEntries = 100, maxBytes = 1_000_000, maxAgeMs = 600_000) => {
  const answers = new SharedAnswers({ maxEntries, maxBytes, maxAgeMs })
  const join = (key: string, priority = 5, versionId = 'v1') => answers.join({ key, versionId, priority })
  const keep = async (key: string, text = key, versionId = 'v1'): Promise<void> => {
    const answer = join(key, 5, versionId)
    expect(await answer.turn(5, NEVER)).toBe('compute')
    answer.finish(wholeOf(text))
  }
  return { answers, join, keep }
}

describe('an answer', () => {
  test('is computed by the first, and given to who waits and who comes later', async () => {
    const { answers, join } = openAnswers()
    const answer = join('q')
    expect([await answer.turn(5, NEVER), answers.has('q')]).toEqual(['compute', false])
    const waiting = [join('q').turn(5, NEVER), join('q', 9).turn(9, NEVER)]
    answer.push({ text: 'ye', tokens: [] })
    answer.push({ text: 's', tokens: [] })
    answer.finish(wholeOf('yes'))
    expect(await Promise.all(waiting)).toEqual(['whole', 'whole'])
    const later = join('q')
    expect(await later.turn(5, NEVER)).toBe('whole')
    expect(later.parts).toEqual([{ text: 'yes', tokens: [] }])
    expect(later.whole).toMatchObject({ at: 1_000, outcome: { output: { text: 'yes' } } })
  })

  test('is passed on when who computes it leaves, to the most urgent; who is gone is passed over', async () => {
    const { answers, join } = openAnswers()
    const answer = join('q')
    await answer.turn(5, NEVER)
    const leaving = new AbortController()
    const turns: string[] = []
    const wait = (name: string, priority: number, signal = NEVER) =>
      answer.turn(priority, signal).then((turn) => turns.push(`${name} ${turn}`))
    const gone = wait('gone', 9, leaving.signal)
    const [first, urgent, last] = [wait('first', 5), wait('urgent', 7), wait('last', 5)]
    leaving.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    answer.passOn()
    await urgent
    expect([turns, answer.priority]).toEqual([['urgent compute'], 7])
    answer.passOn()
    await first
    answer.finish(wholeOf('yes'))
    await last
    expect(turns).toEqual(['urgent compute', 'first compute', 'last whole'])
    expect(answers.has('q')).toBe(true)
  })

  test('that nobody waits for any more is forgotten, and one that fails is everybody’s own matter', async () => {
    const { answers, join } = openAnswers()
    const left = join('q')
    await left.turn(5, NEVER)
    left.passOn()
    const failing = join('q')
    expect(failing).not.toBe(left)
    await failing.turn(5, NEVER)
    const waiting = [failing.turn(5, NEVER), failing.turn(5, NEVER)]
    failing.fail()
    expect(await Promise.all(waiting)).toEqual(['alone', 'alone'])
    expect([answers.has('q'), join('q') === failing]).toEqual([false, false])
  })

  test('of a bulk request is not waited for by interactive ones', async () => {
    const { join } = openAnswers()
    const bulk = join('q', 2)
    await bulk.turn(2, NEVER)
    expect(join('q', 0)).toBe(bulk)
    const interactive = join('q', 5)
    expect(interactive).not.toBe(bulk)
    await interactive.turn(5, NEVER)
    expect(join('q', 1)).toBe(interactive)
    bulk.finish(wholeOf('yes'))
    // The other is not disturbed by that.
    expect(await join('q', 9).turn(9, NEVER)).toBe('whole')
    interactive.finish(wholeOf('yes'))
  })
})

describe('kept answers', () => {
  test('are no more than their bounds, the least used go first', async () => {
    const { answers, keep, join } = openAnswers(3)
    for (const key of ['a', 'b', 'c']) await keep(key)
    join('a')
    await keep('d')
    expect(['a', 'b', 'c', 'd'].filter((key) => answers.has(key))).toEqual(['a', 'c', 'd'])
    const small = openAnswers(100, 10_000)
    for (const key of ['a', 'b', 'c']) await small.keep(key, key.repeat(2_000))
    expect(['a', 'b', 'c'].filter((key) => small.answers.has(key))).toEqual(['b', 'c'])
    expect(small.answers.bytes).toBeLessThanOrEqual(10_000)
    await small.keep('large', 'x'.repeat(20_000))
    expect(small.answers.has('large')).toBe(false)
    const brief = openAnswers(100, 10_000, 1)
    await brief.keep('a')
    await waitFor('it to be too old', () => !brief.answers.has('a'))
    expect(await brief.join('a').turn(5, NEVER)).toBe('compute')
  })

  test('of a version go together, also those that are being computed meanwhile', async () => {
    const { answers, join, keep } = openAnswers()
    await keep('a')
    await keep('b', 'b', 'v2')
    const computed = join('c')
    await computed.turn(5, NEVER)
    const waiting = computed.turn(5, NEVER)
    answers.forgetVersion('v1')
    computed.finish(wholeOf('c'))
    expect(await waiting).toBe('whole')
    expect(['a', 'b', 'c'].filter((key) => answers.has(key))).toEqual(['b'])
    answers.forget('b')
    expect([answers.size, answers.bytes]).toEqual([0, 0])
  })
})

test('a key is the same for the same question only, and there is none for what is another each time', () => {
  const { settings } = toRequest({ promptTokenIds: [] })
  const input = (change: object = {}): PredictionInput => ({
    kind: 'COMPLETION',
    prompt: 'x',
    settings: { ...settings, ...change },
  })
  const question = { tenantId: 'a', version: { id: 'v1', sha256: 'f' }, input: input(), seed: null }
  const drawn = { ...question, input: input({ temperature: 1 }), seed: 4 }
  const questions = [
    question,
    drawn,
    { ...question, tenantId: 'b' },
    { ...question, version: { id: 'v2', sha256: 'f' } },
    { ...question, version: { id: 'v1', sha256: 'g' } },
    { ...question, input: input({ stop: ['y'] }) },
    { ...question, input: { kind: 'EMBEDDING', texts: ['x'] } as const },
    { ...question, input: { kind: 'EMBEDDING', texts: ['x', 'x'] } as const },
    { ...drawn, seed: 5 },
  ]
  expect(new Set(questions.map(answerKeyOf)).size).toBe(questions.length)
  const { version, ...rest } = { ...question, seed: 9 }
  expect(answerKeyOf({ ...rest, version: { sha256: 'f', id: 'v1' } })).toBe(answerKeyOf(question))
  expect(answerKeyOf({ ...drawn, seed: null })).toBeNull()
  expect(answerKeyOf({ ...question, input: input({ draft: true }) })).toBeNull()
  const chat = { kind: 'CHAT', messages: [], settings } as const
  expect(answerKeyOf({ ...question, input: { ...chat, hasResponseSchema: true } })).toBe(
    answerKeyOf({ ...question, input: chat }),
  )
  expect(version.id).toBe('v1')
})
