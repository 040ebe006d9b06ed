import { symlink, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadProgress } from '../../src/domain/model.js'
import type { GenerationSettings, OutputToken } from '../../src/domain/prediction.js'
import type {
  GenerateRequest,
  GenerationResult,
  ModelRunner,
  ModelRuntime,
  RunReport,
} from '../../src/ports/model-runtime.js'
import { bundledModel } from './models.js'

export const NEVER = new AbortController().signal

const GREEDY: GenerationSettings = {
  maxTokens: 48,
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  stop: [],
  logprobs: null,
  draft: false,
  constraint: null,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
}

export interface Prompt extends Partial<Omit<GenerateRequest, 'settings'>> {
  readonly promptTokenIds: readonly number[]
  readonly settings?: Partial<GenerationSettings>
}

/** A request for a greedy text of 48 tokens, except for what is given. */
export const toRequest = ({ settings, ...rest }: Prompt): GenerateRequest => ({
  id: 'test',
  tenantId: 'tenant',
  seed: 7,
  emitted: [],
  priority: 5,
  ...rest,
  settings: { ...GREEDY, ...settings },
})

export interface Generated extends GenerationResult {
  readonly tokens: readonly OutputToken[]
  readonly ids: readonly number[]
  readonly text: string
}

/** Generates to the end; throws when a delta's text is not that of its tokens. */
export async function generate(
  runner: ModelRunner,
  prompt: Prompt,
  options: { readonly signal?: AbortSignal; readonly onToken?: (count: number) => void } = {},
): Promise<Generated> {
  const tokens: OutputToken[] = []
  let text = ''
  const onDelta: Parameters<ModelRunner['generate']>[1] = (delta) => {
    text += delta.text
    tokens.push(...delta.tokens)
    if (delta.tokens.map((token) => token.text).join('') !== delta.text)
      throw new Error(`The delta "${delta.text}" is not the text of its tokens.`)
    options.onToken?.(tokens.length)
  }
  const result = await runner.generate(toRequest(prompt), onDelta, options.signal ?? NEVER)
  return { ...result, tokens, ids: tokens.map((token) => token.id), text }
}

export function startBundled(
  runtime: ModelRuntime,
  name: string,
  onProgress: (progress: LoadProgress) => void = () => undefined,
): Promise<ModelRunner> {
  const { path, checksums } = bundledModel(name)
  return startFolder(runtime, path, { checksums, onProgress })
}

export function startFolder(
  runtime: ModelRuntime,
  folder: string,
  options: {
    readonly checksums?: Readonly<Record<string, string>>
    readonly onProgress?: (progress: LoadProgress) => void
    readonly onRuns?: (report: RunReport) => void
    readonly signal?: AbortSignal
    readonly threads?: number
  } = {},
): Promise<ModelRunner> {
  const { checksums = {}, onProgress = () => undefined, onRuns = () => undefined } = options
  const { signal = NEVER, threads = 2 } = options
  const settings = { maxBatchTokens: 512 }
  return runtime.startRunner({
    versionId: folder,
    files: { folder, checksums },
    threads,
    settings,
    onProgress,
    onRuns,
    signal,
  })
}

/** A bundled model in another folder, with other values in its `config.json`. */
export async function copyModel(
  name: string,
  folder: string,
  config: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { path } = bundledModel(name)
  const own = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as object
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...own, ...config }))
  for (const file of ['generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx'])
    await symlink(join(path, file), join(folder, file))
}
