import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJudgements } from '../../src/services/knowledge/evaluation/judgement-forms.js'
import type { AddDocumentsInput } from '../generated/graphql.js'

const root = join(import.meta.dirname, '../../..')

/** Documents, questions and what is relevant for them. */
export interface Collection {
  readonly documents: AddDocumentsInput['documents']
  /** As texts, in the form of BEIR. */
  readonly queries: string
  readonly judgements: string
}

/** The project's own: the handbook of an invented firm. */
export function readHandbook(): Collection {
  const folder = join(root, 'examples/collection')
  const handbook = join(folder, 'handbook')
  const files = readdirSync(handbook, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
  return {
    documents: files.sort().map((key) => ({ key, source: key, text: readFileSync(join(handbook, key), 'utf8') })),
    ...readJudged(folder),
  }
}

/** A public one of 1,460 abstracts and 76 judged questions, which is not a part of the project; null where it is not. */
export function readCisi(): Collection | null {
  const folder = ['../shared/data/cisi', '../../shared/data/cisi'].map((path) => join(root, path)).find(existsSync)
  if (folder === undefined) return null
  const lines = readFileSync(join(folder, 'corpus.jsonl'), 'utf8').trim().split('\n')
  const entries = lines.map((line) => JSON.parse(line) as { id: string; title?: string; text: string })
  const documents = entries.map(({ id: key, title, text }) => ({
    key,
    text: text === '' ? title! : text,
    mediaType: 'text/plain',
    ...(title && { title }),
  }))
  return { documents, ...readJudged(folder) }
}

const readJudged = (folder: string) => ({
  queries: readFileSync(join(folder, 'queries.jsonl'), 'utf8'),
  judgements: readFileSync(join(folder, 'qrels.tsv'), 'utf8'),
})

export const judgementsOf = ({ judgements }: Collection) => parseJudgements(judgements, 'judgements')
