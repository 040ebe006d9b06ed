import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A public collection that is not a part of the project: it is looked for beside it. */
const root = join(import.meta.dirname, '../../..')
const folder = ['../shared/data/cisi', '../../shared/data/cisi'].map((path) => join(root, path)).find(existsSync)

const MAX_WORDS = 120

interface Entry {
  readonly id: string
  readonly title?: string
  readonly text: string
}

function read(file: string): Entry[] {
  if (folder === undefined)
    throw new Error('The CISI collection is not here (../shared/data/cisi): nothing to measure.')
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Entry)
}

export const readAbstracts = (): Entry[] => read('corpus.jsonl').filter(({ text }) => text.trim() !== '')

/** Those that the model takes wholly, surely. */
export const readQuestions = (): string[] =>
  read('queries.jsonl').flatMap(({ text }) => (text.split(/\s+/).length <= MAX_WORDS ? [text] : []))
