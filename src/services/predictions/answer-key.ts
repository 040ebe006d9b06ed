import { createHash } from 'node:crypto'
import { canonicalJson } from '../../kernel/json.js'
import type { ModelVersionDocument } from '../../domain/model.js'
import type { PredictionInput } from '../../domain/prediction.js'

/** Everything that decides an answer. */
export interface Question {
  readonly tenantId: string
  readonly version: Pick<ModelVersionDocument, 'id' | 'sha256'>
  /** With all settings filled in. */
  readonly input: PredictionInput
  /** As the client gave it; null when it is drawn. */
  readonly seed: number | null
}

/**
 * SHA-256 of a question, the same for the same question; null for one whose answer may be another each time: a text
 * that is drawn without a given seed, or drafted.
 */
export function answerKeyOf({ tenantId, version, input, seed }: Question): string | null {
  const settings = 'settings' in input ? input.settings : null
  const isDrawn = settings !== null && settings.temperature > 0
  if (settings?.draft || (isDrawn && seed === null)) return null
  // Wherever its schema was given, it is the same question.
  const { hasResponseSchema: _, ...asked } = input as PredictionInput & { readonly hasResponseSchema?: true }
  const question = { tenantId, version: version.id, files: version.sha256, input: asked, seed: isDrawn ? seed : null }
  return createHash('sha256').update(canonicalJson(question)).digest('hex')
}
