import type { Clock } from '../../kernel/clock.js'
import type { ErrorInfo } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Turns } from '../../kernel/turns.js'
import {
  activeOf,
  type BaseChunking,
  type IndexGeneration,
  type KnowledgeBaseDocument,
} from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { ApproximateFigures, VectorIndex } from '../../ports/vector-index.js'
import { isTaskEnded, type TaskDocument, type TaskProgress } from '../../domain/task.js'
import type { Access } from '../access/access.js'
import type { ModelsService } from '../models/models.service.js'
import type { ModelStore } from '../models/model-store.js'
import { toArgumentMistake } from '../tasks/argument-mistake.js'
import type { TaskAcceptance } from '../tasks/task-acceptance.js'
import type { ChunkCounting } from './chunk-counting.js'
import type { BaseFigures, DocumentRecords } from './document-records.js'
import { activate, conflict, requireGeneration } from './generation-rules.js'
import { isInAudience, readersOf } from './knowledge-access.js'
import { changeChunking, toChunking } from './knowledge-base-input.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import { requireEmbeddingModel } from './new-generation.js'
import { beginGeneration, REINDEX_TASK, type ReindexInput } from './reindex-type.js'
import type { Removals } from './removals.js'
import type { SnapshotStore } from './snapshots/snapshot-store.js'

export interface GenerationsOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly records: DocumentRecords
  readonly snapshots: SnapshotStore
  readonly vectorIndex: VectorIndex
  readonly models: Pick<ModelsService, 'requireByReference'>
  readonly versions: Pick<ModelStore, 'requireVersion'>
  readonly tasks: Pick<TaskAcceptance, 'accept'>
  readonly removals: Removals
  readonly counting: ChunkCounting
  readonly turns: Turns
  readonly clock: Clock
  readonly getTask: (tenantId: string, taskId: string) => Promise<TaskDocument | null>
}

export const GENERATION_STATES = ['BUILDING', 'READY', 'ACTIVE', 'FAILED', 'CANCELLED'] as const
export type GenerationState = (typeof GENERATION_STATES)[number]

/** A generation as it stands. */
export interface GenerationStatus extends IndexGeneration {
  readonly error: ErrorInfo | null
  readonly knowledgeBase: KnowledgeBaseDocument
  readonly state: GenerationState
  readonly progress: TaskProgress | null
}

export interface ReindexKnowledgeBase {
  /** Name. */
  readonly knowledgeBase: string
  /** Reference of an embedding model; that of the active generation when null. */
  readonly embeddingModel: string | null
  /** In the place of what the active generation has. */
  readonly chunking: Partial<BaseChunking>
  readonly activate: boolean
  readonly idempotencyKey: string | null
}

/** Which generation of a base. */
export interface GenerationChoice {
  /** Name. */
  readonly knowledgeBase: string
  readonly number: number
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

  /**
   * Begins to build a generation beside the active one, as a task.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT`, `CONFLICT`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `FORBIDDEN`.
   */
  async reindex(principal: Principal, asked: ReindexKnowledgeBase): Promise<GenerationStatus> {
    const { access, bases, models, versions } = this.#options
    access.require(principal, 'knowledge.change')
    const base = await bases.requireByName(principal.tenantId, asked.knowledgeBase)
    const { embeddingModelVersionId, chunking } = activeOf(base)
    const { embeddingModel } = asked
    const model =
      embeddingModel === null
        ? await versions.requireVersion(embeddingModelVersionId)
        : await requireEmbeddingModel(models, principal, embeddingModel)
    const input: ReindexInput = {
      knowledgeBaseId: base.id,
      embeddingModelVersionId: model.id,
      chunking: toChunking(changeChunking(chunking, asked.chunking), model),
      activate: asked.activate,
    }
    const task = await this.#accept(principal, input, asked.idempotencyKey)
    const isKnown = base.generations.some(({ taskId }) => taskId === task.id)
    if (!isKnown && isTaskEnded(task.state)) throw conflict('The generation that was begun by this key was deleted.')
    const begun = await beginGeneration(this.#options, task, input)
    return this.#describe(begun.base, requireGeneration(begun.base, begun.number))
  }

  /** Lets searches read a generation from now on. @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`. */
  async activate(principal: Principal, { knowledgeBase, number }: GenerationChoice): Promise<KnowledgeBaseDocument> {
    const { access, bases, turns, counting, clock } = this.#options
    access.require(principal, 'knowledge.change')
    const base = await bases.requireByName(principal.tenantId, knowledgeBase)
    using _turn = await turns.take(base.id)
    const next = await bases.change(base, (known) => activate(known, number, clock.now()))
    counting.begin(next)
    return next
  }

  /** With its indexes and vectors. @throws GraphloomError `NOT_FOUND`, `CONFLICT`, `FORBIDDEN`. */
  async delete(principal: Principal, { knowledgeBase, number }: GenerationChoice): Promise<IndexGeneration> {
    const { access, bases, snapshots, removals } = this.#options
    access.require(principal, 'knowledge.delete')
    const base = await bases.requireByName(principal.tenantId, knowledgeBase)
    const generation = requireGeneration(base, number)
    const { state } = await this.#describe(base, generation)
    if (state === 'BUILDING') throw conflict(`Generation ${number} is being built; cancel its task first.`)
    if (state === 'ACTIVE') throw conflict(`Searches read generation ${number}; activate another first.`)
    const held = (await snapshots.list(base)).find((one) => one.generation === number)
    if (held) throw conflict(`The snapshot "${held.name}" is of generation ${number}; delete it first.`)
    await removals.removeGeneration(base, generation)
    return generation
  }

  async #accept(principal: Principal, input: ReindexInput, idempotencyKey: string | null): Promise<TaskDocument> {
    try {
      return await this.#options.tasks.accept(principal, {
        type: REINDEX_TASK,
        input: input as unknown as Json,
        ...(idempotencyKey !== null && { idempotencyKey }),
      })
    } catch (error) {
      throw toArgumentMistake(error, 'input.')
    }
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
    const { taskId, readyAt } = generation
    const isOpen = taskId !== null && readyAt === null
    const task = isOpen ? await this.#options.getTask(knowledgeBase.tenantId, taskId) : null
    const state = toState(knowledgeBase, generation, task)
    const error = state === 'FAILED' ? (task?.error ?? null) : null
    return { ...generation, knowledgeBase, state, error, progress: state === 'BUILDING' ? task!.progress : null }
  }
}

function toState(
  { activeGeneration }: KnowledgeBaseDocument,
  { number, readyAt }: IndexGeneration,
  task: TaskDocument | null,
): GenerationState {
  if (number === activeGeneration) return 'ACTIVE'
  if (readyAt !== null) return 'READY'
  if (task && !isTaskEnded(task.state)) return 'BUILDING'
  return task?.state === 'CANCELLED' ? 'CANCELLED' : 'FAILED'
}
