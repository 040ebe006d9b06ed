import { invalidInput, isErrorWithCode, notFound } from '../../../kernel/errors.js'
import { toIdOfKind } from '../../../kernel/ids.js'
import type { Json } from '../../../kernel/json.js'
import { isAnswerEnded, type AnswerDocument } from '../../../domain/answer.js'
import type { TaskDocument } from '../../../domain/task.js'
import { SYSTEM_SCOPE } from '../../../ports/document-store.js'
import { DEFAULTS, WorkEnded, type TaskContext, type TaskEnd, type TaskType } from '../../tasks/task-type.js'
import { AnswerRun, predictionIdsOf, type AnswerRunOptions } from './answer-run.js'

export const ANSWER_TASK = 'knowledge.answer'
const ANSWER_QUEUE = 'answers'
const LONGEST_ID = 64

/** Lists of tasks show nothing of documents: input and output are the answer's id. */
const ANSWER_ID_SCHEMA = {
  type: 'object',
  properties: { answerId: { type: 'string', maxLength: LONGEST_ID } },
  required: ['answerId'],
  additionalProperties: false,
}

/** An answer and its task have the same id, but for its kind. */
export const toAnswerId = (taskId: string): string => toIdOfKind('answer', taskId)
export const toAnswerTaskId = (answerId: string): string => toIdOfKind('task', answerId)

/** One answer as a task. */
export function createAnswerType(options: AnswerRunOptions): TaskType {
  return {
    name: ANSWER_TASK,
    description: 'Answers a question from documents: the task of an answer that was started.',
    queue: ANSWER_QUEUE,
    ownsQueue: true,
    inputSchema: ANSWER_ID_SCHEMA,
    outputSchema: ANSWER_ID_SCHEMA,
    defaults: DEFAULTS,
    admit: (_input, path) =>
      Promise.reject(invalidInput(path, 'is made by startAnswer alone; ask the question again.')),
    companion: {
      findEnds: (tasks) => findEnds(options, tasks),
      end: ({ id, state, error }) =>
        endAnswer(options, toAnswerId(id), state === 'CANCELLED' ? { state, error: null } : { state: 'FAILED', error }),
    },
    deleteData: async (task) => {
      const answer = await options.store.get(SYSTEM_SCOPE, toAnswerId(task.id))
      if (answer) await deleteAnswer(options, answer)
    },
    run: (_input, context) => answerQuestion(options, context),
  }
}

export async function deleteAnswer(
  { store, payloads, predictions }: Pick<AnswerRunOptions, 'store' | 'payloads' | 'predictions'>,
  answer: AnswerDocument,
): Promise<void> {
  for (const id of predictionIdsOf(answer)) await predictions.remove(answer.tenantId, id)
  if (await store.delete(answer)) await payloads.delete(answer.request, answer.hits, answer.content)
}

async function answerQuestion(options: AnswerRunOptions, { taskId, signal, local }: TaskContext): Promise<Json> {
  const { store, clock } = options
  await local!.markRunning()
  const id = toAnswerId(taskId)
  const answer = await store.change(SYSTEM_SCOPE, id, (known) => ({
    ...known,
    state: 'RUNNING',
    timings: { ...known.timings, queueMs: known.timings.queueMs ?? clock.now() - known.createdAt },
  }))
  if (answer) await runUntilCancelled(options, answer, signal)
  const ended = await store.get(SYSTEM_SCOPE, id)
  if (!ended) throw notFound('answer', id)
  const end = endOf(ended)
  if (end?.state !== 'SUCCEEDED') throw new WorkEnded(end!)
  return end.output
}

/** Whoever cancels learns of it when the answer has ended: the attempt that is told to stop ends it. */
async function runUntilCancelled(
  options: AnswerRunOptions,
  answer: AnswerDocument,
  signal: AbortSignal,
): Promise<void> {
  try {
    await new AnswerRun(options, answer, signal).run()
  } catch (error) {
    if (!signal.aborted || !isErrorWithCode(signal.reason, 'CANCELLED')) throw error
    await endAnswer(options, answer.id, { state: 'CANCELLED', error: null })
  }
}

async function findEnds(
  { store }: AnswerRunOptions,
  tasks: readonly TaskDocument[],
): Promise<readonly (TaskEnd | null)[]> {
  const ids = tasks.map(({ id }) => toAnswerId(id))
  return (await store.getMany(SYSTEM_SCOPE, ids)).map((answer) => answer && endOf(answer))
}

/** How the task of an answer ends; null as long as that has not ended. */
function endOf({ id: answerId, state, error }: AnswerDocument): TaskEnd | null {
  if (!isAnswerEnded(state)) return null
  if (state === 'SUCCEEDED') return { state, output: { answerId }, error: null }
  return { state: state as 'FAILED' | 'CANCELLED', output: null, error }
}

/** With what there is of it. */
async function endAnswer(
  options: AnswerRunOptions,
  id: string,
  end: Pick<AnswerDocument, 'state' | 'error'>,
): Promise<void> {
  const { store, payloads, predictions, clock } = options
  const known = await store.get(SYSTEM_SCOPE, id)
  if (!known || isAnswerEnded(known.state)) return
  for (const predictionId of predictionIdsOf(known)) await predictions.end(known.tenantId, predictionId)
  const content = await payloads.put(await store.readWritten(id))
  const endedAt = clock.now()
  await store.change(SYSTEM_SCOPE, id, (answer) => ({
    ...answer,
    ...end,
    content,
    endedAt,
    timings: { ...answer.timings, totalMs: endedAt - answer.createdAt },
  }))
}
