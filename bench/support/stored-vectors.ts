import { connect } from '@lancedb/lancedb'
import { askGraph } from './post.js'
import { EMBEDDING_MODEL } from '../../test/support/models.js'

export const NEAREST = 10
const TEXTS_AT_ONCE = 32
/** Cosines that differ by less are equal. */
const EPSILON = 1e-4

/** Cosines, the highest first. */
export type Ranked = readonly number[]

export interface StoredVectors {
  readonly ids: readonly string[]
  readonly vectors: readonly Float32Array[]
  /** The `part` of each row's document. */
  readonly parts: readonly number[]
  /** Compares all that are kept. */
  rank(vector: Float32Array, isKept?: (row: number) => boolean): Ranked
}

/** Reads the largest table of a server's vectors beside the server. */
export async function readStoredVectors(folder: string): Promise<StoredVectors> {
  using connection = { database: await connect(folder), [Symbol.dispose]: () => connection.database.close() }
  const tables = await Promise.all(
    (await connection.database.tableNames()).map(async (name) => {
      const table = await connection.database.openTable(name)
      return { table, rows: await table.countRows() }
    }),
  )
  const [largest] = tables.sort((a, b) => b.rows - a.rows)
  const columns = (await largest!.table.query().select(['id', 'vector', 'm_part']).toArrow()).batches
  const ids: string[] = []
  const parts: number[] = []
  const vectors: Float32Array[] = []
  for (const batch of columns) {
    const [id, vector, part] = ['id', 'vector', 'm_part'].map((name) => batch.getChild(name)!)
    for (let row = 0; row < batch.numRows; row++) {
      ids.push(String(id!.get(row)))
      parts.push(Number(part!.get(row)))
      vectors.push(Float32Array.from((vector!.get(row) as { toArray(): Float32Array }).toArray()))
    }
  }
  const rank: StoredVectors['rank'] = (vector, isKept = () => true) => {
    const scores = vectors.flatMap((one, row) => (isKept(row) ? cosine(one, vector) : []))
    return scores.sort((a, b) => b - a).slice(0, NEAREST)
  }
  return { ids, vectors, parts, rank }
}

/** Of vectors of length 1. */
function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** Share of the nearest that was found; of equal ones any will do. */
export function recallOf(found: Ranked, nearest: Ranked): number {
  const least = nearest.at(-1)! - EPSILON
  return Math.min(nearest.length, found.filter((score) => score >= least).length) / nearest.length
}

const PREDICT = `mutation ($input: PredictInput!) {
  predict(input: $input) {
    ... on Prediction { output { ... on EmbeddingOutput { vectors { values } } } }
    ... on Problem { message }
  }
}`

interface Predicted {
  readonly predict: { readonly output: { readonly vectors: readonly { readonly values: readonly number[] }[] } }
}

export async function embedQuestions(url: string, texts: readonly string[]): Promise<Float32Array[]> {
  const vectors: Float32Array[] = []
  for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE) {
    const input = { embedding: { model: EMBEDDING_MODEL, texts: texts.slice(at, at + TEXTS_AT_ONCE) } }
    const { predict } = await askGraph<Predicted>(url, PREDICT, { input })
    vectors.push(...predict.output.vectors.map(({ values }) => Float32Array.from(values)))
  }
  return vectors
}
