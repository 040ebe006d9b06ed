import { invalidInput, isErrorWithCode } from '../../../kernel/errors.js'
import type { Grades } from '../../../domain/retrieval-metrics.js'
import { checkQuery } from '../search-input.js'
import type { UploadsService } from '../uploads/uploads.service.js'
import type { EvaluationRequest, GivenItems } from './evaluation-input.js'
import { parseJudgements, type Judgement } from './judgement-forms.js'
import { parseQueries, type EvaluationQuery } from './query-forms.js'

export interface JudgedQuery extends EvaluationQuery {
  readonly grades: Grades
}

/** Questions that have judgements, in their order. */
export interface EvaluationSet {
  readonly queries: readonly JudgedQuery[]
  readonly unjudgedCount: number
}

export interface EvaluationSetSource {
  readonly uploads: Pick<UploadsService, 'read'>
  readonly tenantId: string
  /** Where the request stands in what the caller gave. */
  readonly path: string
}

export const MAX_QUERIES = 10_000
export const MAX_JUDGEMENTS = 1_000_000
const MAX_UPLOAD_BYTES = 64 * 2 ** 20

/** @throws GraphloomError `INVALID_INPUT` with the path, and the line where there is one. */
export async function readEvaluationSet(
  { queries: givenQueries, judgements: givenJudgements }: Pick<EvaluationRequest, 'queries' | 'judgements'>,
  source: EvaluationSetSource,
): Promise<EvaluationSet> {
  const queriesPath = `${source.path}.queries`
  const queries = await readItems(givenQueries, parseQueries, { ...source, path: queriesPath })
  checkQueries(queries, queriesPath)
  const judgementsPath = `${source.path}.judgements`
  const judgements = await readItems(givenJudgements, parseJudgements, { ...source, path: judgementsPath })
  const grades = gather(judgements, new Set(queries.map(({ id }) => id)), judgementsPath)
  const judged = queries.flatMap((query) => {
    const known = grades.get(query.id)
    return known ? [{ ...query, grades: known }] : []
  })
  if (judged.length === 0) throw invalidInput(judgementsPath, 'judge none of the questions.')
  return { queries: judged, unjudgedCount: queries.length - judged.length }
}

async function readItems<T>(
  { list, text, upload }: GivenItems<T>,
  parse: (text: string, path: string) => T[],
  { uploads, tenantId, path }: EvaluationSetSource,
): Promise<readonly T[]> {
  if (list) return list
  if (typeof text === 'string') return parse(text, `${path}.text`)
  try {
    const content = await readText(uploads.read(tenantId, upload ?? ''), `${path}.upload`)
    return parse(content, `${path}.upload`)
  } catch (error) {
    if (!isErrorWithCode(error, 'NOT_FOUND') && !isErrorWithCode(error, 'CONFLICT')) throw error
    throw invalidInput(`${path}.upload`, error.message)
  }
}

async function readText(content: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of content) {
    bytes += part.length
    if (bytes > MAX_UPLOAD_BYTES) throw invalidInput(path, `has more than ${MAX_UPLOAD_BYTES} bytes.`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function checkQueries(queries: readonly EvaluationQuery[], path: string): void {
  if (queries.length < 1 || queries.length > MAX_QUERIES)
    throw invalidInput(path, `has ${queries.length} questions; 1 to ${MAX_QUERIES} are allowed.`)
  const ids = new Set<string>()
  for (const [i, { id, text }] of queries.entries()) {
    if (id.trim() === '') throw invalidInput(`${path}.${i}.id`, 'must not be empty.')
    if (ids.has(id)) throw invalidInput(`${path}.${i}.id`, `"${id}" is there twice.`)
    ids.add(id)
    checkQuery(text, `${path}.${i}.text`)
  }
}

function gather(judgements: readonly Judgement[], queryIds: ReadonlySet<string>, path: string) {
  if (judgements.length > MAX_JUDGEMENTS)
    throw invalidInput(path, `has ${judgements.length} judgements; at most ${MAX_JUDGEMENTS} are allowed.`)
  const byQuery = new Map<string, Map<string, number>>()
  for (const [i, { query, document, grade }] of judgements.entries()) {
    if (!queryIds.has(query)) throw invalidInput(`${path}.${i}.query`, `"${query}" is none of the questions.`)
    const grades = byQuery.get(query) ?? new Map<string, number>()
    if (grades.has(document))
      throw invalidInput(`${path}.${i}.document`, `"${document}" is judged twice for the question "${query}".`)
    byQuery.set(query, grades.set(document, grade))
  }
  return byQuery
}
