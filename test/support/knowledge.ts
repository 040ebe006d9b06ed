import {
  ActivateGenerationDocument,
  AddDocumentsDocument,
  CreateKnowledgeBaseDocument,
  KnowledgeBaseDocumentsDocument,
  KnowledgeBaseGenerationsDocument,
  ReindexKnowledgeBaseDocument,
  SearchDocument,
  TasksDocument,
  type AddDocumentsInput,
  type CreateKnowledgeBaseInput,
  type IndexGenerationPartsFragment,
  type ReindexKnowledgeBaseInput,
  type SearchInput,
} from '../generated/graphql.js'
import { readToEnd } from './enqueued-tasks.js'
import type { TestServer } from './server.js'

/** A client of one tenant's knowledge bases. */
export class KnowledgeClient {
  readonly #server: TestServer
  readonly #token: string | undefined

  constructor(server: TestServer, token?: string) {
    this.#server = server
    this.#token = token
  }

  async create(input: CreateKnowledgeBaseInput) {
    const { createKnowledgeBase } = await this.#server.request(CreateKnowledgeBaseDocument, { input }, this.#token)
    if (createKnowledgeBase.__typename !== 'KnowledgeBase') throw new Error(JSON.stringify(createKnowledgeBase))
    return createKnowledgeBase
  }

  async startAdding(knowledgeBase: string, documents: AddDocumentsInput['documents'], idempotencyKey?: string) {
    const variables = { input: { knowledgeBase, documents }, ...(idempotencyKey !== undefined && { idempotencyKey }) }
    const { addDocuments } = await this.#server.request(AddDocumentsDocument, variables, this.#token)
    if (addDocuments.__typename !== 'AddedDocuments') throw new Error(JSON.stringify(addDocuments))
    return addDocuments
  }

  /** Adds documents and waits until they are in. */
  async add(knowledgeBase: string, documents: AddDocumentsInput['documents']) {
    const added = await this.startAdding(knowledgeBase, documents)
    const { task } = await readToEnd(this.#server, added.task.id, { token: this.#token })
    if (task?.state !== 'SUCCEEDED') throw new Error(JSON.stringify(task))
    return added.documents
  }

  async search(knowledgeBase: string, query: string, input: Partial<SearchInput> = {}) {
    const asked = { knowledgeBases: [knowledgeBase], query, ...input }
    return (await this.#server.request(SearchDocument, { input: asked }, this.#token)).search.hits
  }

  /** The latest first. */
  async generations(name: string): Promise<readonly IndexGenerationPartsFragment[]> {
    const { knowledgeBase } = await this.#server.request(KnowledgeBaseGenerationsDocument, { name }, this.#token)
    return knowledgeBase!.generations
  }

  async startReindexing(input: ReindexKnowledgeBaseInput): Promise<IndexGenerationPartsFragment> {
    const { reindexKnowledgeBase } = await this.#server.request(ReindexKnowledgeBaseDocument, { input }, this.#token)
    if (reindexKnowledgeBase.__typename !== 'IndexGeneration') throw new Error(JSON.stringify(reindexKnowledgeBase))
    return reindexKnowledgeBase
  }

  /** Builds a generation and waits until it is ready. */
  async reindex(input: ReindexKnowledgeBaseInput): Promise<number> {
    const { number, task } = await this.startReindexing(input)
    const read = await readToEnd(this.#server, task!.id, { token: this.#token })
    if (read.task?.state !== 'SUCCEEDED') throw new Error(JSON.stringify(read.task))
    return number
  }

  async activate(knowledgeBase: string, number: number): Promise<void> {
    const input = { knowledgeBase, number }
    const { activateGeneration } = await this.#server.request(ActivateGenerationDocument, { input }, this.#token)
    if (activateGeneration.__typename !== 'KnowledgeBase') throw new Error(JSON.stringify(activateGeneration))
  }

  /** Whether no document waits to be read, and no task that may bring one is left. */
  async isIdle(name: string): Promise<boolean> {
    const state = ['SCHEDULED', 'BLOCKED', 'QUEUED', 'RUNNING', 'RETRYING', 'CANCELLING'] as const
    for (const type of ['knowledge.ingest', 'knowledge.reindex']) {
      const filter = { type, state: [...state] }
      const { tasks } = await this.#server.request(TasksDocument, { filter, first: 1 }, this.#token)
      if (tasks.nodes.length > 0) return false
    }
    const asked = { name, state: 'QUEUED', first: 1 } as const
    const { knowledgeBase } = await this.#server.request(KnowledgeBaseDocumentsDocument, asked, this.#token)
    return knowledgeBase?.documents.nodes.length === 0
  }
}
