import { GraphloomError } from '../../../kernel/errors.js'
import { isEnded, type PredictionDocument } from '../../../domain/prediction.js'
import { joinByChoice } from '../../predictions/tokens-data.js'
import type { AnswerPredictions } from '../../predictions/answer-predictions.js'
import { WorkEnded } from '../../tasks/task-type.js'

export interface Written {
  /** All of it so far. */
  readonly text: string
  readonly isWhole: boolean
}

/**
 * What a prediction writes, as it grows; the last is the whole.
 * @throws WorkEnded when it failed or was cancelled; the signal's reason when that aborts.
 */
export async function* readWrittenText(
  predictions: Pick<AnswerPredictions, 'follow' | 'get' | 'readText'>,
  prediction: PredictionDocument,
  signal: AbortSignal,
): AsyncGenerator<Written, void, void> {
  let text = ''
  for await (const item of predictions.follow(prediction, signal)) {
    if (item.type === 'snapshot' || item.type === 'gap') text = joinByChoice(item.snapshot.generated)[0]?.text ?? ''
    else if (item.type === 'event' && item.event.type === 'tokens') text += item.event.text
    else continue
    if (text !== '') yield { text, isWhole: false }
  }
  signal.throwIfAborted()
  const ended = await predictions.get(prediction.tenantId, prediction.id)
  if (!ended || !isEnded(ended.state)) throw new GraphloomError('UNAVAILABLE', 'The text’s stream ended before it did.')
  if (ended.state !== 'SUCCEEDED') throw new WorkEnded(toEnd(ended))
  yield { text: await predictions.readText(ended), isWhole: true }
}

const toEnd = ({ state, error }: PredictionDocument) => ({
  state: state === 'CANCELLED' ? ('CANCELLED' as const) : ('FAILED' as const),
  output: null,
  error,
})
