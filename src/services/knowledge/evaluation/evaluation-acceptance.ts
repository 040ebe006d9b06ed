import { invalidInput, notFound } from '../../../kernel/errors.js'
import { toIdOfKind } from '../../../kernel/ids.js'
import type { Json } from '../../../kernel/json.js'
import type { EvaluationDocument } from '../../../domain/evaluation.js'
import type { KnowledgeBaseDocument } from '../../../domain/knowledge.js'
import type { Principal } from '../../../domain/principal.js'
import type { TaskDocument } from '../../../domain/task.js'
import { parseFilter } from '../filter-input.js'
import { isInAudience, readersOf, toSoleAudience } from '../knowledge-access.js'
import type { KnowledgeBaseStore } from '../knowledge-base-store.js'
import type { UploadsService } from '../uploads/uploads.service.js'
import { checkAnswering, checkEvaluatedSearch, type EvaluationRequest } from './evaluation-input.js'
import { readEvaluationSet } from './evaluation-set.js'
import type { EvaluationStore } from './evaluation-store.js'

export interface EvaluationAcceptanceOptions {
  readonly bases: KnowledgeBaseStore
  readonly uploads: Pick<UploadsService, 'read'>
  readonly evaluations: EvaluationStore
}

/** An evaluation and its task have the same id, but for its kind. */
export const toEvaluationId = (taskId: string): string => toIdOfKind('evaluation', taskId)
export const toTaskId = (evaluationId: string): string => toIdOfKind('task', evaluationId)

/** What is asked for as it is told of an evaluation, without questions and judgements. */
export const toSettings = ({ search, depths, relevantFrom, answers }: EvaluationRequest): Json =>
  ({ search, depths, relevantFrom, answers }) as unknown as Json

/** Lets evaluations in: checks all that can be known before a question is asked, and makes their records. */
export class EvaluationAcceptance {
  readonly #options: EvaluationAcceptanceOptions

  constructor(options: EvaluationAcceptanceOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `INVALID_INPUT` with the path of what is wrong, `NOT_FOUND` for a knowledge base. */
  async check(request: EvaluationRequest, path: string, principal: Principal): Promise<void> {
    const { uploads } = this.#options
    const { tenantId } = principal
    checkEvaluatedSearch(request, path)
    checkAnswering(request, path)
    const { filter } = request.search
    for (const { metadataFields } of await this.#requireBases(tenantId, request))
      if (filter) parseFilter(filter, metadataFields, `${path}.search.filter`)
    const foreign = request.groups.find((group) => !principal.groups?.includes(group))
    if (foreign !== undefined) throw invalidInput(`${path}.groups`, `You are not in the group "${foreign}".`)
    await this.#checkEarlier(request, path, principal)
    await readEvaluationSet(request, { uploads, tenantId, path })
  }

  /** The record of a task's evaluation: made once, however often it is asked for. */
  async ensure(
    { id: taskId, tenantId, createdBy }: Pick<TaskDocument, 'id' | 'tenantId' | 'createdBy'>,
    request: EvaluationRequest,
  ): Promise<EvaluationDocument> {
    const bases = await this.#requireBases(tenantId, request)
    const knowledgeBaseIds = bases.map(({ id }) => id)
    return this.#options.evaluations.ensure({
      id: toEvaluationId(taskId),
      tenantId,
      createdBy,
      name: request.name,
      knowledgeBaseIds,
      knowledgeBaseId: knowledgeBaseIds[0]!,
      settings: toSettings(request),
      queryCount: null,
      unjudgedCount: null,
      missingDocumentCount: null,
      metrics: null,
      answers: null,
      comparedToId: request.compareTo,
      delta: null,
      audience: toSoleAudience(createdBy),
    })
  }

  #requireBases(tenantId: string, { search }: EvaluationRequest): Promise<KnowledgeBaseDocument[]> {
    return Promise.all(search.knowledgeBases.map((name) => this.#options.bases.requireByName(tenantId, name)))
  }

  async #checkEarlier(
    { compareTo, depths, relevantFrom }: EvaluationRequest,
    path: string,
    principal: Principal,
  ): Promise<void> {
    if (compareTo === null) return
    const { tenantId } = principal
    const earlier = await this.#options.evaluations.get({ tenantId }, compareTo)
    if (!earlier || !isInAudience(earlier.audience, readersOf(principal))) throw notFound('evaluation', compareTo)
    if (!earlier.metrics) throw invalidInput(`${path}.compareTo`, 'that evaluation has not ended, or not well.')
    const before = earlier.settings as unknown as Pick<EvaluationRequest, 'depths' | 'relevantFrom'>
    if (before.relevantFrom !== relevantFrom)
      throw invalidInput(`${path}.relevantFrom`, `is ${relevantFrom}; that evaluation had ${before.relevantFrom}.`)
    if (!depths.some((depth) => before.depths.includes(depth)))
      throw invalidInput(`${path}.depths`, `has none of that evaluation's: ${before.depths.join(', ')}.`)
  }
}
