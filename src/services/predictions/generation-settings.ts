import { invalidInput } from '../../kernel/errors.js'
import type { ModelSettings } from '../../domain/model.js'
import type { GenerationSettings, PredictionInput } from '../../domain/prediction.js'
import { parseConstraint } from './output-constraint.js'
import {
  checkNumber,
  INPUT_FIELDS,
  type GenerationRequest,
  type PredictionRequest,
  type Range,
} from './prediction-input.js'

export const MAX_STOPS = 8
export const MAX_STOP_CHARACTERS = 256
export const MAX_LOGPROBS = 20
export const MAX_LOGIT_BIASES = 300
export const DEFAULT_MAX_TOKENS = 256
export const MAX_MAX_TOKENS = 1_000_000
export const MAX_TOP_K = 1_000_000
/** The most texts for one prompt. */
export const MAX_TEXTS_OF_PROMPT = 8

/** The input with what its version's settings say of what the request leaves open. */
export function withVersionSettings(
  input: PredictionInput,
  request: PredictionRequest,
  { draft }: Pick<ModelSettings, 'draft'>,
): PredictionInput {
  if (!('settings' in input) || !('generation' in request)) return input
  return { ...input, settings: { ...input.settings, draft: request.generation.draft ?? draft } }
}

/** What is left out gets its default. @throws GraphloomError `INVALID_INPUT` with the path. */
export function parseSettings(request: GenerationRequest, inputPath: string): GenerationSettings {
  const path = `${inputPath}.generation`
  const setting = (
    name: Exclude<keyof GenerationRequest, 'draft' | 'logitBias' | 'constraint'>,
    range: Range,
    otherwise: number,
  ): number => {
    const value = request[name]
    return typeof value === 'number' ? checkNumber(value, range, `${path}.${name}`) : otherwise
  }
  return {
    n: setting('n', { min: 1, max: MAX_TEXTS_OF_PROMPT, integer: true }, 1),
    maxTokens: setting('maxTokens', { min: 1, max: MAX_MAX_TOKENS, integer: true }, DEFAULT_MAX_TOKENS),
    temperature: setting('temperature', { min: 0, max: 2 }, 0.7),
    topK: setting('topK', { min: 0, max: MAX_TOP_K, integer: true }, 0),
    topP: setting('topP', { min: 0, max: 1, aboveMin: true }, 0.95),
    minP: setting('minP', { min: 0, max: 1 }, 0),
    repetitionPenalty: setting('repetitionPenalty', { min: 0, max: 2, aboveMin: true }, 1),
    presencePenalty: setting('presencePenalty', { min: -2, max: 2 }, 0),
    frequencyPenalty: setting('frequencyPenalty', { min: -2, max: 2 }, 0),
    logitBias: parseLogitBias(request.logitBias ?? [], path),
    stop: parseStops(request.stop ?? [], path),
    logprobs:
      typeof request.logprobs === 'number'
        ? setting('logprobs', { min: 0, max: MAX_LOGPROBS, integer: true }, 0)
        : null,
    draft: request.draft ?? false,
    constraint: request.constraint ? parseConstraint(request.constraint, `${path}.constraint`) : null,
  }
}

function parseLogitBias(
  logitBias: NonNullable<GenerationRequest['logitBias']>,
  path: string,
): GenerationSettings['logitBias'] {
  if (logitBias.length > MAX_LOGIT_BIASES)
    throw invalidInput(`${path}.logitBias`, `has ${logitBias.length} tokens; at most ${MAX_LOGIT_BIASES} are allowed.`)
  const seen = new Set<number>()
  logitBias.forEach(({ tokenId }, i) => {
    if (seen.has(tokenId)) throw invalidInput(`${path}.logitBias.${i}.tokenId`, `${tokenId} has a bias before it.`)
    seen.add(tokenId)
  })
  return logitBias.map(({ tokenId, bias }, i) => ({
    tokenId: checkNumber(tokenId, { min: 0, max: 10_000_000, integer: true }, `${path}.logitBias.${i}.tokenId`),
    bias: checkNumber(bias, { min: -100, max: 100 }, `${path}.logitBias.${i}.bias`),
  }))
}

/** The settings with a schema that stands beside them. */
export function withResponseSchema(settings: GenerationSettings, schema: unknown, path: string): GenerationSettings {
  if (schema === undefined || schema === null) return settings
  if (settings.constraint) throw invalidInput(`${path}.responseSchema`, 'is not allowed beside generation.constraint.')
  return { ...settings, constraint: parseConstraint({ jsonSchema: schema }, `${path}.responseSchema`) }
}

function parseStops(stop: readonly string[], path: string): readonly string[] {
  if (stop.length > MAX_STOPS)
    throw invalidInput(`${path}.stop`, `has ${stop.length} strings; at most ${MAX_STOPS} are allowed.`)
  stop.forEach((text, i) => {
    if (text.length === 0 || text.length > MAX_STOP_CHARACTERS)
      throw invalidInput(`${path}.stop.${i}`, `must have 1 to ${MAX_STOP_CHARACTERS} characters.`)
  })
  return stop
}

/** The seed as given, or null. @throws GraphloomError `INVALID_INPUT`. */
export function parseSeed(request: PredictionRequest): number | null {
  if (!('generation' in request)) return null
  const { seed } = request.generation
  if (seed === undefined || seed === null) return null
  return checkNumber(
    seed,
    { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true },
    `${INPUT_FIELDS[request.kind]}.generation.seed`,
  )
}
