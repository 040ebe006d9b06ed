import { describe, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import { parseSeed } from '../../src/services/predictions/generation-settings.js'
import type { GenerationRequest, PredictionRequest } from '../../src/services/predictions/prediction-input.js'
import { parseInput } from '../../src/services/predictions/prediction-kinds.js'

const chat = (generation: GenerationRequest = {}): PredictionRequest => ({
  kind: 'CHAT',
  model: 'm',
  messages: [{ role: 'USER', content: ['Hello', ' there'] }],
  generation,
})

const pathOf = (request: PredictionRequest): string | undefined => {
  try {
    parseInput(request)
    parseSeed(request)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(GraphloomError)
    expect((error as GraphloomError).code).toBe('INVALID_INPUT')
    return (error as GraphloomError).details.path
  }
}

describe('prediction inputs', () => {
  test('defaults are filled in and parts joined', () => {
    expect(parseInput(chat())).toEqual({
      kind: 'CHAT',
      messages: [{ role: 'USER', content: 'Hello there' }],
      settings: {
        n: 1,
        maxTokens: 256,
        temperature: 0.7,
        topK: 0,
        topP: 0.95,
        minP: 0,
        repetitionPenalty: 1,
        presencePenalty: 0,
        frequencyPenalty: 0,
        logitBias: [],
        stop: [],
        logprobs: null,
        draft: false,
        constraint: null,
      },
    })
  })

  test.each<[GenerationRequest, string]>([
    [{ maxTokens: 0 }, 'maxTokens'],
    [{ n: 0 }, 'n'],
    [{ n: 9 }, 'n'],
    [{ n: 1.5 }, 'n'],
    [{ temperature: -0.1 }, 'temperature'],
    [{ temperature: Number.NaN }, 'temperature'],
    [{ temperature: 2.1 }, 'temperature'],
    [{ topK: -1 }, 'topK'],
    [{ topP: 0 }, 'topP'],
    [{ topP: 1.01 }, 'topP'],
    [{ minP: Number.POSITIVE_INFINITY }, 'minP'],
    [{ repetitionPenalty: 0 }, 'repetitionPenalty'],
    [{ logprobs: 21 }, 'logprobs'],
    [{ presencePenalty: 2.1 }, 'presencePenalty'],
    [{ frequencyPenalty: Number.NaN }, 'frequencyPenalty'],
    [{ logitBias: [{ tokenId: -1, bias: 0 }] }, 'logitBias.0.tokenId'],
    [{ logitBias: [{ tokenId: 1, bias: 101 }] }, 'logitBias.0.bias'],
    [{ logitBias: Array.from({ length: 301 }, (_, tokenId) => ({ tokenId, bias: 1 })) }, 'logitBias'],
    [{ constraint: {} }, 'constraint'],
    [{ constraint: { regex: 'a', choice: ['b'] } }, 'constraint'],
    [{ constraint: { regex: '' } }, 'constraint.regex'],
    [{ constraint: { choice: [] } }, 'constraint.choice'],
    [{ constraint: { choice: ['a', 'a'] } }, 'constraint.choice'],
    [{ constraint: { grammar: 'x'.repeat(65_537) } }, 'constraint.grammar'],
    [{ constraint: { jsonSchema: { type: 'object', not: {} } } }, 'constraint'],
    [{ seed: -1 }, 'seed'],
    [{ seed: 0.5 }, 'seed'],
    [{ stop: [''] }, 'stop.0'],
    [{ stop: Array.from({ length: 9 }, () => 'x') }, 'stop'],
  ])('%j is refused by its path', (generation, name) => {
    expect(pathOf(chat(generation))).toBe(`input.chat.generation.${name}`)
  })

  test.each<[PredictionRequest, string]>([
    [{ ...chat(), kind: 'CHAT', messages: [] } as PredictionRequest, 'input.chat.messages'],
    [
      { kind: 'CHAT', model: 'm', messages: [{ role: 'USER', content: [''] }], generation: {} },
      'input.chat.messages.0.content',
    ],
    [
      { kind: 'CHAT', model: 'm', messages: [{ role: 'USER', content: ['\ud800'] }], generation: {} },
      'input.chat.messages.0.content',
    ],
    [
      {
        kind: 'CHAT',
        model: 'm',
        messages: [
          { role: 'USER', content: ['x'] },
          { role: 'SYSTEM', content: ['x'] },
        ],
        generation: {},
      },
      'input.chat.messages.1.role',
    ],
    [{ kind: 'COMPLETION', model: 'm', prompt: '', generation: {} }, 'input.completion.prompt'],
    [{ kind: 'EMBEDDING', model: 'm', texts: [] }, 'input.embedding.texts'],
    [{ kind: 'EMBEDDING', model: 'm', texts: ['a', '\udc00'] }, 'input.embedding.texts.1'],
    [{ kind: 'EMBEDDING', model: 'm', texts: Array.from({ length: 257 }, () => 'x') }, 'input.embedding.texts'],
  ])('%j is refused by its path', (request, path) => {
    expect(pathOf(request)).toBe(path)
  })
})
