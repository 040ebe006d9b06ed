import { GraphloomError, notFound } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { Page, PageRequest } from '../../../kernel/pages.js'
import type { EvaluationDocument, QueryEvaluation } from '../../../domain/evaluation.js'
import type { Principal } from '../../../domain/principal.js'
import { isTaskEnded } from '../../../domain/task.js'
import type { Access } from '../../access/access.js'
import { toArgumentMistake } from '../../tasks/argument-mistake.js'
import type { Tasks } from '../../tasks/start-tasks.js'
import { isInAudience, readersOf, toSoleAudience } from '../knowledge-access.js'
import type { KnowledgeBaseStore } from '../knowledge-base-store.js'
import { EVALUATE_TASK } from './evaluate-type.js'
import { toEvaluationId, toTaskId, type EvaluationAcceptance } from './evaluation-acceptance.js'
import { toEvaluationRequest, type EvaluationRequest } from './evaluation-input.js'
import type { EvaluationStore } from './evaluation-store.js'

export interface EvaluationsServiceOptions {
  readonly access: Access
  readonly bases: KnowledgeBaseStore
  readonly evaluations: EvaluationStore
  readonly acceptance: EvaluationAcceptance
  readonly work: Pick<Tasks, 'acceptance' | 'store'>
}

/** How well searches find what was judged to be relevant. */
export class EvaluationsService {
  readonly #options: EvaluationsServiceOptions

  constructor(options: EvaluationsServiceOptions) {
    this.#options = options
  }

  /**
   * Accepts an evaluation; it is on disk then, and done by a task.
   * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `OVERLOADED`, `IDEMPOTENCY_CONFLICT`, `PAYLOAD_TOO_LARGE`,
   * `FORBIDDEN`.
   */
  async start(
    principal: Principal,
    asked: Omit<EvaluationRequest, 'groups'>,
    idempotencyKey: string | null,
  ): Promise<EvaluationDocument> {
    const { access, evaluations, acceptance, work } = this.#options
    access.require(principal, 'knowledge.search')
    const input = { ...asked, groups: (principal.groups ?? []).toSorted() } as unknown as Json
    try {
      const task = await work.acceptance.accept(principal, {
        type: EVALUATE_TASK,
        input,
        ...(idempotencyKey !== null && { idempotencyKey }),
      })
      // One that was deleted does not come again with its key.
      if (isTaskEnded(task.state)) return await evaluations.require(task, toEvaluationId(task.id))
      return await acceptance.ensure(task, toEvaluationRequest(input))
    } catch (error) {
      throw toArgumentMistake(error, 'input.')
    }
  }

  /** In the order of `ids`; null for each that the principal cannot see. @throws GraphloomError `FORBIDDEN`. */
  async getMany(principal: Principal, ids: readonly string[]): Promise<(EvaluationDocument | null)[]> {
    const { access, evaluations } = this.#options
    access.require(principal, 'knowledge.read')
    const readers = readersOf(principal)
    const found = await evaluations.getMany({ tenantId: principal.tenantId }, ids)
    return found.map((one) => (one && isInAudience(one.audience, readers) ? one : null))
  }

  /**
   * Those that the principal may see, the latest first; of one knowledge base where a name is given.
   * @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT` for a foreign cursor, `FORBIDDEN`.
   */
  async list(principal: Principal, baseName: string | null, page: PageRequest): Promise<Page<EvaluationDocument>> {
    const { access, bases, evaluations } = this.#options
    access.require(principal, 'knowledge.read')
    const { tenantId, subject } = principal
    const base = baseName === null ? null : await bases.requireByName(tenantId, baseName)
    return evaluations.list(
      { tenantId },
      { audience: { in: [null, toSoleAudience(subject)] }, ...(base && { knowledgeBaseId: { eq: base.id } }) },
      page,
    )
  }

  /** What was found by now in one that the principal got from here. @throws GraphloomError `INVALID_INPUT`. */
  listQueries(evaluation: EvaluationDocument, page: PageRequest): Promise<Page<QueryEvaluation>> {
    return this.#options.evaluations.listResults(evaluation, page)
  }

  /** @throws GraphloomError `NOT_FOUND`, `CONFLICT` while its task has not ended, `FORBIDDEN`. */
  async delete(principal: Principal, id: string): Promise<void> {
    const { access, evaluations, work } = this.#options
    access.require(principal, 'knowledge.delete')
    const [evaluation] = await this.getMany(principal, [id])
    if (!evaluation) throw notFound('evaluation', id)
    const task = await work.store.get(evaluation, toTaskId(id))
    if (task && !isTaskEnded(task.state))
      throw new GraphloomError('CONFLICT', 'Its task has not ended; cancel that first.')
    await evaluations.delete(evaluation)
  }
}
