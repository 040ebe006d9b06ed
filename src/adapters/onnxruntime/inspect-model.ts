import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CONFIGURATION_FILES,
  GRAPH_FILES,
  GRAPH_FOLDER,
  MODULE_CONFIGURATION,
  MODULE_FOLDER,
} from '../../domain/model-layout.js'
import type { InspectRequest, ModelInspection, ModelOutline } from '../../ports/model-runtime.js'
import { hashFile } from '../filesystem/hash-file.js'
import { checkGraph } from './check-graph.js'
import { checkTokenizer } from './check-tokenizer.js'
import { describeModel } from './describe-model.js'
import { listExternalData } from './external-data.js'
import { readModelFolder } from './model-folder.js'
import { findPlainFile, type FilePlaces } from './plain-file.js'
import { wrongFile } from './weights.js'

const MODULE_BYTES = 1 << 20
/** Without any of these a model is a graph alone. */
const TEXT_FILES: ReadonlySet<string> = new Set(['config.json', 'tokenizer.json', 'tokenizer_config.json'])

/**
 * Checks everything about a model that can be told without loading its weights, and computes its checksums. Called in a
 * process that may be lost. `alive` is called while it gets on.
 * @throws GraphloomError `INVALID_INPUT` that names the file that is missing or wrong.
 */
export async function inspectModel(
  places: FilePlaces & Pick<InspectRequest, 'graphFile'>,
  alive: () => void,
  signal: AbortSignal,
): Promise<ModelInspection> {
  const { folder, graphFile } = places
  const files = graphFile === undefined ? await listConfigurationFiles(places) : []
  if (graphFile !== undefined) await findPlainFile(places, graphFile)
  for (const { file } of GRAPH_FILES) await findPlainFile(places, `${GRAPH_FOLDER}/${file}`)
  const { weights, vocabularySize } = await readModelFolder(folder, { graphFile })
  await findPlainFile(places, weights.graphFile)
  const description = await describeModel(folder, graphFile)
  alive()
  const weightFiles = [weights.graphFile, ...(await listExternalData(places, weights.graphFile))]
  alive()
  checkGraph(description, weights.graphFile, vocabularySize)
  if (description.task !== 'TENSOR') await checkTokenizer(folder, { task: description.task, vocabularySize })
  alive()
  const checksums: Record<string, string> = {}
  let sizeBytes = 0
  for (const file of new Set(weightFiles)) sizeBytes += (await findPlainFile(places, file)) ?? 0
  for (const file of new Set([...files, ...weightFiles])) {
    const hash = createHash('sha256')
    await hashFile(join(folder, file), hash, { signal, onRead: alive })
    checksums[file] = hash.digest('hex')
  }
  return { description: { ...description, sizeBytes }, checksums }
}

/** What a model's configuration says, whose weights may not be there yet. */
export async function outlineModel(places: FilePlaces): Promise<ModelOutline> {
  const files = await listConfigurationFiles(places)
  if (!files.some((file) => TEXT_FILES.has(file)))
    return { task: 'TENSOR', contextTokens: 0, embeddingDimensions: null }
  const none = { dtype: '', graphFile: '', sizeBytes: 0 }
  const { task, contextTokens, embeddingDimensions } = await readModelFolder(places.folder, { find: async () => none })
  return { task, contextTokens, embeddingDimensions }
}

/** Those that are there, none larger than its kind may be. */
async function listConfigurationFiles(places: FilePlaces): Promise<string[]> {
  const names = await readdir(places.folder).catch(() => [])
  const limits = new Map(Object.entries(CONFIGURATION_FILES))
  for (const name of names) if (MODULE_FOLDER.test(name)) limits.set(`${name}/${MODULE_CONFIGURATION}`, MODULE_BYTES)
  const found: string[] = []
  for (const [file, maxBytes] of limits) {
    const size = await findPlainFile(places, file)
    if (size === null) continue
    if (size > maxBytes) throw wrongFile(file, `has ${size} bytes; at most ${maxBytes} are read`)
    found.push(file)
  }
  return found
}
