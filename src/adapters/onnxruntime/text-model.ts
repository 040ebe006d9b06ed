import type { GenerateRequest, GenerationResult } from '../../ports/model-runtime.js'
import type { CallContext } from '../child-process/serve-parent.js'
import { loadDetokenizer } from '../transformers/detokenizer.js'
import { DeltaSender } from './delta-sender.js'
import { GenerationLoop } from './generation-loop.js'
import type { ModelFolder } from './model-folder.js'
import type { OpenedDecoder } from './open-decoder-session.js'
import type { RunMeter } from './run-meter.js'
import type { GenerationLimits, RunLimits } from './runner-protocol.js'
import { TextGrammars } from './text-grammars.js'
import { TextSequence } from './text-sequence.js'

export interface TextModelOptions {
  readonly model: ModelFolder
  readonly folder: string
  /** Loads beside what is read here: a large vocabulary takes as long as a part of the weights. */
  readonly opening: Promise<OpenedDecoder>
  readonly generation: GenerationLimits
  readonly limits: RunLimits
  readonly meter: RunMeter
}

/** Loads a model that generates text. @throws GraphloomError `MODEL_LOAD_FAILED`. */
export async function loadTextModel({ model, folder, opening, limits, generation, meter }: TextModelOptions) {
  const { eosTokenIds, contextTokens, vocabularySize } = model
  const { runningBytes, keptBytes } = generation
  const [{ session, binding }, detokenizer] = await Promise.all([opening, loadDetokenizer(folder)])
  const text = { detokenizer, eosTokenIds, contextTokens, vocabularySize }
  const grammars = new TextGrammars({ folder, vocabularySize, eosTokenIds })
  const loop = new GenerationLoop({ session, runningBytes, keptBytes, limits, meter })
  return {
    binding,
    generate: async (request: GenerateRequest, { emit, signal }: CallContext): Promise<GenerationResult> => {
      const deltas = new DeltaSender(emit)
      const { constraint, draft } = request.settings
      const grammar = constraint ? await grammars.open(constraint, draft) : null
      try {
        const sequence = new TextSequence({ model: text, request, grammar, onDelta: deltas.add })
        return await loop.run(sequence, signal)
      } finally {
        await deltas.flush()
        grammar?.matcher[Symbol.dispose]()
      }
    },
    warm: async (): Promise<void> => {
      const row = session.openRow()!
      await session.step([row], [vocabularySize - 1])
      session.closeRow(row)
    },
  }
}
