import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Takes documents in with LangChain.js: told which by its parent. */
export interface LangChainRequest {
  readonly texts: readonly string[]
  /** Where its table goes. */
  readonly folder: string
  /** What is searched for at the end. */
  readonly query: string
  readonly batchSize: number
}

export interface LangChainAnswer {
  readonly ms: number
  readonly chunks: number
  readonly found: string
  readonly peakBytes: number
}

interface Document {
  readonly pageContent: string
}

interface LangChain {
  readonly RecursiveCharacterTextSplitter: new (options: object) => {
    createDocuments(texts: readonly string[]): Promise<Document[]>
  }
  readonly HuggingFaceTransformersEmbeddings: new (options: object) => {
    batchSize: number
    embedQuery(text: string): Promise<number[]>
  }
  readonly LanceDB: {
    fromDocuments(
      documents: readonly Document[],
      embeddings: object,
      options: object,
    ): Promise<{ similaritySearch(query: string, count: number): Promise<Document[]> }>
  }
}

interface Transformers {
  readonly env: { localModelPath: string; allowRemoteModels: boolean }
  readonly AutoTokenizer: { from_pretrained(model: string): Promise<{ encode(text: string): number[] }> }
}

const [folder = '', modelsPath = '', model = '', maxTokens, overlapTokens, threads] = process.argv.slice(2)
const load = createRequire(join(folder, 'package.json'))
const transformersFile = join(folder, 'node_modules/@huggingface/transformers/dist/transformers.node.mjs')
const { env, AutoTokenizer } = (await import(pathToFileURL(transformersFile).href)) as Transformers
env.localModelPath = modelsPath
env.allowRemoteModels = false
const { RecursiveCharacterTextSplitter, HuggingFaceTransformersEmbeddings, LanceDB } = {
  ...(load('@langchain/textsplitters') as object),
  ...(load('@langchain/community/embeddings/huggingface_transformers') as object),
  ...(load('@langchain/community/vectorstores/lancedb') as object),
} as LangChain
const tokenizer = await AutoTokenizer.from_pretrained(model)
const splitter = new RecursiveCharacterTextSplitter({
  chunkSize: Number(maxTokens),
  chunkOverlap: Number(overlapTokens),
  lengthFunction: (text: string) => tokenizer.encode(text).length,
})
const embeddings = new HuggingFaceTransformersEmbeddings({
  model,
  pretrainedOptions: { dtype: 'q8', session_options: { intraOpNumThreads: Number(threads) } },
})
await embeddings.embedQuery('ready')

async function ingest({ texts, folder: uri, query, batchSize }: LangChainRequest): Promise<LangChainAnswer> {
  embeddings.batchSize = batchSize
  const startedAt = performance.now()
  const documents = await splitter.createDocuments(texts)
  const store = await LanceDB.fromDocuments(documents, embeddings, { uri })
  const [first] = await store.similaritySearch(query, 1)
  const ms = performance.now() - startedAt
  const peakBytes = process.resourceUsage().maxRSS * 1_024
  return { ms, chunks: documents.length, found: first?.pageContent ?? '', peakBytes }
}

process.on('message', (request: LangChainRequest) => void ingest(request).then((answer) => process.send?.(answer)))
process.send?.('ready')
