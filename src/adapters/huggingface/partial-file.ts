import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../filesystem/durable-files.js'
import { hashFile } from '../filesystem/hash-file.js'
import type { HubFile } from '../../domain/model.js'

/** A file that is being downloaded: what is there of it is kept as `<name>.partial`, with the checksum so far. */
export class PartialFile implements AsyncDisposable {
  readonly #file: HubFile
  readonly #target: string
  readonly #handle: FileHandle
  #hash: Hash
  #bytes = 0

  private constructor(file: HubFile, target: string, handle: FileHandle) {
    this.#file = file
    this.#target = target
    this.#handle = handle
    this.#hash = startHash(file)
  }

  /** Takes up what an earlier download left; `onBytes` is told how much of it has been read. */
  static async open(file: HubFile, target: string, signal: AbortSignal): Promise<PartialFile> {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const path = partialPath(target)
    const partial = new PartialFile(file, target, await open(path, 'a+', 0o600))
    try {
      if ((await partial.#handle.stat()).size > file.sizeBytes) await partial.restart()
      else await partial.#readBack(path, signal)
    } catch (error) {
      await partial.#handle.close()
      throw error
    }
    return partial
  }

  get bytes(): number {
    return this.#bytes
  }

  get isWhole(): boolean {
    return this.#bytes === this.#file.sizeBytes
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let offset = 0; offset < chunk.byteLength;)
      offset += (await this.#handle.write(chunk, offset, chunk.byteLength - offset)).bytesWritten
    this.#hash.update(chunk)
    this.#bytes += chunk.byteLength
  }

  /** Forgets what is there. */
  async restart(): Promise<void> {
    await this.#handle.truncate(0)
    this.#hash = startHash(this.#file)
    this.#bytes = 0
  }

  /** Gives the file its name if it has its checksum, so that it survives the loss of power; else false. */
  async finish(): Promise<boolean> {
    if (this.#hash.copy().digest('hex') !== this.#file.checksum.hex) return false
    await this.#handle.sync()
    await rename(partialPath(this.#target), this.#target)
    await syncFolder(dirname(this.#target))
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }

  async #readBack(path: string, signal: AbortSignal): Promise<void> {
    await hashFile(path, this.#hash, { signal, onRead: (bytes) => (this.#bytes += bytes) })
  }
}

/** Size of a file that is whole; null when it is not there. */
export const sizeOfWhole = (target: string): Promise<number | null> =>
  stat(target).then(
    ({ size }) => size,
    () => null,
  )

const partialPath = (target: string): string => `${target}.partial`

function startHash({ sizeBytes, checksum }: HubFile): Hash {
  return checksum.algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${sizeBytes}\0`)
}
