import type { ModelVersionDocument } from '../../domain/model.js'
import type { ModelRunner } from '../../ports/model-runtime.js'
import type { TextCodec } from '../../ports/text-codec.js'
import type { Access } from '../access/access.js'
import type { Registry } from '../models/registry.js'
import type { Residency } from '../models/residency.js'
import { callUntilDone } from '../predictions/runner-calls.js'

export interface ModelWorkOptions {
  readonly access: Pick<Access, 'admit'>
  readonly codec: TextCodec
  readonly registry: Pick<Registry, 'folderOf'>
  readonly residency: Pick<Residency, 'acquire'>
}

/** Who asks a model, and how. */
export interface ModelAsker {
  readonly version: ModelVersionDocument
  readonly tenantId: string
  /** Who is to be charged. */
  readonly subject: string
  /** Tells the runner's requests apart. */
  readonly id: string
  readonly signal: AbortSignal
}

/** Questions go before predictions that nobody waits for; documents wait for everybody. */
export const MODEL_PRIORITIES = { query: 7, document: 3 } as const

interface ModelCall<T> {
  readonly asker: ModelAsker
  readonly priority: number
  readonly inputTokens: number
  readonly call: (
    runner: ModelRunner,
    request: { readonly id: string; readonly tenantId: string; readonly priority: number },
    signal: AbortSignal,
  ) => Promise<T>
}

/** Asks a version's runner when its turn comes; what it costs is admitted before and settled after. */
export async function askModel<T>(
  { access, residency }: Pick<ModelWorkOptions, 'access' | 'residency'>,
  { asker, priority, inputTokens, call }: ModelCall<T>,
): Promise<T> {
  const { version, tenantId, subject, id, signal } = asker
  const admission = access.admit({ kind: 'prediction', tenantId, subject, maxTokens: inputTokens })
  let done = 0
  try {
    const slot = await residency.acquire(version, { tenantId, priority }, signal)
    try {
      const limited = AbortSignal.any([signal, slot.unloaded])
      const request = { id, tenantId, priority }
      const result = await callUntilDone({ slot, signal: limited, call: (runner) => call(runner, request, limited) })
      slot.succeeded()
      done = inputTokens
      return result
    } finally {
      slot.release()
    }
  } finally {
    admission.settle({ inputTokens: done, outputTokens: 0 })
  }
}

/** The first of a text's tokens, or of what is told of each, and the last, which ends the text. */
export const cutTokens = (ids: readonly number[], most: number): readonly number[] =>
  ids.length <= most ? ids : [...ids.slice(0, most - 1), ids.at(-1)!]
