import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GraphloomError } from '../../kernel/errors.js'
import { syncFolder } from './durable-files.js'

const LOCK_FILE = 'lock.db'
const HOLDER_FILE = 'lock.json'

/** A folder that belongs to this process until it is disposed, or the process ends, however it does. */
export interface DataDirectory extends AsyncDisposable {
  /** Absolute path. */
  readonly path: string
  /** Folder of the state database. */
  readonly statePath: string
  /** Folder of the blobs. */
  readonly blobsPath: string
  /** Folder of downloaded models. */
  readonly modelsPath: string
  /** Folder of indexes, which can be made again from the rest; made by the first. */
  readonly indexesPath: string
}

interface Holder {
  readonly pid: number
  readonly host: string
  readonly since: string
}

/**
 * Creates the folder where it is missing and takes it for this process. `UNAVAILABLE` with one line that names who
 * holds it, or why it cannot be used.
 *
 * The lock is the kernel's, on a file held open by SQLite: it ends with the process, so that none is ever stale. The
 * text beside only says who has it.
 */
export async function openDataDirectory(folder: string): Promise<DataDirectory> {
  const path = resolve(folder)
  const statePath = join(path, 'state')
  const blobsPath = join(path, 'blobs')
  const modelsPath = join(path, 'models')
  try {
    await createFolder(path)
  } catch (error) {
    throw cannotUse(path, error)
  }
  const lock = await takeLock(path)
  try {
    await createFolder(statePath)
    await createFolder(blobsPath)
    await createFolder(modelsPath)
    const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() }
    await writeFile(join(path, HOLDER_FILE), `${JSON.stringify(holder)}\n`)
  } catch (error) {
    lock.close()
    throw cannotUse(path, error)
  }
  return {
    path,
    statePath,
    blobsPath,
    modelsPath,
    indexesPath: join(path, 'indexes'),
    [Symbol.asyncDispose]: async () => {
      if (lock.isOpen) lock.close()
      return Promise.resolve()
    },
  }
}

async function createFolder(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true, mode: 0o700 })
  if (created === undefined) return
  // Every folder that was made is durable when the folder above it is.
  for (let folder = path; ; folder = dirname(folder)) {
    await syncFolder(dirname(folder))
    if (folder === created) return
  }
}

async function takeLock(path: string): Promise<DatabaseSync> {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(join(path, LOCK_FILE), { timeout: 0 })
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN EXCLUSIVE',
    )
    return database
  } catch (error) {
    database?.close()
    const isBusy = error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5
    if (!isBusy) throw cannotUse(path, error)
    const holder = await readHolder(path)
    throw new GraphloomError('UNAVAILABLE', `The data directory ${path} is in use by ${holder}.`)
  }
}

async function readHolder(path: string): Promise<string> {
  try {
    const { pid, host, since } = JSON.parse(await readFile(join(path, HOLDER_FILE), 'utf8')) as Holder
    return `process ${pid} on ${host} since ${since}`
  } catch {
    return 'another process'
  }
}

function cannotUse(path: string, error: unknown): GraphloomError {
  const reason = error instanceof Error ? error.message : String(error)
  return new GraphloomError('UNAVAILABLE', `The data directory ${path} cannot be used: ${reason}.`, { cause: error })
}
