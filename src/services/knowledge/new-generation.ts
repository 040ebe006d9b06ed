import { invalidInput } from '../../kernel/errors.js'
import { toGenerationId, type IndexGeneration } from '../../domain/knowledge.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { Principal } from '../../domain/principal.js'
import type { ModelsService } from '../models/models.service.js'

const EMBEDDING_TASK = 'TEXT_EMBEDDING'

/** @throws GraphloomError `NOT_FOUND`, `INVALID_INPUT` where it is a model for something else. */
export async function requireEmbeddingModel(
  models: Pick<ModelsService, 'requireByReference'>,
  principal: Principal,
  reference: string,
): Promise<ModelVersionDocument> {
  const path = 'input.embeddingModel'
  const model = await models.requireByReference(principal, reference, path)
  checkEmbeddingModel(model, path)
  return model
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkEmbeddingModel({ task }: ModelVersionDocument, path: string): void {
  if (task !== EMBEDDING_TASK) throw invalidInput(path, `is a model for ${task}; one for ${EMBEDDING_TASK} is needed.`)
}

export interface NewGeneration {
  readonly knowledgeBaseId: string
  readonly number: number
  readonly model: ModelVersionDocument
  readonly chunking: IndexGeneration['chunking']
  readonly taskId: string | null
  readonly now: number
}

/** A generation that has no document yet. */
export const toGeneration = ({
  knowledgeBaseId,
  number,
  model,
  chunking,
  taskId,
  now,
}: NewGeneration): IndexGeneration => ({
  id: toGenerationId(knowledgeBaseId, number),
  number,
  embeddingModelVersionId: model.id,
  dimensions: model.embeddingDimensions ?? 0,
  chunking,
  indexName: `${knowledgeBaseId}_${number}`,
  taskId,
  createdAt: now,
  readyAt: null,
  activatedAt: null,
})
