import { invalidInput } from '../../../kernel/errors.js'
import type { Page, PageRequest } from '../../../kernel/pages.js'
import type { PredictionOutput } from '../../../domain/prediction.js'
import type { Principal } from '../../../domain/principal.js'
import type { Stored } from '../../../domain/stored-document.js'
import type { TaskDocument } from '../../../domain/task.js'
import type { Access } from '../../access/access.js'
import type { Payloads } from '../../payloads.js'
import { toArgumentMistake } from '../../tasks/argument-mistake.js'
import type { TaskAcceptance } from '../../tasks/task-acceptance.js'
import type { PredictionRequest } from '../prediction-input.js'
import { toPredictionJson } from '../prediction-json.js'
import { MAX_BATCH_ITEMS, type BatchResult, type BatchTotals } from './batch-item.js'
import type { BatchResultsStore } from './batch-results-store.js'
import { BATCH_TASK } from './batch-type.js'

export interface BatchRequest {
  readonly inputs: readonly PredictionRequest[]
  /** 0 to 9; that of bulk work when null. */
  readonly priority: number | null
  readonly idempotencyKey: string | null
}

export interface PredictionBatchesOptions {
  readonly access: Access
  readonly tasks: Pick<TaskAcceptance, 'accept'>
  readonly results: BatchResultsStore
  readonly payloads: Payloads
}

/** Many predictions at once, each batch a task. */
export class PredictionBatchesService {
  readonly #options: PredictionBatchesOptions

  constructor(options: PredictionBatchesOptions) {
    this.#options = options
  }

  /**
   * Accepts a batch; it is on disk then.
   * @throws GraphloomError `INVALID_INPUT` with the path of the first input that is wrong, `OVERLOADED`,
   * `IDEMPOTENCY_CONFLICT`, `PAYLOAD_TOO_LARGE`, `FORBIDDEN`.
   */
  async start(principal: Principal, { inputs, priority, idempotencyKey }: BatchRequest): Promise<TaskDocument> {
    const { access, tasks } = this.#options
    access.require(principal, 'prediction.create')
    if (inputs.length === 0) throw invalidInput('inputs', 'must have at least one.')
    if (inputs.length > MAX_BATCH_ITEMS)
      throw invalidInput('inputs', `has ${inputs.length}; at most ${MAX_BATCH_ITEMS} are allowed.`)
    try {
      return await tasks.accept(principal, {
        type: BATCH_TASK,
        input: { inputs: inputs.map(toPredictionJson) },
        ...(priority !== null && { priority }),
        ...(idempotencyKey !== null && { idempotencyKey }),
      })
    } catch (error) {
      throw toArgumentMistake(error, '')
    }
  }

  /** What there is by now of a batch that the principal got from tasks. */
  getTotals({ id, tenantId }: Pick<TaskDocument, 'id' | 'tenantId'>): Promise<BatchTotals> {
    return this.#options.results.getTotals(tenantId, id)
  }

  /** Results of a batch that the principal got from tasks. @throws GraphloomError `INVALID_INPUT` for a foreign cursor. */
  listResults({ id, tenantId }: Pick<TaskDocument, 'id' | 'tenantId'>, page: PageRequest): Promise<Page<BatchResult>> {
    return this.#options.results.list(tenantId, id, page)
  }

  readOutput(output: Stored<PredictionOutput>): Promise<PredictionOutput> {
    return this.#options.payloads.get(output)
  }
}
