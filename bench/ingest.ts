import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { KnowledgeBaseDocument } from '../test/generated/graphql.js'
import { KnowledgeClient } from '../test/support/knowledge.js'
import { EMBEDDING_MODEL, modelsDirectory } from '../test/support/models.js'
import { TestServer } from '../test/support/server.js'
import { createTemporaryFolder } from '../test/support/temporary.js'
import { median, printRatio } from './support/figures.js'
import { startLangChain } from './support/langchain.js'
import { watchPeakBytes } from './support/peak-memory.js'

/**
 * Documents from text to searchable, through the API, against LangChain.js with the same weights, chunks of as many
 * tokens, and LanceDB, in turns. The texts are of the project's own guides and collection. Of LangChain.js there are two
 * references: as it comes, which embeds 512 texts at once, and with as many at once as are quickest here.
 */
const ROUNDS = Number(process.argv[2] ?? 3)
const DOCUMENTS = Number(process.argv[3] ?? 1_000)
const CHARACTERS = 1_000
const MAX_TOKENS = 128
const OVERLAP_TOKENS = 16
const THREADS = Math.min(2, availableParallelism())
/** What LangChain.js gives its model at once, by default and otherwise. */
const DEFAULT_BATCH_SIZE = 512
const BATCH_SIZES = [1, 8, 32]
/** Documents by which the quickest of them is found. */
const TRIED = 100

const ROOT = join(import.meta.dirname, '../..')

async function readParagraphs(): Promise<string[]> {
  const paragraphs: string[] = []
  for (const folder of ['docs', 'examples']) {
    const files = (await readdir(join(ROOT, folder), { recursive: true })).filter((name) => name.endsWith('.md'))
    for (const name of files.sort())
      paragraphs.push(...(await readFile(join(ROOT, folder, name), 'utf8')).split(/\n{2,}/))
  }
  return paragraphs.filter((text) => /^[A-Z]/.test(text))
}

/** Of each another row of paragraphs. */
function makeTexts(paragraphs: readonly string[], round: number): string[] {
  return Array.from({ length: DOCUMENTS }, (_, at) => {
    let text = `Note ${at} of round ${round}.`
    for (let next = at * 7 + round; text.length < CHARACTERS; next += 13)
      text += `\n\n${paragraphs[next % paragraphs.length]!}`
    return text
  })
}

const SIDES = ['ours', 'asItComes', 'quickest'] as const
type Side = (typeof SIDES)[number]

interface Ingested {
  readonly ms: number
  readonly chunks: number
  readonly peakBytes: number
}

await using stack = new AsyncDisposableStack()
const folder = stack.use(await createTemporaryFolder('bench-ingest'))
const server = stack.use(
  await TestServer.start({
    GRAPHLOOM_DATA_DIR: join(folder.path, 'server'),
    GRAPHLOOM_PRELOAD_MODELS: EMBEDDING_MODEL,
    GRAPHLOOM_MODEL_THREADS: String(THREADS),
    GRAPHLOOM_LIMIT_LIST_ITEMS: String(DOCUMENTS),
    GRAPHLOOM_LIMIT_BODY_BYTES: '20000000',
    GRAPHLOOM_LIMIT_VARIABLES_BYTES: '20000000',
  }),
)
const client = new KnowledgeClient(server)
const langChain = stack.use(
  await startLangChain({
    modelsPath: modelsDirectory,
    model: EMBEDDING_MODEL,
    maxTokens: MAX_TOKENS,
    overlapTokens: OVERLAP_TOKENS,
    threads: THREADS,
  }),
)
const paragraphs = await readParagraphs()
const queryOf = (round: number): string => `Note ${DOCUMENTS - 1} of round ${round}.`

async function countChunks(name: string): Promise<number> {
  const { knowledgeBase } = await server.request(KnowledgeBaseDocument, { name })
  return knowledgeBase?.chunkCount ?? 0
}

async function ours(round: number, texts: readonly string[]): Promise<Ingested> {
  const name = `round${round}`
  const chunking = { maxTokens: MAX_TOKENS, overlapTokens: OVERLAP_TOKENS }
  await client.create({ name, embeddingModel: EMBEDDING_MODEL, chunking })
  const documents = texts.map((text, at) => ({ key: String(at), text }))
  using peak = watchPeakBytes(server.pid)
  const startedAt = performance.now()
  await client.add(name, documents)
  const [first] = await client.search(name, queryOf(round), { first: 1 })
  if (!first) throw new Error('Nothing was found.')
  const ms = performance.now() - startedAt
  return { ms, chunks: await countChunks(name), peakBytes: peak.bytes }
}

const theirs = (texts: readonly string[], round: number, batchSize: number): Promise<Ingested> =>
  langChain.ask({
    texts,
    folder: join(folder.path, `langchain-${round}-${batchSize}`),
    query: queryOf(round),
    batchSize,
  })

const tried = makeTexts(paragraphs, 0).slice(0, TRIED)
let batchSize = BATCH_SIZES[0]!
let least = Infinity
for (const size of BATCH_SIZES) {
  const { ms } = await theirs(tried, 0, size)
  if (ms < least) [least, batchSize] = [ms, size]
}
await ours(0, tried)
const rounds: Record<Side, Ingested>[] = []
for (let round = 1; round <= ROUNDS; round++) {
  const texts = makeTexts(paragraphs, round)
  rounds.push({
    ours: await ours(round, texts),
    asItComes: await theirs(texts, round, DEFAULT_BATCH_SIZE),
    quickest: await theirs(texts, round, batchSize),
  })
}
const perSecond = (side: Side): number => (1_000 * DOCUMENTS) / median(rounds.map((round) => round[side].ms))
const mib = (side: Side): string => (Math.max(...rounds.map((round) => round[side].peakBytes)) / 1_048_576).toFixed(0)
const names: Record<Side, string> = {
  ours: 'ours, with all processes',
  asItComes: `LangChain.js as it comes, ${DEFAULT_BATCH_SIZE} texts at once`,
  quickest: `LangChain.js, ${batchSize} at once`,
}
for (const side of SIDES)
  console.log(`${names[side]}: ${perSecond(side).toFixed(1)} documents/s, ${rounds.at(-1)![side].chunks} chunks`)
console.log(`peak memory: ours ${mib('ours')} MiB with all processes, LangChain.js ${mib('asItComes')} MiB`)
printRatio('ingest, against LangChain.js as it comes', perSecond('ours'), perSecond('asItComes'), 1.5)
printRatio('ingest, against LangChain.js at its quickest', perSecond('ours'), perSecond('quickest'))
