import {
  AddDocumentsDocument,
  CreateKnowledgeBaseDocument,
  KnowledgeBaseDocumentsDocument,
  SearchDocument,
  TasksDocument,
  type AddDocumentsInput,
  type CreateKnowledgeBaseInput,
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

  /** Whether no document waits to be read, and no task that may bring one is left. */
  async isIdle(name: string): Promise<boolean> {
    const state = ['SCHEDULED', 'BLOCKED', 'QUEUED', 'RUNNING', 'RETRYING', 'CANCELLING'] as const
    const filter = { type: 'knowledge.ingest', state: [...state] }
    const { tasks } = await this.#server.request(TasksDocument, { filter, first: 1 }, this.#token)
    if (tasks.nodes.length > 0) return false
    const asked = { name, state: 'QUEUED', first: 1 } as const
    const { knowledgeBase } = await this.#server.request(KnowledgeBaseDocumentsDocument, asked, this.#token)
    return knowledgeBase?.documents.nodes.length === 0
  }
}
