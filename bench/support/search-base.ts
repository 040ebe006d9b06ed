import pino from 'pino'
import { createTextCodec } from '../../src/adapters/transformers/text-codec.js'
import { bundledModel, EMBEDDING_MODEL } from '../../test/support/models.js'
import { readAbstracts } from './cisi.js'
import { askGraph } from './post.js'

export const SEARCH_BASE = 'windows'
export const WINDOWS = 100_000
/** Of a window, with the two that the model puts around it. */
const WINDOW_TOKENS = 32
const DOCUMENTS_AT_ONCE = 100
/** Documents are spread over so many parts, so that a filter for one of them keeps that share. */
export const PARTS = 100

interface WindowedDocument {
  readonly key: string
  readonly text: string
  readonly metadata: { readonly part: number }
}

/** Each abstract as its windows, a paragraph each, so that all abstracts together have `WINDOWS` of them. */
export async function makeWindows(): Promise<WindowedDocument[]> {
  const abstracts = readAbstracts().map(({ id, text }) => ({ id, words: text.trim().split(/\s+/) }))
  const tokensOf = await countTokens(abstracts.flatMap(({ words }) => words))
  const total = abstracts.reduce((sum, { words }) => sum + words.length, 0)
  let begun = 0
  let passed = 0
  return abstracts.map(({ id, words }, i) => {
    passed += words.length
    const count = Math.round((passed / total) * WINDOWS) - begun
    begun += count
    const starts = Array.from({ length: count }, (_, at) => Math.floor((at * words.length) / count))
    const windows = starts.map((start) => toWindow(words, start, tokensOf))
    return { key: id, text: windows.join('\n\n'), metadata: { part: i % PARTS } }
  })
}

function toWindow(words: readonly string[], start: number, tokensOf: ReadonlyMap<string, number>): string {
  let tokens = 2
  let end = start
  do tokens += tokensOf.get(words[end++]!)!
  while (end < words.length && tokens + tokensOf.get(words[end]!)! <= WINDOW_TOKENS)
  return words.slice(start, end).join(' ')
}

/** Tokens of a word are the same wherever it stands. */
async function countTokens(words: readonly string[]): Promise<ReadonlyMap<string, number>> {
  await using codec = createTextCodec({ logger: pino({ level: 'warn' }) })
  const distinct = [...new Set(words)]
  const encoded = await codec.encodeForEmbedding(bundledModel(EMBEDDING_MODEL).path, distinct)
  return new Map(distinct.map((word, i) => [word, encoded[i]!.length - 2]))
}

interface BaseState {
  readonly documentCount: number
  readonly chunkCount: number
  readonly queued: { readonly nodes: readonly object[] }
}

const STATE = `query ($name: String!) {
  knowledgeBase(name: $name) { documentCount chunkCount queued: documents(state: QUEUED, first: 1) { nodes { id } } }
}`

export async function readBase(url: string): Promise<BaseState | null> {
  return (await askGraph<{ knowledgeBase: BaseState | null }>(url, STATE, { name: SEARCH_BASE })).knowledgeBase
}

export const CREATE_BASE = `mutation ($input: CreateKnowledgeBaseInput!) {
  createKnowledgeBase(input: $input) { __typename ... on Problem { message } }
}`

export const ADD_DOCUMENTS = `mutation ($input: AddDocumentsInput!, $idempotencyKey: String) {
  addDocuments(input: $input, idempotencyKey: $idempotencyKey) { __typename ... on Problem { message } }
}`

/** Gives a server the base, as far as it does not have it yet, and waits until all of it is in. */
export async function fillSearchBase(url: string): Promise<void> {
  if ((await readBase(url)) === null)
    await askGraph(url, CREATE_BASE, {
      input: {
        name: SEARCH_BASE,
        chunking: { method: 'ROW', maxTokens: WINDOW_TOKENS, overlapTokens: 0, withHeadings: false },
        metadataFields: [{ name: 'part', kind: 'NUMBER' }],
      },
    })
  const documents = await makeWindows()
  for (let at = 0; at < documents.length; at += DOCUMENTS_AT_ONCE) {
    const part = documents.slice(at, at + DOCUMENTS_AT_ONCE).map((one) => ({ ...one, mediaType: 'text/plain' }))
    const input = { knowledgeBase: SEARCH_BASE, documents: part }
    await askGraph(url, ADD_DOCUMENTS, { input, idempotencyKey: `windows-${at}` })
  }
  for (;;) {
    const state = (await readBase(url))!
    if (state.documentCount === documents.length && state.queued.nodes.length === 0) return
    console.log(`${state.chunkCount} of about ${WINDOWS} windows are in`)
    await new Promise((resolve) => setTimeout(resolve, 10_000))
  }
}

const APPROXIMATE = `query ($name: String!) {
  knowledgeBase(name: $name) { activeGeneration { approximateSearch { kind isUsed recall sampleSize width measuredAt } } }
}`

interface Measured {
  readonly kind: string
  readonly isUsed: boolean
  readonly recall: number
  readonly sampleSize: number
  readonly width: number
  readonly measuredAt: string
}

interface MeasuredBase {
  readonly knowledgeBase: { readonly activeGeneration: { readonly approximateSearch: Measured | null } }
}

const SEARCH = `query ($name: String!) { search(input: { knowledgeBases: [$name], query: "index" }) { degraded } }`

/**
 * The first search of a process has the index made, or measured anew, and so have questions that were asked since it was
 * measured; resolves with what was found out, after `measuredAt`.
 */
export async function waitForIndex(url: string, measuredAt = ''): Promise<Measured> {
  await askGraph(url, SEARCH, { name: SEARCH_BASE })
  for (;;) {
    const { knowledgeBase } = await askGraph<MeasuredBase>(url, APPROXIMATE, { name: SEARCH_BASE })
    const measured = knowledgeBase.activeGeneration.approximateSearch
    if (measured && measured.measuredAt > measuredAt) return measured
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
