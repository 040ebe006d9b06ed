import { createHash } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CONFIGURATION_FILES } from '../../domain/model-layout.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { ModelFiles } from '../../ports/model-runtime.js'
import { hashFile } from '../filesystem/hash-file.js'
import { findPlainFile } from './plain-file.js'

/**
 * Compares files with the SHA-256 that they must have.
 * @throws GraphloomError `MODEL_LOAD_FAILED` that names the first file that is missing or another.
 */
export async function verifyChecksums(
  modelFiles: ModelFiles,
  onProgress: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { folder, checksums } = modelFiles
  const files = Object.entries(checksums)
  await checkPlaces(modelFiles)
  let totalBytes = 0
  for (const [file] of files) totalBytes += await sizeOf(folder, file)
  let doneBytes = 0
  onProgress(doneBytes, totalBytes)
  for (const [file, expected] of files) {
    const hash = createHash('sha256')
    await hashFile(join(folder, file), hash, {
      signal,
      onRead: (bytes) => {
        doneBytes += bytes
        onProgress(doneBytes, totalBytes)
      },
    })
    if (hash.digest('hex') !== expected)
      throw loadFailed(`The model's file ${file} is not the one that was registered: its SHA-256 differs.`)
  }
}

/** Files of a model that is not trusted lie where they may, and none was put beside them since it was registered. */
async function checkPlaces({ folder, root, graphFile, checksums }: ModelFiles): Promise<void> {
  if (root === undefined) return
  const places = { folder, root: await realpath(root) }
  const read = graphFile === undefined ? Object.keys(CONFIGURATION_FILES) : []
  for (const file of new Set([...read, ...Object.keys(checksums)])) {
    const size = await findPlainFile(places, file)
    if (size !== null && !Object.hasOwn(checksums, file))
      throw loadFailed(`The model's file ${file} was not there when the model was registered.`)
  }
}

async function sizeOf(folder: string, file: string): Promise<number> {
  try {
    return (await stat(join(folder, file))).size
  } catch (error) {
    throw loadFailed(`The model's file ${file} is missing.`, error)
  }
}

const loadFailed = (message: string, cause?: unknown): GraphloomError =>
  new GraphloomError('MODEL_LOAD_FAILED', message, { cause })
