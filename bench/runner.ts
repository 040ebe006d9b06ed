import { setImmediate as nextTurn } from 'node:timers/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { availableParallelism } from 'node:os'
import pino from 'pino'
import { createOnnxModelRuntime } from '../src/adapters/onnxruntime/onnx-model-runtime.js'
import type { ModelRunner } from '../src/ports/model-runtime.js'
import { NEVER, toRequest } from '../test/support/inference.js'
import { bundledModel, CHAT_MODEL, readGolden, type GoldenGeneration } from '../test/support/models.js'
import { openBareDecoder } from './support/bare-decoder.js'

/** One text through a runner process against the bare loop, in turns; and how long this process's loop is held up. */
const ROUNDS = Number(process.argv[2] ?? 7)
const TOKENS = 100
const THREADS = Math.min(4, availableParallelism())

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

async function decodeMsPerToken(runner: ModelRunner, promptTokenIds: readonly number[]): Promise<number> {
  const request = toRequest({ promptTokenIds, seed: 0, settings: { maxTokens: TOKENS + 1 } })
  let firstAt = 0
  let tokens = 0
  let lastAt = 0
  await runner.generate(
    request,
    (delta) => {
      lastAt = performance.now()
      if (firstAt === 0) firstAt = lastAt
      else tokens += delta.tokens.length
    },
    NEVER,
  )
  return (lastAt - firstAt) / tokens
}

const { path, checksums } = bundledModel(CHAT_MODEL)
const { promptTokenIds } = readGolden<GoldenGeneration>(CHAT_MODEL)[1]!
await using runtime = createOnnxModelRuntime({ logger: pino({ level: 'warn' }) })
const files = { folder: path, checksums }
const loadedFrom = performance.now()
const runner = await runtime.startRunner({
  versionId: 'bench',
  files,
  threads: THREADS,
  settings: { maxBatchTokens: 512 },
  onProgress: () => undefined,
  onRuns: () => undefined,
  signal: NEVER,
})
console.log(
  `loaded in ${(performance.now() - loadedFrom).toFixed(0)} ms, ${((runner.residentBytes() ?? 0) / 2 ** 20).toFixed(0)} MiB, ${runner.fingerprint}`,
)
await using bare = await openBareDecoder(path, THREADS)
await bare.decode(promptTokenIds, 10)
await decodeMsPerToken(runner, promptTokenIds)

const bareMs: number[] = []
const runnerMs: number[] = []
const delay = monitorEventLoopDelay({ resolution: 1 })
for (let round = 0; round < ROUNDS; round++) {
  bareMs.push((await bare.decode(promptTokenIds, TOKENS)).decodeMs / TOKENS)
  await nextTurn()
  delay.enable()
  runnerMs.push(await decodeMsPerToken(runner, promptTokenIds))
  delay.disable()
}
const [reference, measured] = [median(bareMs), median(runnerMs)]
console.log(`bare loop ${(1_000 / reference).toFixed(1)} tokens/s, runner ${(1_000 / measured).toFixed(1)} tokens/s`)
console.log(
  `ratio ${(reference / measured).toFixed(3)} (rounds: ${runnerMs.map((ms, i) => (bareMs[i]! / ms).toFixed(2)).join(' ')})`,
)
console.log(`event loop delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`)
