import type { Clock } from '../../kernel/clock.js'
import { invalidInput, isErrorWithCode, notFound } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Principal } from '../../domain/principal.js'
import type { TaskDocument } from '../../domain/task.js'
import type { BaseChunking, KnowledgeBaseDocument } from '../../domain/knowledge.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import { DEFAULTS, type TaskContext, type TaskType } from '../tasks/task-type.js'
import { GenerationBuilder, type GenerationBuilderOptions } from './generation-builder.js'
import { activate, checkRoom, requireGeneration, withGeneration } from './generation-rules.js'
import { CHUNKING_PROPERTIES } from './document-input.js'
import { toChunking } from './knowledge-base-input.js'
import type { KnowledgeBaseStore } from './knowledge-base-store.js'
import { checkEmbeddingModel, toGeneration } from './new-generation.js'

export const REINDEX_TASK = 'knowledge.reindex'
/** Building takes long: documents that come meanwhile do not wait behind it. */
const REINDEX_QUEUE = 'reindexing'
const BULK_PRIORITY = 3
const LONGEST_ID = 64

export interface ReindexInput {
  readonly knowledgeBaseId: string
  readonly embeddingModelVersionId: string
  readonly chunking: BaseChunking
  /** Whether searches read it as soon as it is ready. */
  readonly activate: boolean
}

export interface ReindexTypeOptions extends GenerationBuilderOptions {
  readonly clock: Clock
}

const ID = { type: 'string', maxLength: LONGEST_ID }

/** The building of a generation as a task. */
export function createReindexType(options: ReindexTypeOptions): TaskType {
  return {
    name: REINDEX_TASK,
    description:
      'Builds a generation of a knowledge base: cuts and embeds its documents in another way, beside the one that searches read.',
    queue: REINDEX_QUEUE,
    inputSchema: {
      type: 'object',
      properties: {
        knowledgeBaseId: ID,
        embeddingModelVersionId: ID,
        chunking: {
          type: 'object',
          properties: CHUNKING_PROPERTIES,
          required: ['method', 'maxTokens', 'overlapTokens', 'withHeadings'],
          additionalProperties: false,
        },
        activate: { type: 'boolean' },
      },
      required: ['knowledgeBaseId', 'embeddingModelVersionId', 'chunking', 'activate'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: { generation: { type: 'integer' }, active: { type: 'boolean' } },
      required: ['generation', 'active'],
      additionalProperties: false,
    },
    defaults: { ...DEFAULTS, priority: BULK_PRIORITY },
    admit: (input, path, principal) => checkInput(options, input as unknown as ReindexInput, [path, principal]),
    run: (input, context) => reindex(options, input as unknown as ReindexInput, context),
  }
}

async function checkInput(
  { bases, versions }: ReindexTypeOptions,
  { knowledgeBaseId, embeddingModelVersionId, chunking }: ReindexInput,
  [path, { tenantId }]: readonly [string, Principal],
): Promise<string> {
  const base = await requireBase(bases, tenantId, knowledgeBaseId)
  const model = await requireModel(versions, embeddingModelVersionId, `${path}.embeddingModelVersionId`)
  toChunking(chunking, model)
  checkRoom(base)
  return REINDEX_TASK
}

async function requireModel(
  versions: GenerationBuilderOptions['versions'],
  id: string,
  path: string,
): Promise<ModelVersionDocument> {
  try {
    const model = await versions.requireVersion(id)
    checkEmbeddingModel(model, path)
    return model
  } catch (error) {
    throw isErrorWithCode(error, 'NOT_FOUND') ? invalidInput(path, error.message) : error
  }
}

async function requireBase(bases: KnowledgeBaseStore, tenantId: string, id: string): Promise<KnowledgeBaseDocument> {
  const base = await bases.get({ tenantId }, id)
  if (!base) throw notFound('knowledge base', id)
  return base
}

/**
 * The generation that a task builds is there, once, however often it is asked for.
 * @throws GraphloomError `NOT_FOUND`, `CONFLICT` when there is no room for it.
 */
export async function beginGeneration(
  { bases, versions, clock }: Pick<ReindexTypeOptions, 'bases' | 'versions' | 'clock'>,
  { id: taskId, tenantId }: Pick<TaskDocument, 'id' | 'tenantId'>,
  { knowledgeBaseId, embeddingModelVersionId, chunking }: ReindexInput,
): Promise<{ readonly base: KnowledgeBaseDocument; readonly number: number }> {
  const model = await versions.requireVersion(embeddingModelVersionId)
  const base = await bases.change({ tenantId, id: knowledgeBaseId }, (known) => {
    if (known.generations.some((one) => one.taskId === taskId)) return null
    checkRoom(known)
    const number = known.latestGeneration + 1
    const begun = toGeneration({ knowledgeBaseId, number, model, chunking, taskId, now: clock.now() })
    return { ...known, latestGeneration: number, generations: [...known.generations, begun] }
  })
  return { base, number: base.generations.find((one) => one.taskId === taskId)!.number }
}

async function reindex(options: ReindexTypeOptions, input: ReindexInput, context: TaskContext): Promise<Json> {
  const { taskId, tenantId, signal, reportProgress, local } = context
  await local!.markRunning()
  const { base, number } = await beginGeneration(options, local!.task, input)
  const { readyAt } = requireGeneration(base, number)
  // An attempt before ended just when this was stored; searches may read yet another by now.
  if (readyAt !== null) return { generation: number, active: base.activeGeneration === number }
  const { clock } = options
  const builder = new GenerationBuilder(options, {
    base,
    number,
    origin: { taskId, tenantId, createdBy: local!.task.createdBy },
    signal,
    onProgress: (done, total) => reportProgress({ done, total, message: null }),
  })
  const built = await builder.run((known) => {
    const now = clock.now()
    const ready = withGeneration(known, number, { readyAt: now })
    return (input.activate ? activate(ready, number, now) : null) ?? ready
  })
  return { generation: number, active: built.activeGeneration === number }
}
