import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GraphloomError } from '../../kernel/errors.js'
import type { ModelFiles } from '../../ports/model-runtime.js'

const READ_BYTES = 1 << 20

/**
 * Compares files with the SHA-256 that they must have.
 * @throws GraphloomError `MODEL_LOAD_FAILED` that names the first file that is missing or another.
 */
export async function verifyChecksums(
  { folder, checksums }: ModelFiles,
  onProgress: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const files = Object.entries(checksums)
  let totalBytes = 0
  for (const [file] of files) totalBytes += await sizeOf(folder, file)
  let doneBytes = 0
  onProgress(doneBytes, totalBytes)
  for (const [file, expected] of files) {
    const hash = createHash('sha256')
    const chunks = createReadStream(join(folder, file), { highWaterMark: READ_BYTES })
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      signal.throwIfAborted()
      hash.update(chunk)
      doneBytes += chunk.byteLength
      onProgress(doneBytes, totalBytes)
    }
    if (hash.digest('hex') !== expected)
      throw loadFailed(`The model's file ${file} is not the one that was registered: its SHA-256 differs.`)
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
