import { existsSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'
import type { TextLanguage } from '../../domain/text-language.js'
import type { TextTerm } from '../../domain/text-term.js'
import type { TextQuery, TextSpan } from '../../ports/text-index.js'
import { Analyzer } from './analyzer.js'
import type { TextCall, TextCalls, TextThreadReply, TextThreadRequest } from './text-index-protocol.js'
import { createTextTables, dropTextTables, TextTables } from './text-tables.js'

const OPEN_INDEXES = 32

const mode = workerData as 'read' | 'write'
const open = new LRUCache<string, TextTables>({ max: OPEN_INDEXES, dispose: (tables) => tables[Symbol.dispose]() })
const analyzers = new Map<TextLanguage, Analyzer>()

async function requireTables(path: string): Promise<TextTables> {
  const known = open.get(path)
  if (known) return known
  if (!existsSync(path)) throw new Error('There is no such index.')
  const tables = await TextTables.open(path, mode)
  open.set(path, tables)
  return tables
}

async function openAnalyzer(language: TextLanguage): Promise<Analyzer> {
  const analyzer = analyzers.get(language) ?? (await Analyzer.open(language))
  analyzers.set(language, analyzer)
  return analyzer
}

async function findTerms(language: TextLanguage, texts: readonly string[]): Promise<TextTerm[][]> {
  const analyzer = await openAnalyzer(language)
  return texts.map((text) => analyzer.analyze(text))
}

async function findWords({ text, language }: TextQuery, texts: readonly string[]): Promise<TextSpan[][]> {
  const analyzer = await openAnalyzer(language)
  const terms = new Set(analyzer.analyze(text, { keepStopWords: true }).map(({ term }) => term))
  return texts.map((one) =>
    analyzer
      .analyze(one)
      .filter(({ term }) => terms.has(term))
      .map(({ start, end }) => ({ start, end })),
  )
}

type Handlers = {
  readonly [K in TextCall]: (
    ...args: Parameters<TextCalls[K]>
  ) => ReturnType<TextCalls[K]> | Promise<ReturnType<TextCalls[K]>>
}

const handlers: Handlers = {
  create: createTextTables,
  drop: (path) => {
    open.delete(path)
    if (mode === 'write') dropTextTables(path)
  },
  add: async (path, rows) => (await requireTables(path)).add(rows),
  remove: async (path, versionIds) => (await requireTables(path)).remove(versionIds),
  erase: async (path) => (await requireTables(path)).erase(),
  search: async (path, query, selection) => (await requireTables(path)).search(query, selection),
  versions: async (path) => (await requireTables(path)).versions(),
  count: async (path) => (await requireTables(path)).count(),
  findWords,
  findTerms,
}

async function handle({ number, call, args }: TextThreadRequest): Promise<TextThreadReply> {
  try {
    const handler = handlers[call] as (...given: readonly unknown[]) => unknown
    return { number, result: await handler(...args) }
  } catch (error) {
    return { number, problem: error instanceof Error ? error.message : String(error) }
  }
}

// One after the other, in the order in which they came.
let turn = Promise.resolve()
parentPort!.on('message', (request: TextThreadRequest) => {
  turn = turn.then(async () => parentPort!.postMessage(await handle(request)))
})
