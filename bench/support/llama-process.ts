import { pathToFileURL } from 'node:url'

/** Answers with llama.cpp: told what by its parent, a prompt for each stream. */
export interface LlamaRequest {
  readonly prompts: readonly string[]
  readonly maxTokens: number
}

export interface LlamaAnswer {
  readonly promptTokens: number
  readonly outputTokens: number
  /** From the request to the last token of the last stream, milliseconds. */
  readonly wallMs: number
  /** Of the first stream. */
  readonly firstTokenMs: number
  readonly stepMs: number
}

/** What is used of node-llama-cpp. */
interface Llama {
  loadModel(options: object): Promise<LlamaModel>
}
interface LlamaModel {
  tokenize(text: string): number[]
  createContext(options: object): Promise<{ getSequence(): LlamaSequence }>
}
interface LlamaSequence {
  evaluate(tokens: readonly number[], options: object): AsyncIterable<number>
  clearHistory(): Promise<void>
}

const [packageFolder = '', modelPath = '', threads = '2', streams = '8', contextTokens = '2048'] = process.argv.slice(2)
const nodeLlama = (await import(pathToFileURL(`${packageFolder}/dist/index.js`).href)) as {
  getLlama(options: object): Promise<Llama>
}
const llama = await nodeLlama.getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: Number(threads) })
const model = await llama.loadModel({ modelPath })
const contextOf = async (sequences: number): Promise<LlamaSequence[]> => {
  const context = await model.createContext({
    contextSize: Number(contextTokens),
    sequences,
    threads: Number(threads),
    batchSize: 512,
  })
  return Array.from({ length: sequences }, () => context.getSequence())
}
const [single, several] = [await contextOf(1), await contextOf(Number(streams))]

async function answer({ prompts, maxTokens }: LlamaRequest): Promise<LlamaAnswer> {
  const sequences = prompts.length === 1 ? single : several
  const startedAt = performance.now()
  const tokens = prompts.map((prompt) => model.tokenize(prompt))
  const times = await Promise.all(
    tokens.map(async (prompt, i) => {
      const at: number[] = []
      for await (const _token of sequences[i]!.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
        at.push(performance.now())
        if (at.length >= maxTokens) break
      }
      return at
    }),
  )
  const wallMs = performance.now() - startedAt
  for (const sequence of sequences) await sequence.clearHistory()
  const [first = []] = times
  const steps = first.slice(1).map((at, i) => at - first[i]!)
  return {
    promptTokens: tokens.reduce((total, { length }) => total + length, 0),
    outputTokens: times.reduce((total, { length }) => total + length, 0),
    wallMs,
    firstTokenMs: (first[0] ?? NaN) - startedAt,
    stepMs: steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? NaN,
  }
}

process.on('message', (request) => {
  void answer(request as LlamaRequest).then((result) => process.send?.(result))
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
