import type { CreateKnowledgeBaseInput, MetadataFilterInput, SearchInput } from '../generated/graphql.js'

/** Inputs that make no base, with the path that is told. */
export const MISTAKES: readonly (readonly [string, CreateKnowledgeBaseInput, string])[] = [
  ['no name', { name: '' }, 'input.name'],
  ['a name with a space', { name: 'two words' }, 'input.name'],
  [
    'a model that is not for embeddings',
    { name: 'm', embeddingModel: 'SmolLM2-135M-Instruct' },
    'input.embeddingModel',
  ],
  ['too few tokens', { name: 'm', chunking: { maxTokens: 7 } }, 'input.chunking.maxTokens'],
  ['too many tokens', { name: 'm', chunking: { maxTokens: 100_000 } }, 'input.chunking.maxTokens'],
  ['overlap of half', { name: 'm', chunking: { maxTokens: 64, overlapTokens: 32 } }, 'input.chunking.overlapTokens'],
  ['a field with a dot', { name: 'm', metadataFields: [{ name: 'a.b', kind: 'TEXT' }] }, 'input.metadataFields.0.name'],
  [
    'a field twice',
    {
      name: 'm',
      metadataFields: [
        { name: 'a', kind: 'TEXT' },
        { name: 'A', kind: 'LIST' },
      ],
    },
    'input.metadataFields.1.name',
  ],
]

const YEAR = { field: { name: 'year', eq: 1999 } }
const nest = (depth: number): MetadataFilterInput => (depth === 1 ? YEAR : { not: nest(depth - 1) })

/** What does not fit its type in the schema. */
export const OF_WRONG_TYPE: readonly (readonly [string, object])[] = [
  ['a number for a query', { query: 7 }],
  ['an unknown mode', { mode: 'BOTH' }],
  ['a text for a count', { first: 'ten' }],
  ['a part of a hit', { first: 1.5 }],
  ['an unknown argument', { top: 3 }],
  ['an unknown part of a filter', { filter: { xor: [] } }],
  ['two parts of a filter at once', { filter: { not: YEAR, ...YEAR } }],
  ['no name of a field', { filter: { field: { eq: 1 } } }],
  ['a number that is none', { minScore: 'high' }],
]

export const SEARCH_MISTAKES: readonly (readonly [string, Partial<SearchInput>, string])[] = [
  ['an empty query', { query: ' ' }, 'input.query'],
  ['a long query', { query: 'x'.repeat(10_000) }, 'input.query'],
  ['a query of a megabyte', { query: 'word '.repeat(210_000) }, 'input.query'],
  ['half of a character', { query: 'bees \ud800' }, 'input.query'],
  ['too many candidates', { candidates: 1_001 }, 'input.candidates'],
  ['too many neighbours', { neighbours: 11 }, 'input.neighbours'],
  ['a diversity above 1', { diversity: 1.5 }, 'input.diversity'],
  ['a rank constant below 0', { fusion: { method: 'RRF', rankConstant: -1 } }, 'input.fusion.rankConstant'],
  ['a model for another task', { rerank: { model: 'all-MiniLM-L6-v2' } }, 'input.rerank.model'],
  ['too many bases', { knowledgeBases: Array.from({ length: 17 }, (_, i) => `b${i}`) }, 'input.knowledgeBases'],
  ['no hits', { first: 0 }, 'input.first'],
  ['too many hits', { first: 101 }, 'input.first'],
  ['fewer candidates than hits', { candidates: 5 }, 'input.candidates'],
  ['no base', { knowledgeBases: [] }, 'input.knowledgeBases'],
  ['a base twice', { knowledgeBases: ['guides', 'guides'] }, 'input.knowledgeBases'],
  ['an unknown field', { filter: { field: { name: 'nothing', eq: 1 } } }, 'input.filter.field.name'],
  ['a text for a number', { filter: { field: { name: 'year', eq: '1999' } } }, 'input.filter.field.eq'],
  ['a date that is none', { filter: { field: { name: 'sent', gt: 'May' } } }, 'input.filter.field.gt'],
  ['an order of lists', { filter: { field: { name: 'tags', lt: 'a' } } }, 'input.filter.field.lt'],
  ['a list for a text', { filter: { field: { name: 'author', eq: ['Ada'] } } }, 'input.filter.field.eq'],
  ['a wrong one of several', { filter: { field: { name: 'year', in: [1999, true] } } }, 'input.filter.field.in.1'],
  ['a number in a list', { filter: { field: { name: 'tags', contains: 1 } } }, 'input.filter.field.contains'],
  [
    'a part within parts',
    { filter: { or: [{ and: [{ field: { name: 'x', eq: 1 } }] }] } },
    'input.filter.or.0.and.0.field.name',
  ],
  ['too deep a filter', { filter: nest(17) }, 'input.filter'],
  ['too many conditions', { filter: { or: Array.from({ length: 256 }, () => YEAR) } }, 'input.filter'],
  ['no condition', { filter: { not: { field: { name: 'year' } } } }, 'input.filter.not.field'],
  ['a weight above 1', { fusion: { vectorWeight: 2 } }, 'input.fusion.vectorWeight'],
]
