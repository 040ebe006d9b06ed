import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import type { BundledModel } from '../../src/services/models/registry.js'

/** Folder of the models that come with the server. */
export const modelsDirectory = fileURLToPath(new URL('../../../models', import.meta.url))

export const CHAT_MODEL = 'SmolLM2-135M-Instruct'
export const EMBEDDING_MODEL = 'all-MiniLM-L6-v2'

export function bundledModel(name: string): BundledModel & { readonly path: string } {
  const models = JSON.parse(readFileSync(join(modelsDirectory, 'catalogue.json'), 'utf8')) as BundledModel[]
  const model = models.find((candidate) => candidate.name === name)
  if (!model) throw new Error(`There is no bundled model ${name}.`)
  return { ...model, path: join(modelsDirectory, model.folder) }
}

export interface GoldenGeneration {
  readonly prompt: string
  readonly promptTokenIds: readonly number[]
  readonly greedyTokenIds: readonly number[]
  /** Logit of each token minus that of the runner-up; below 1 another CPU may choose otherwise. */
  readonly margins: readonly number[]
  readonly text: string
}

export interface GoldenEmbedding {
  readonly text: string
  readonly tokenIds: readonly number[]
  readonly embedding: readonly number[]
}

export function readGolden<T>(name: string): readonly T[] {
  return (JSON.parse(readFileSync(join(bundledModel(name).path, 'golden.json'), 'utf8')) as { items: T[] }).items
}

/** How many tokens agree before the first difference that the file's margin does not excuse; -1 when none is left. */
export function firstRealDifference(golden: GoldenGeneration, tokens: readonly number[]): number {
  for (let i = 0; i < Math.min(golden.greedyTokenIds.length, tokens.length); i++) {
    if (tokens[i] === golden.greedyTokenIds[i]) continue
    return (golden.margins[i] ?? 0) >= 1 ? i : -1
  }
  return -1
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  let [dot, aa, bb] = [0, 0, 0]
  a.forEach((x, i) => {
    dot += x * b[i]!
    aa += x * x
    bb += b[i]! * b[i]!
  })
  return dot / Math.sqrt(aa * bb)
}
