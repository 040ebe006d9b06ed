import type { TensorDescription } from '../../domain/model.js'

/** Outputs that have vectors, the preferred first: a text's, or its tokens'. */
const OUTPUTS: Readonly<Record<string, boolean>> = {
  sentence_embedding: true,
  last_hidden_state: false,
  token_embeddings: false,
}

export interface VectorOutput extends TensorDescription {
  /** Whether it has one vector for each text, not for each token. */
  readonly isPooled: boolean
}

/** The output of an embedding graph that its vectors are taken from; null when it has none. */
export function findVectors(outputs: readonly TensorDescription[]): VectorOutput | null {
  for (const [name, isPooled] of Object.entries(OUTPUTS)) {
    const output = outputs.find((one) => one.name === name)
    if (output) return { ...output, isPooled }
  }
  return null
}
