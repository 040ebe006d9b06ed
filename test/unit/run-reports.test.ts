import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOnnxModelRuntime } from '../../src/adapters/onnxruntime/onnx-model-runtime.js'
import { RunMeter } from '../../src/adapters/onnxruntime/run-meter.js'
import type { ModelRunner, RunReport } from '../../src/ports/model-runtime.js'
import { generate, NEVER, startFolder } from '../support/inference.js'
import {
  bundledModel,
  CHAT_MODEL,
  EMBEDDING_MODEL,
  readGolden,
  type GoldenEmbedding,
  type GoldenGeneration,
} from '../support/models.js'
import { silentLogger } from '../support/state.js'
import { waitFor } from '../support/wait.js'

/** All that was reported. */
class Told {
  batchSizes: number[] = []
  interTokenMs: number[] = []
  generatedTokens = 0
  computeMs = 0

  readonly add = (report: RunReport): void => {
    this.batchSizes.push(...report.batchSizes)
    this.interTokenMs.push(...report.interTokenMs)
    this.generatedTokens += report.generatedTokens
    this.computeMs += report.computeMs
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const runtime = createOnnxModelRuntime({ logger: silentLogger })
afterAll(() => runtime[Symbol.asyncDispose]())

let told: Told
beforeEach(() => {
  told = new Told()
})

async function start(name: string): Promise<ModelRunner> {
  const { path, checksums } = bundledModel(name)
  return startFolder(runtime, path, { checksums, onRuns: (report) => told.add(report) })
}

describe('runs of texts to embed', () => {
  let runner: ModelRunner
  beforeAll(async () => {
    runner = await start(EMBEDDING_MODEL)
  })
  const texts = readGolden<GoldenEmbedding>(EMBEDDING_MODEL).map(({ tokenIds }) => tokenIds)
  const embed = (i: number, signal = NEVER) => {
    const tokenIds = Array.from({ length: 1 + (i % 4) }, (_, j) => texts[(i + j) % texts.length]!)
    return runner.embed({ id: `text ${i}`, tenantId: `tenant ${i % 3}`, priority: 5, tokenIds }, signal)
  }

  test('are reported before the results, each once, warming up not at all', async () => {
    const results = await Promise.all(Array.from({ length: 40 }, (_, i) => embed(i)))
    expect(told.batchSizes).toHaveLength(sum(results.map(({ executions }) => executions)))
    expect(sum(told.batchSizes)).toBe(sum(results.map(({ vectors }) => vectors.length)))
    expect(Math.max(...told.batchSizes)).toBe(Math.max(...results.map(({ batch }) => batch.size)))
    expect(told.computeMs).toBeGreaterThan(0)
    expect(told).toMatchObject({ generatedTokens: 0, interTokenMs: [] })
  })

  test('are reported also when nobody waits for them any more', async () => {
    const leaving = new AbortController()
    const long = texts.toSorted((a, b) => b.length - a.length)[0]!
    const tokenIds = new Array<readonly number[]>(400).fill(long)
    const left = runner.embed({ id: 'left', tenantId: 'tenant', priority: 5, tokenIds }, leaving.signal)
    await waitFor('a report', () => told.batchSizes.length > 0)
    leaving.abort(new Error('enough'))
    await expect(left).rejects.toThrow('enough')
    await embed(0)
    expect(sum(told.batchSizes)).toBeLessThan(400)
  })
})

describe('runs of generated texts', () => {
  let runner: ModelRunner
  beforeAll(async () => {
    runner = await start(CHAT_MODEL)
  })
  const goldens = readGolden<GoldenGeneration>(CHAT_MODEL)
  const prompts = goldens.map(({ promptTokenIds }) => promptTokenIds)

  test('are reported with the tokens and the time between them', async () => {
    const lengths = [5, 9, 14, 20]
    const results = await Promise.all(
      lengths.map((maxTokens, i) =>
        generate(runner, {
          promptTokenIds: prompts[i % prompts.length]!,
          seed: i,
          settings: { maxTokens, temperature: 1 },
        }),
      ),
    )
    const outputTokens = sum(results.map((result) => result.outputTokens))
    expect(told.batchSizes).toHaveLength(sum(results.map(({ executions }) => executions)))
    expect(told.generatedTokens).toBe(outputTokens)
    expect(told.interTokenMs).toHaveLength(outputTokens - lengths.length)
    expect(told.interTokenMs.every((ms) => ms > 0)).toBe(true)
    // A text's gaps are within the time that it took.
    expect(told.computeMs).toBeLessThan(sum(results.map(({ computeMs }) => computeMs)))
  })

  test('tell of drafted tokens each', async () => {
    // Not the end token.
    const logitBias = [{ tokenId: 2, bias: -100 }]
    const passage = goldens.flatMap(({ promptTokenIds, greedyTokenIds }) => [...promptTokenIds, ...greedyTokenIds])
    const promptTokenIds = Array.from({ length: 6 }, () => passage.slice(0, 30)).flat()
    const drafted = await generate(runner, { promptTokenIds, settings: { maxTokens: 60, draft: true, logitBias } })
    expect(told.generatedTokens).toBe(drafted.outputTokens)
    expect(told.interTokenMs).toHaveLength(drafted.outputTokens - 1)
    expect(told.batchSizes).toHaveLength(drafted.executions)
    expect(drafted.draft.acceptedTokens).toBeGreaterThan(0)
    expect(sum(told.interTokenMs)).toBeLessThanOrEqual(drafted.computeMs)
  })

  test('tell of no token that was emitted before', async () => {
    const prompt = { promptTokenIds: prompts[0]!, settings: { maxTokens: 12 } }
    const whole = await generate(runner, prompt)
    told = new Told()
    const emitted = whole.tokens.slice(0, 5).map(({ id, text }) => ({ id, text }))
    const rest = await generate(runner, { ...prompt, emitted })
    expect(rest.outputTokens).toBe(whole.outputTokens)
    expect(told.generatedTokens).toBe(whole.outputTokens - 5)
    expect(told.interTokenMs).toHaveLength(whole.outputTokens - 6)
  })

  test('are reported while a text runs, and when it was cancelled', async () => {
    const leaving = new AbortController()
    let tokens = 0
    const left = generate(
      runner,
      { promptTokenIds: prompts[0]!, settings: { maxTokens: 4_000, temperature: 1 } },
      { signal: leaving.signal, onToken: (count) => (tokens = count) },
    )
    left.catch(() => undefined)
    await waitFor('a report', () => told.generatedTokens > 0)
    leaving.abort(new Error('enough'))
    await expect(left).rejects.toThrow('enough')
    await waitFor('the rest', () => told.generatedTokens >= tokens)
    expect(told.batchSizes.length).toBeGreaterThanOrEqual(told.generatedTokens)
  })
})

describe('a meter', () => {
  test('counts the time of runs side by side once', () => {
    let now = 0
    const meter = new RunMeter(() => now)
    meter.start(told.add)
    const one = { executions: 1, sequences: 1 }
    const endFirst = meter.startRun()
    now = 2
    const endSecond = meter.startRun()
    now = 5
    endSecond(one)
    now = 10
    endFirst(one)
    now = 100
    const endThird = meter.startRun()
    now = 107
    endThird(one)
    meter.flush()
    expect(told).toMatchObject({ computeMs: 10 + 7, batchSizes: [1, 1, 1] })
  })

  test('reports when asked, and when much has come together', () => {
    const reports: RunReport[] = []
    const meter = new RunMeter()
    meter.startRun()({ executions: 1, sequences: 9 })
    meter.start((report) => reports.push(report))
    meter.flush()
    expect(reports).toEqual([])
    meter.startRun()({ executions: 2, sequences: 3 })
    meter.noteTokens(1, null)
    meter.noteTokens(2, 8)
    meter.flush()
    meter.flush()
    const computeMs = expect.any(Number) as number
    expect(reports).toEqual([{ batchSizes: [3, 3], computeMs, generatedTokens: 3, interTokenMs: [4, 4] }])
    for (let i = 0; i < 1_024; i++) meter.startRun()({ executions: 1, sequences: 1 })
    expect(reports.map(({ batchSizes }) => batchSizes.length)).toEqual([2, 512, 512])
  })
})
