import { invalidInput } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import { toMistakeAt } from '../../predictions/prediction-json.js'
import { ANSWER_MODES } from '../../../domain/answer.js'
import { FUSION_METHODS } from '../../../domain/fusion.js'
import { checkSearch, MAX_BASES, MAX_HITS, SEARCH_DEFAULTS, SEARCH_MODES, type SearchRequest } from '../search-input.js'
import { checkAnswer } from '../answers/answer-input.js'
import { ANSWER_SETTINGS, toStartAnswer, type AnswerSettings } from './answer-checker.js'
import type { Judgement } from './judgement-forms.js'
import type { EvaluationQuery } from './query-forms.js'

/** How each question is searched; a document counts by its best chunk. */
export type EvaluatedSearch = Omit<SearchRequest, 'query' | 'first' | 'onePerDocument' | 'neighbours'>

/** Items, or a text that has them, here or in an upload: exactly one of these. */
export interface GivenItems<T> {
  readonly list?: readonly T[] | null | undefined
  readonly text?: string | null | undefined
  readonly upload?: string | null | undefined
}

/** What is asked for, and the input of the task. */
export interface EvaluationRequest {
  readonly name: string | null
  readonly search: EvaluatedSearch
  readonly queries: GivenItems<EvaluationQuery>
  readonly judgements: GivenItems<Judgement>
  readonly depths: readonly number[]
  readonly relevantFrom: number
  /** How each question is answered too; null where none is. */
  readonly answers: AnswerSettings | null
  /** Id of an earlier evaluation. */
  readonly compareTo: string | null
  /** Groups of whoever asks, whose documents are searched too. */
  readonly groups: readonly string[]
}

export const DEFAULT_DEPTHS: readonly number[] = [1, 5, 10, 100]
export const MAX_DEPTHS = 10
export const MAX_NAME_CHARACTERS = 256
export const MAX_GRADE = 1_000
const MAX_ID_CHARACTERS = 512
const MAX_LISTED = 1_000_000
const MAX_FIELD_CHARACTERS = 2_048

const NUMBER = { type: 'number' }
const LINE = { type: 'string', maxLength: MAX_FIELD_CHARACTERS }
const NAME = { type: 'string', minLength: 1, maxLength: MAX_ID_CHARACTERS }

const object = (properties: object, required: readonly string[]): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const given = (item: object): object => ({
  type: 'object',
  properties: {
    list: { type: 'array', items: item, maxItems: MAX_LISTED },
    text: { type: 'string' },
    upload: { type: 'string', maxLength: MAX_ID_CHARACTERS },
  },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
})

const FILTER = { $ref: '#/$defs/filter' }

const SEARCH_SCHEMA = object(
  {
    knowledgeBases: { type: 'array', items: NAME, minItems: 1, maxItems: MAX_BASES },
    mode: { enum: SEARCH_MODES },
    candidates: { type: 'integer' },
    filter: { anyOf: [FILTER, { type: 'null' }] },
    fusion: object(
      { method: { enum: FUSION_METHODS }, rankConstant: NUMBER, vectorWeight: NUMBER, textWeight: NUMBER },
      ['method', 'rankConstant', 'vectorWeight', 'textWeight'],
    ),
    asOf: { type: ['string', 'null'], maxLength: MAX_FIELD_CHARACTERS },
    minScore: { type: ['number', 'null'] },
    rerank: {
      anyOf: [object({ model: LINE, candidates: { type: 'integer' } }, ['model', 'candidates']), { type: 'null' }],
    },
    diversity: { type: ['number', 'null'] },
  },
  ['knowledgeBases'],
)

const ANSWERS_SCHEMA = object(
  {
    mode: { enum: ANSWER_MODES },
    maxSentences: { type: 'integer' },
    minRelevance: NUMBER,
    supportThreshold: NUMBER,
    requireCitations: { type: 'boolean' },
    model: { type: ['string', 'null'], maxLength: MAX_FIELD_CHARACTERS },
  },
  [],
)

/** The JSON Schema of the task's input. */
export const EVALUATION_SCHEMA = {
  ...object(
    {
      name: { type: ['string', 'null'], maxLength: MAX_NAME_CHARACTERS },
      search: SEARCH_SCHEMA,
      queries: given(object({ id: NAME, text: { type: 'string' } }, ['id', 'text'])),
      judgements: given(
        object({ query: NAME, document: NAME, grade: { type: 'integer', minimum: -MAX_GRADE, maximum: MAX_GRADE } }, [
          'query',
          'document',
          'grade',
        ]),
      ),
      depths: {
        type: 'array',
        items: { type: 'integer', minimum: 1, maximum: MAX_HITS },
        minItems: 1,
        maxItems: MAX_DEPTHS,
        uniqueItems: true,
      },
      relevantFrom: { type: 'integer', minimum: 1, maximum: MAX_GRADE },
      answers: { anyOf: [ANSWERS_SCHEMA, { type: 'null' }] },
      compareTo: { type: ['string', 'null'], maxLength: MAX_ID_CHARACTERS },
      groups: { type: 'array', items: { type: 'string' } },
    },
    ['search', 'queries', 'judgements'],
  ),
  $defs: {
    filter: {
      type: 'object',
      properties: {
        and: { type: 'array', items: FILTER },
        or: { type: 'array', items: FILTER },
        not: FILTER,
        field: { type: 'object', properties: { name: LINE }, required: ['name'] },
      },
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
    },
  },
}

/** An input that fits the schema, with what is not given in it. */
export function toEvaluationRequest(input: Json): EvaluationRequest {
  const { search, answers, ...given } = input as unknown as Partial<EvaluationRequest> &
    Pick<EvaluationRequest, 'queries' | 'judgements'> & { readonly search: Pick<EvaluatedSearch, 'knowledgeBases'> }
  const { first: _first, onePerDocument: _one, neighbours: _around, ...defaults } = SEARCH_DEFAULTS
  return {
    name: null,
    relevantFrom: 1,
    compareTo: null,
    groups: [],
    ...given,
    search: { ...defaults, ...search },
    answers: answers ? { ...ANSWER_SETTINGS, ...answers } : null,
    depths: (given.depths ?? DEFAULT_DEPTHS).toSorted((a, b) => a - b),
  }
}

/** The search for one of its questions. */
export const toSearchRequest = ({ search, depths }: EvaluationRequest, query: string): SearchRequest => ({
  ...search,
  query,
  first: depths.at(-1) ?? 1,
  onePerDocument: true,
  neighbours: 0,
})

/** @throws GraphloomError `INVALID_INPUT` for settings that no search can have. */
export function checkEvaluatedSearch(request: EvaluationRequest, path: string): void {
  const { search, depths } = request
  const deepest = depths.at(-1) ?? 1
  if (search.candidates < deepest)
    throw invalidInput(`${path}.search.candidates`, `is ${search.candidates}; the deepest of \`depths\` is ${deepest}.`)
  try {
    checkSearch(toSearchRequest(request, 'a question'))
  } catch (error) {
    throw toMistakeAt(`${path}.search`, error)
  }
}

/** @throws GraphloomError `INVALID_INPUT` for settings that no answer can have. */
export function checkAnswering({ answers: settings, search }: EvaluationRequest, path: string): void {
  if (!settings) return
  const asked = { question: 'a question', settings, search, idempotencyKey: 'a key' }
  try {
    checkAnswer(toStartAnswer(asked))
  } catch (error) {
    throw toMistakeAt(`${path}.answers`, error)
  }
}
