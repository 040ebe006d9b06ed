import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GRAPH_FILES, GRAPH_FOLDER } from '../../domain/model-layout.js'
import { GraphloomError } from '../../kernel/errors.js'

export interface Weights {
  readonly dtype: string
  /** Path of the graph below the model's folder. */
  readonly graphFile: string
  /** Bytes of the graph and of the files beside it that hold its weights. */
  readonly sizeBytes: number
}

/**
 * The weights in a model's folder, in the layout of transformers.js: `onnx/model_*.onnx`, with `_data`, `_data_1` and so
 * on beside it as `config.json` says.
 * @throws GraphloomError `INVALID_INPUT` that names the file that is missing.
 */
export async function findWeights(folder: string, config: Readonly<Record<string, unknown>>): Promise<Weights> {
  for (const { dtype, file } of GRAPH_FILES) {
    const graphFile = `${GRAPH_FOLDER}/${file}`
    const graphBytes = await sizeOf(join(folder, graphFile))
    if (graphBytes === null) continue
    let sizeBytes = graphBytes
    for (let part = 0; part < externalParts(config, file); part++) {
      const dataFile = `${graphFile}_data${part === 0 ? '' : `_${part}`}`
      const dataBytes = await sizeOf(join(folder, dataFile))
      if (dataBytes === null) throw wrongFile(dataFile, 'is missing')
      sizeBytes += dataBytes
    }
    return { dtype, graphFile, sizeBytes }
  }
  throw wrongFile(`${GRAPH_FOLDER}/${GRAPH_FILES[0].file}`, 'is missing')
}

/**
 * The graph of a model that is nothing else: the only one in its folder, or the preferred of those in the layout of
 * transformers.js; null when there is none. Its size has the files beside it whose names begin with its own.
 * @throws GraphloomError `INVALID_INPUT` when it cannot be told which graph is meant.
 */
export async function findPlainWeights(folder: string): Promise<Weights | null> {
  const files = await readdir(folder).catch(() => [])
  const graphs = files.filter((file) => file.endsWith('.onnx'))
  const known = GRAPH_FILES.find(({ file }) => graphs.includes(file))
  const graphFile = known?.file ?? graphs[0]
  if (graphFile === undefined) return findWeights(folder, {}).catch(() => null)
  if (!known && graphs.length > 1)
    throw wrongFile(graphs[1]!, `lies beside ${graphs[0]}: it is not clear which is meant`)
  let sizeBytes = 0
  for (const file of files) if (file.startsWith(graphFile)) sizeBytes += (await sizeOf(join(folder, file))) ?? 0
  return { dtype: known?.dtype ?? UNKNOWN_DTYPE, graphFile, sizeBytes }
}

/** A graph that is the whole model; the files that hold its weights beside it are not counted. */
export async function describeGraphFile(folder: string, graphFile: string): Promise<Weights> {
  const sizeBytes = await sizeOf(join(folder, graphFile))
  if (sizeBytes === null) throw wrongFile(graphFile, 'is missing')
  return { dtype: UNKNOWN_DTYPE, graphFile, sizeBytes }
}

/** transformers.js's word for what a graph does not tell. */
const UNKNOWN_DTYPE = 'auto'

/** `use_external_data_format` is the number of parts, true for one, or one of these for each graph. */
function externalParts(config: Readonly<Record<string, unknown>>, file: string): number {
  const own = config['transformers.js_config'] as { readonly use_external_data_format?: unknown } | undefined
  const format = own?.use_external_data_format
  const parts =
    typeof format === 'object' && format !== null ? (format as Readonly<Record<string, unknown>>)[file] : format
  return Number(parts ?? 0)
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  )

export const wrongFile = (file: string, problem: string): GraphloomError =>
  new GraphloomError('INVALID_INPUT', `The model's file ${file} ${problem}.`, { details: { path: file } })
