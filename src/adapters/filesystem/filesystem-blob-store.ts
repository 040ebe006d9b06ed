import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GraphloomError, notFound } from '../../kernel/errors.js'
import { createId, parseIdKind } from '../../kernel/ids.js'
import type { BlobInfo, BlobStore } from '../../ports/blob-store.js'
import { hasCode, isDiskError, syncFolder } from './durable-files.js'

const PARTIAL_FOLDER = 'partial'
const READ_BYTES = 65_536
const SHA256_HEX = /^[0-9a-f]{64}$/

/**
 * One file per blob, named by its id and checksum in a folder named by the last characters of the id, which are
 * random: `<folder>/k7/blob_….<sha256>`. What is being written lies in `partial`.
 */
export class FilesystemBlobStore implements BlobStore {
  readonly #folder: string
  /** Folders of which this process knows that their names are on the disk; there are 1,024 at most. */
  readonly #syncedFolders = new Set<string>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<FilesystemBlobStore> {
    await mkdir(join(folder, PARTIAL_FOLDER), { recursive: true, mode: 0o700 })
    await syncFolder(folder)
    return new FilesystemBlobStore(folder)
  }

  async put(
    content: AsyncIterable<Uint8Array> | Uint8Array,
    options: { maxBytes: number; signal?: AbortSignal },
  ): Promise<BlobInfo> {
    options.signal?.throwIfAborted()
    const id = createId('blob')
    const partial = join(this.#folder, PARTIAL_FOLDER, id)
    try {
      const { sizeBytes, sha256 } = await writeSynced(partial, content, options)
      const folder = await this.#openFolder(id)
      await rename(partial, join(folder, `${id}.${sha256}`))
      await syncFolder(folder)
      return { id, sizeBytes, sha256 }
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined)
      throw toBlobError(error)
    }
  }

  async *read(id: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    const name = await this.#findName(id)
    if (name === null) throw notFound('blob', id)
    const hash = createHash('sha256')
    try {
      const stream = createReadStream(join(this.#folderOf(id), name), { highWaterMark: READ_BYTES })
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        signal?.throwIfAborted()
        hash.update(chunk)
        yield chunk
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw hasCode(error, 'ENOENT') ? notFound('blob', id) : toBlobError(error)
    }
    if (hash.digest('hex') !== checksumOf(name))
      throw new GraphloomError('INTERNAL', `The content of blob "${id}" does not have its checksum.`)
  }

  async delete(id: string): Promise<void> {
    const name = await this.#findName(id)
    if (name === null) return
    try {
      await rm(join(this.#folderOf(id), name), { force: true })
      await syncFolder(this.#folderOf(id))
    } catch (error) {
      throw toBlobError(error)
    }
  }

  async sweep(olderThanMs: number, isReferenced: (id: string) => Promise<boolean>): Promise<number> {
    const before = Date.now() - olderThanMs
    let deleted = 0
    const partial = join(this.#folder, PARTIAL_FOLDER)
    for (const name of await readdir(partial)) deleted += await deleteOlder(join(partial, name), before)
    for (const part of await readdir(this.#folder)) {
      if (part === PARTIAL_FOLDER) continue
      const folder = join(this.#folder, part)
      for (const name of await readdir(folder)) {
        const id = idOf(name)
        if (id === null || !(await isOlder(join(folder, name), before)) || (await isReferenced(id))) continue
        deleted += await deleteOlder(join(folder, name), before)
      }
    }
    return deleted
  }

  async #openFolder(id: string): Promise<string> {
    const folder = this.#folderOf(id)
    if (this.#syncedFolders.has(folder)) return folder
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await syncFolder(this.#folder)
    this.#syncedFolders.add(folder)
    return folder
  }

  #folderOf(id: string): string {
    return join(this.#folder, id.slice(-2))
  }

  /** Null for an id without a blob, and for what is no blob's id: it never becomes part of a path. */
  async #findName(id: string): Promise<string | null> {
    if (parseIdKind(id) !== 'blob') return null
    try {
      const names = await readdir(this.#folderOf(id))
      return names.find((name) => idOf(name) === id) ?? null
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null
      throw toBlobError(error)
    }
  }
}

/** The id in a file's name, or null for a file that is no blob. */
function idOf(name: string): string | null {
  const [id = '', sha256 = ''] = name.split('.')
  return parseIdKind(id) === 'blob' && SHA256_HEX.test(sha256) ? id : null
}

const checksumOf = (name: string): string => name.slice(name.indexOf('.') + 1)

async function writeSynced(
  path: string,
  content: AsyncIterable<Uint8Array> | Uint8Array,
  { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal },
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  await using file = await open(path, 'wx', 0o600)
  for await (const chunk of content instanceof Uint8Array ? [content] : untilAborted(content, signal)) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes)
      throw new GraphloomError('PAYLOAD_TOO_LARGE', `The content has more than ${maxBytes} bytes.`, {
        details: { limit: { name: 'maxBytes', value: maxBytes } },
      })
    hash.update(chunk)
    await writeAll(file, chunk)
  }
  signal?.throwIfAborted()
  await file.sync()
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** The content, given up as soon as the signal aborts, also while the next piece does not come. */
async function* untilAborted(content: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => undefined)
  const onAbort = (): void => aborted.reject(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const next = await Promise.race([iterator.next(), aborted.promise])
      if (next.done) return
      yield next.value
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    iterator.return?.().catch(() => undefined)
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength;) {
    const { bytesWritten } = await file.write(chunk, offset, chunk.byteLength - offset)
    offset += bytesWritten
  }
}

async function isOlder(path: string, beforeMs: number): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs <= beforeMs
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

async function deleteOlder(path: string, beforeMs: number): Promise<number> {
  if (!(await isOlder(path, beforeMs))) return 0
  await rm(path, { force: true })
  return 1
}

const toBlobError = (error: unknown): unknown =>
  isDiskError(error)
    ? new GraphloomError('UNAVAILABLE', 'The blob store cannot be used at the moment.', { cause: error })
    : error
