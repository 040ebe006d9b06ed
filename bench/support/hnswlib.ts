import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { NEAREST, recallOf, type Ranked, type StoredVectors } from './stored-vectors.js'

/** What vectors are searched with beside the server, fetched once into `.cache/peers`; it is compiled there. */
const PACKAGE = 'hnswlib-node@3.0.0'
const LINKS = 16
const BUILD_WIDTH = 200
const WIDTHS = [16, 32, 64, 128, 256, 512]
const WANTED_RECALL = 0.98

interface Graph {
  initIndex(options: { maxElements: number; m: number; efConstruction: number; randomSeed: number }): void
  readIndexSync(file: string): void
  writeIndexSync(file: string): void
  addPoint(point: readonly number[], label: number): void
  setEf(width: number): void
  searchKnn(point: readonly number[], count: number, filter?: (label: number) => boolean): { distances: number[] }
}

interface Hnswlib {
  readonly HierarchicalNSW: new (space: 'ip', dimensions: number) => Graph
}

export interface HnswPeer {
  /** How far it looks. */
  readonly width: number
  search(vector: Float32Array, isKept?: (row: number) => boolean): Ranked
}

interface HnswOptions {
  /** Folder for what is made once. */
  readonly cache: string
  readonly questions: readonly Float32Array[]
  /** The nearest of each question. */
  readonly nearest: readonly Ranked[]
}

/** A graph over the vectors, made once; it looks no further than these questions ask for. */
export function openHnswlib(stored: StoredVectors, { cache, questions, nearest }: HnswOptions): HnswPeer {
  const folder = join(cache, 'peers/hnswlib')
  const installed = join(folder, 'node_modules/hnswlib-node')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(installed))
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', PACKAGE], { cwd: folder, stdio: 'inherit' })
  const { HierarchicalNSW } = createRequire(import.meta.url)(installed) as Hnswlib
  const graph = new HierarchicalNSW('ip', stored.vectors[0]!.length)
  const file = join(cache, `search/hnswlib-${stored.ids.length}.bin`)
  if (existsSync(file)) graph.readIndexSync(file)
  else {
    console.log('hnswlib makes its graph, which takes minutes')
    graph.initIndex({ maxElements: stored.ids.length, m: LINKS, efConstruction: BUILD_WIDTH, randomSeed: 1 })
    for (const [row, vector] of stored.vectors.entries()) graph.addPoint(Array.from(vector), row)
    graph.writeIndexSync(file)
  }
  const search: HnswPeer['search'] = (vector, isKept) =>
    graph.searchKnn(Array.from(vector), NEAREST, isKept).distances.map((distance) => 1 - distance)
  const width = WIDTHS.find((one) => {
    graph.setEf(one)
    const recalls = questions.map((question, i) => recallOf(search(question), nearest[i]!))
    return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length >= WANTED_RECALL
  })
  return { search, width: width ?? WIDTHS.at(-1)! }
}
