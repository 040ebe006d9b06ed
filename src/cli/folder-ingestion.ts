import { createHash, randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { hashFile } from '../adapters/filesystem/hash-file.js'
import { type ApiClient, Refused, Unreachable } from './api-client.js'
import type { FolderFile } from './folder-files.js'
import { ADD_DOCUMENTS, CANCEL_TASK, CREATE_UPLOAD, DOCUMENTS, FOLLOW_TASK } from './ingest-operations.js'
import type { Progress } from './progress-line.js'

export interface FolderIngestionOptions {
  readonly client: ApiClient
  readonly knowledgeBase: string
  readonly onProgress: (progress: Progress) => void
  /** Ends it: what is under way is cancelled. */
  readonly signal: AbortSignal
}

export interface IngestionReport {
  readonly total: number
  readonly unchanged: number
  readonly ingested: number
  readonly failures: readonly FileFailure[]
}

export interface FileFailure {
  readonly key: string
  readonly reason: string
}

interface SentFile {
  readonly key: string
  readonly upload: string
}

interface DocumentPage {
  readonly documents: {
    readonly nodes: readonly KnownDocument[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

interface KnownDocument {
  readonly key: string | null
  readonly state: string
  readonly error: { readonly message: string } | null
  readonly versions: { readonly nodes: readonly { readonly contentSha256: string | null }[] }
}

interface TaskItem {
  readonly __typename: string
  readonly cursor: string
  readonly task?: { readonly progress: { readonly done: number } | null }
}

const PARALLEL_FILES = 4
const FILES_OF_A_TASK = 50
const OPEN_TASKS = 4
const CANCEL_LIMIT_MS = 10_000

/** Sends files to a knowledge base, and waits until they are in: those alone whose content it does not have. */
export class FolderIngestion {
  readonly #options: FolderIngestionOptions
  readonly #failures: FileFailure[] = []
  /** Documents of each task that are through. */
  readonly #through = new Map<string, number>()
  readonly #open = new Map<string, Promise<void>>()
  #sent: SentFile[] = []
  #total = 0

  constructor(options: FolderIngestionOptions) {
    this.#options = options
  }

  /** @throws Refused, Unreachable; the signal's reason when that aborts. */
  async run(files: readonly FolderFile[]): Promise<IngestionReport> {
    const changed = await this.#findChanged(files)
    this.#total = changed.length
    this.#tell()
    try {
      await inParallel(changed, (file) => this.#send(file))
      await this.#add()
      await Promise.all(this.#open.values())
    } catch (error) {
      await this.#cancel()
      throw error
    }
    const failures = [...this.#failures, ...(await this.#listFailures(changed))]
    return {
      total: files.length,
      unchanged: files.length - changed.length,
      ingested: changed.length - failures.length,
      failures,
    }
  }

  async #findChanged(files: readonly FolderFile[]): Promise<FolderFile[]> {
    const known = new Map<string, string | null>()
    for await (const { key, state, versions } of this.#listDocuments(null))
      if (key !== null && state !== 'FAILED') known.set(key, versions.nodes[0]?.contentSha256 ?? null)
    const changed = new Set<FolderFile>()
    await inParallel(files, async (file) => {
      const before = known.get(file.key) ?? null
      if (before === null || (await this.#hash(file)) !== before) changed.add(file)
    })
    return files.filter((file) => changed.has(file))
  }

  /** Null for a file that cannot be read, which is told when it is sent. */
  async #hash({ path }: FolderFile): Promise<string | null> {
    const { signal } = this.#options
    const hash = createHash('sha256')
    try {
      await hashFile(path, hash, { signal, onRead: () => undefined })
      return hash.digest('hex')
    } catch {
      signal.throwIfAborted()
      return null
    }
  }

  async #send(file: FolderFile): Promise<void> {
    const { client, signal } = this.#options
    signal.throwIfAborted()
    try {
      if (file.sizeBytes === 0) throw new Refused('INVALID_INPUT', 'The file is empty.')
      await using content = await open(file.path)
      const input = { name: file.key.slice(-MAX_NAME_CHARACTERS), sizeBytes: file.sizeBytes }
      const created = await client.ask<{ upload: { id: string }; uploadPath: string }>(CREATE_UPLOAD, { input }, signal)
      const body = Readable.toWeb(content.createReadStream({ autoClose: false })) as ReadableStream
      const { state } = (await client.put(created.uploadPath, body, signal)) as { readonly state: string }
      if (state !== 'COMPLETE') throw new Refused('CONFLICT', 'The file was changed while it was read.')
      this.#sent.push({ key: file.key, upload: created.upload.id })
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Unreachable) throw error
      this.#fail(file.key, error)
    }
    if (this.#sent.length >= FILES_OF_A_TASK) await this.#add()
  }

  async #add(): Promise<void> {
    const sent = this.#sent
    this.#sent = []
    if (sent.length === 0) return
    while (this.#open.size >= OPEN_TASKS) await Promise.race(this.#open.values())
    this.#options.signal.throwIfAborted()
    await this.#addTask(sent)
  }

  /** One that is refused keeps the others out: they are asked for again in halves. */
  async #addTask(sent: readonly SentFile[]): Promise<void> {
    const { client, knowledgeBase } = this.#options
    const documents = sent.map(({ key, upload }) => ({ key, upload, source: key }))
    const variables = { input: { knowledgeBase, documents }, idempotencyKey: randomUUID() }
    try {
      const { task } = await client.ask<{ task: { id: string } }>(ADD_DOCUMENTS, variables)
      const following = this.#follow(task.id).finally(() => this.#open.delete(task.id))
      following.catch(() => undefined)
      this.#open.set(task.id, following)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (sent.length === 1) return this.#fail(sent[0]!.key, error)
      const middle = Math.ceil(sent.length / 2)
      await this.#addTask(sent.slice(0, middle))
      await this.#addTask(sent.slice(middle))
    }
  }

  /** Until the task has ended, over as many connections as it takes. */
  async #follow(id: string): Promise<void> {
    const { client, signal } = this.#options
    let after: string | null = null
    for (let attempt = 1; ; attempt++) {
      try {
        for await (const item of client.follow<TaskItem>(FOLLOW_TASK, { id, after }, signal)) {
          after = item.cursor
          attempt = 1
          if (item.task?.progress) this.#through.set(id, item.task.progress.done)
          this.#tell()
          if (item.__typename === 'StreamEnd') return
        }
      } catch (error) {
        if (attempt >= FOLLOW_ATTEMPTS) throw new Unreachable(error instanceof Error ? error.message : String(error))
      }
      signal.throwIfAborted()
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_PAUSE_MS * attempt))
    }
  }

  /** Of what is under way nothing goes on when nobody waits for it. */
  async #cancel(): Promise<void> {
    const { client } = this.#options
    const limit = AbortSignal.timeout(CANCEL_LIMIT_MS)
    const cancelled = [...this.#open.keys()].map((id) => client.ask(CANCEL_TASK, { input: { id } }, limit))
    await Promise.allSettled(cancelled)
  }

  async #listFailures(files: readonly FolderFile[]): Promise<FileFailure[]> {
    const keys = new Set(files.map(({ key }) => key))
    const failures: FileFailure[] = []
    for await (const { key, error } of this.#listDocuments('FAILED'))
      if (key !== null && keys.has(key)) failures.push({ key, reason: error?.message ?? 'It failed.' })
    return failures
  }

  async *#listDocuments(state: string | null): AsyncGenerator<KnownDocument, void, void> {
    const { client, knowledgeBase: name, signal } = this.#options
    for (let after: string | null = null; ;) {
      const variables: object = { name, after, state }
      const base: DocumentPage | null = await client.ask(DOCUMENTS, variables, signal)
      if (!base) throw new Refused('NOT_FOUND', `There is no knowledge base "${name}".`)
      yield* base.documents.nodes
      if (!base.documents.pageInfo.hasNextPage) return
      after = base.documents.pageInfo.endCursor
    }
  }

  #fail(key: string, error: unknown): void {
    this.#failures.push({ key, reason: error instanceof Error ? error.message : String(error) })
    this.#tell()
  }

  #tell(): void {
    const through = [...this.#through.values()].reduce((sum, done) => sum + done, 0)
    const done = Math.min(this.#total, through + this.#failures.length)
    const text = this.#failures.length === 0 ? 'documents' : `documents, ${this.#failures.length} failed`
    this.#options.onProgress({ done, total: this.#total, text })
  }
}

const MAX_NAME_CHARACTERS = 512
const FOLLOW_ATTEMPTS = 10
const FOLLOW_PAUSE_MS = 200

/** Ends when all have ended. @throws what one of them threw. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const workers = Array.from({ length: PARALLEL_FILES }, async () => {
    for (const item of left) await work(item)
  })
  const results = await Promise.allSettled(workers)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
