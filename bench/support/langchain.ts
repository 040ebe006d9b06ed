import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LangChainAnswer, LangChainRequest } from './langchain-process.js'
import { fetchPeer } from './peers.js'

/** What taking documents in is measured against: LangChain.js with its own adapters for the model and for LanceDB. */
const PACKAGES = [
  '@langchain/community@1.1.29',
  '@langchain/core@1.4.0',
  '@langchain/textsplitters@1.0.2',
  '@lancedb/lancedb@0.19.1',
  'apache-arrow@18.1.0',
  '@huggingface/transformers@3.8.1',
]
/** The weights have operators that are newer than what the peer brings. */
const OVERRIDES = { 'onnxruntime-node': '1.30.0' }

export interface LangChainPeer extends AsyncDisposable {
  ask(request: LangChainRequest): Promise<LangChainAnswer>
}

export interface LangChainOptions {
  readonly modelsPath: string
  readonly model: string
  readonly maxTokens: number
  readonly overlapTokens: number
  readonly threads: number
}

/** Starts LangChain.js in a process of its own, with the model in memory. Needs a network the first time. */
export async function startLangChain(options: LangChainOptions): Promise<LangChainPeer> {
  const { modelsPath, model, maxTokens, overlapTokens, threads } = options
  const args = [fetchPeer('langchain', PACKAGES, OVERRIDES), modelsPath, model, maxTokens, overlapTokens, threads].map(
    String,
  )
  const child = fork(join(import.meta.dirname, 'langchain-process.js'), args)
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('LangChain’s process has ended.')))
  gone.catch(() => undefined)
  const next = async (): Promise<unknown> => ((await Promise.race([once(child, 'message'), gone])) as [unknown])[0]
  await next()
  return {
    ask: async (request) => {
      child.send(request)
      return (await next()) as LangChainAnswer
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect()
      await gone.catch(() => undefined)
    },
  }
}
