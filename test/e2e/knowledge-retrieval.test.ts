import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SearchMode } from '../generated/graphql.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { isFullTest } from '../support/seed.js'
import { TestServer } from '../support/server.js'

const root = join(import.meta.dirname, '../../..')
/** A public collection of 1,460 abstracts and 76 judged questions, which is not a part of the project. */
const folder = ['../shared/data/cisi', '../../shared/data/cisi'].map((path) => join(root, path)).find(existsSync)

if (folder === undefined) process.stderr.write('The CISI collection is not here: retrieval is not measured.\n')

interface Entry {
  readonly id: string
  readonly title?: string
  readonly text: string
}

const readLines = (file: string): string[] => readFileSync(join(folder!, file), 'utf8').trim().split('\n')
const readEntries = (file: string): Entry[] => readLines(file).map((line) => JSON.parse(line) as Entry)

function readJudgements(): Map<string, Map<string, number>> {
  const judgements = new Map<string, Map<string, number>>()
  for (const line of readLines('qrels.tsv').slice(1)) {
    const [query = '', document = '', grade] = line.split('\t')
    judgements.set(query, (judgements.get(query) ?? new Map<string, number>()).set(document, Number(grade)))
  }
  return judgements
}

/** Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen, 2002). */
function rateTen(keys: readonly (string | null)[], grades: ReadonlyMap<string, number>): number {
  const gain = (values: readonly number[]): number =>
    values.slice(0, 10).reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0)
  return gain(keys.map((key) => grades.get(key ?? '') ?? 0)) / gain([...grades.values()].sort((a, b) => b - a))
}

async function fill(client: KnowledgeClient, entries: readonly Entry[]): Promise<void> {
  await client.create({ name: 'cisi' })
  const documents = entries.map(({ id: key, title, text }) => ({
    key,
    text: text === '' ? title! : text,
    mediaType: 'text/plain',
    ...(title && { title }),
  }))
  for (let at = 0; at < documents.length; at += 500) await client.add('cisi', documents.slice(at, at + 500))
}

/** The mean over the judged questions. */
async function rate(client: KnowledgeClient, mode: SearchMode): Promise<number> {
  const judgements = readJudgements()
  const queries = readEntries('queries.jsonl').filter(({ id }) => judgements.has(id))
  let sum = 0
  for (const { id, text } of queries) {
    const hits = await client.search('cisi', text, { mode, onePerDocument: true })
    const keys = hits.map(({ document }) => document.key)
    sum += rateTen(keys, judgements.get(id)!)
  }
  return sum / queries.length
}

test.skipIf(folder === undefined)(
  'what is found in a public collection is as good as it was',
  async () => {
    await using server = await TestServer.start({})
    const client = new KnowledgeClient(server)
    const entries = readEntries('corpus.jsonl')
    if (isFullTest()) {
      await fill(client, entries)
      expect(await rate(client, 'VECTOR')).toBeGreaterThanOrEqual(0.42)
      expect(await rate(client, 'TEXT')).toBeGreaterThanOrEqual(0.385)
      expect(await rate(client, 'HYBRID')).toBeGreaterThanOrEqual(0.46)
      return
    }
    const few = entries.filter(({ title, text }) => title && text).slice(0, 30)
    await fill(client, few)
    for (const mode of ['VECTOR', 'TEXT', 'HYBRID'] as const) {
      const found = await Promise.all(few.map(({ title }) => client.search('cisi', title!, { mode })))
      const first = found.filter(([hit], i) => hit?.document.key === few[i]!.id)
      expect(first.length).toBeGreaterThanOrEqual(27)
    }
  },
  900_000,
)
