import { isTaskEnded, type TaskDocument, type TaskProgress } from '../../domain/task.js'
import type { ErrorInfo } from '../../kernel/errors.js'
import type { IndexGeneration, KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { ApproximateFigures, VectorIndex } from '../../ports/vector-index.js'
import type { Access } from '../access/access.js'
import type { BaseFigures, DocumentRecords } from './document-records.js'
import { isInAudience, readersOf } from './knowledge-access.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'

export interface GenerationsOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly vectorIndex: VectorIndex
  readonly getTask: (tenantId: string, taskId: string) => Promise<TaskDocument | null>
}

export const GENERATION_STATES = ['BUILDING', 'READY', 'ACTIVE', 'FAILED', 'CANCELLED'] as const
export type GenerationState = (typeof GENERATION_STATES)[number]

/** A generation as it stands. */
export interface GenerationStatus extends IndexGeneration {
  readonly knowledgeBase: KnowledgeBaseDocument
  readonly state: GenerationState
  readonly progress: TaskProgress | null
}

/** Ways in which a base's documents are cut and embedded, one of which searches read. */
export class GenerationsService {
  readonly #options: GenerationsOptions

  constructor(options: GenerationsOptions) {
    this.#options = options
  }

  /** The latest first. @throws GraphloomError `FORBIDDEN`. */
  async list(principal: Principal, base: KnowledgeBaseDocument): Promise<GenerationStatus[]> {
    this.#options.access.require(principal, 'knowledge.read', base)
    return Promise.all(base.generations.toReversed().map((one) => this.#describe(base, one)))
  }

  /** By its number; null when there is none. @throws GraphloomError `FORBIDDEN`. */
  async get(principal: Principal, base: KnowledgeBaseDocument, number: number): Promise<GenerationStatus | null> {
    this.#options.access.require(principal, 'knowledge.read', base)
    const generation = base.generations.find((one) => one.number === number)
    return generation ? this.#describe(base, generation) : null
  }

  /** What it has of the documents that the principal may see. @throws GraphloomError `FORBIDDEN`. */
  async sumUp(principal: Principal, { knowledgeBase: base, number }: GenerationStatus): Promise<BaseFigures> {
    const { access, records } = this.#options
    access.require(principal, 'knowledge.read', base)
    const readers = readersOf(principal)
    const audiences = (await records.listAudiences(base)).filter((audience) => isInAudience(audience, readers))
    return number === base.countedGeneration
      ? records.sumUp(base, audiences)
      : records.sumUpGeneration(base, number, audiences)
  }

  /** How well its vectors are found without comparing all; null while all are compared. @throws GraphloomError `FORBIDDEN`. */
  async getApproximateSearch(
    principal: Principal,
    { knowledgeBase, indexName }: GenerationStatus,
  ): Promise<ApproximateFigures | null> {
    this.#options.access.require(principal, 'knowledge.read', knowledgeBase)
    return this.#options.vectorIndex.figures(indexName)
  }

  async #describe(knowledgeBase: KnowledgeBaseDocument, generation: IndexGeneration): Promise<GenerationStatus> {
    const { taskId } = generation
    const task = taskId === null ? null : await this.#options.getTask(knowledgeBase.tenantId, taskId)
    const state = toState(knowledgeBase, generation, task)
    const isBuilding = state === 'BUILDING'
    const error = state === 'FAILED' ? (generation.error ?? task?.error ?? null) : null
    return { ...generation, knowledgeBase, state, error, progress: isBuilding ? (task?.progress ?? null) : null }
  }
}

function toState(
  { activeGeneration }: KnowledgeBaseDocument,
  { number, readyAt, error }: IndexGeneration & { readonly error: ErrorInfo | null },
  task: TaskDocument | null,
): GenerationState {
  if (number === activeGeneration) return 'ACTIVE'
  if (readyAt !== null) return 'READY'
  if (error || !task) return 'FAILED'
  if (!isTaskEnded(task.state)) return 'BUILDING'
  return task.state === 'CANCELLED' ? 'CANCELLED' : 'FAILED'
}
