import { invalidInput } from '../../../kernel/errors.js'
import { parseJson } from '../../../kernel/json.js'

/** A question of an evaluation. */
export interface EvaluationQuery {
  readonly id: string
  readonly text: string
}

const TOPIC = /<top>(.*?)<\/top>/gs
const TOPIC_NUMBER = /<num>\s*(?:Number:)?\s*([^\s<]+)/
const TOPIC_TITLE = /<title>\s*(?:Topic:)?\s*([^<]+)/

/**
 * Questions from a text: JSONL as BEIR has it (`_id` or `id`, `text`), TREC topics (`<top>`, `<num>`, `<title>`), or
 * lines of an id, a tab and the text. @throws GraphloomError `INVALID_INPUT` that names the line.
 */
export function parseQueries(text: string, path: string): EvaluationQuery[] {
  const content = text.replace(/^\uFEFF/, '').trimStart()
  if (content.startsWith('<')) return parseTopics(content, path)
  const parse = content.startsWith('{') ? parseObject : parseRow
  const queries: EvaluationQuery[] = []
  for (const [at, line] of readLines(text)) {
    const query = parse(line)
    if (typeof query === 'string') throw invalidInput(path, `line ${at}: ${query}`)
    queries.push(query)
  }
  return queries
}

/** Lines that are not empty, with their numbers from 1. */
export function* readLines(text: string): Generator<readonly [number, string]> {
  let at = 0
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    at++
    if (line.trim() !== '') yield [at, line.trimEnd()]
  }
}

function parseTopics(text: string, path: string): EvaluationQuery[] {
  return Array.from(text.matchAll(TOPIC), ([, topic = ''], i) => {
    const id = TOPIC_NUMBER.exec(topic)?.[1]
    const title = TOPIC_TITLE.exec(topic)?.[1]?.trim().replaceAll(/\s+/g, ' ')
    if (id === undefined || !title) throw invalidInput(path, `topic ${i + 1}: it needs a <num> and a <title>.`)
    return { id, text: title }
  })
}

/** The question, or what is wrong. */
function parseObject(line: string): EvaluationQuery | string {
  const object = parseJson(line)
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return 'it is no JSON object.'
  const { _id, id = _id, text } = object as Readonly<Record<string, unknown>>
  if (typeof id !== 'string' && typeof id !== 'number') return 'it needs an `_id` or `id`.'
  return typeof text === 'string' ? { id: String(id), text } : 'it needs a `text`.'
}

function parseRow(line: string): EvaluationQuery | string {
  const [id = '', text, more] = line.split('\t')
  if (text === undefined || more !== undefined) return 'it needs an id, a tab and the text.'
  return { id: id.trim(), text }
}
