import {
  EnqueueTaskDocument,
  TaskEventsDocument,
  type EnqueueTaskInput,
  type EnqueueTaskMutation,
  type TaskEventsSubscription,
  type TaskPartsFragment,
  type TaskState,
} from '../generated/graphql.js'
import type { GraphClient } from './graph-client.js'

export type TaskItem = TaskEventsSubscription['taskEvents']

/** A task that takes so long. */
export const sleep = (durationMs: number, more: Partial<EnqueueTaskInput> = {}): EnqueueTaskInput => ({
  type: 'sleep',
  input: { durationMs },
  ...more,
})

/** A task that is told to stop at once, so that it ends as TIMED_OUT after so many attempts. */
export const failing = (attemptLimit = 1, more: Partial<EnqueueTaskInput> = {}): EnqueueTaskInput =>
  sleep(60_000, { timeoutMs: 1, attemptLimit, backoff: { initialMs: 1, maxMs: 1 }, ...more })

interface EnqueueOptions {
  readonly token?: string | undefined
  readonly idempotencyKey?: string
}

export const ask = async (
  server: GraphClient,
  input: EnqueueTaskInput,
  { token, idempotencyKey }: EnqueueOptions = {},
): Promise<EnqueueTaskMutation['enqueueTask']> =>
  (await server.request(EnqueueTaskDocument, { input, ...(idempotencyKey !== undefined && { idempotencyKey }) }, token))
    .enqueueTask

/** Enqueues what must be accepted. */
export async function enqueue(
  server: GraphClient,
  input: EnqueueTaskInput,
  options: EnqueueOptions = {},
): Promise<TaskPartsFragment> {
  const result = await ask(server, input, options)
  if (result.__typename !== 'Task') throw new Error(`Not accepted: ${JSON.stringify(result)}`)
  return result
}

export interface ReadOptions {
  readonly until?: (reader: TaskReader) => boolean
  readonly transport?: 'websocket' | 'sse'
  readonly token?: string | undefined
}

/** What a client knows of a task from the items that it got; notes holes and overlaps. */
export class TaskReader {
  task: TaskPartsFragment | null = null
  cursor: string | null = null
  sequence = 0
  end: string | null = null
  readonly names: string[] = []
  readonly states: TaskState[] = []
  readonly lines: string[] = []
  readonly modes: string[] = []
  readonly positions: (number | null)[] = []
  readonly mistakes: string[] = []

  take(item: TaskItem): void {
    if (item.fromSequence !== this.sequence + 1)
      this.mistakes.push(`${item.__typename} ${item.fromSequence}–${item.sequence} after ${this.sequence}`)
    this.sequence = item.sequence
    this.cursor = item.cursor
    this.names.push(item.__typename)
    switch (item.__typename) {
      case 'TaskSnapshot':
      case 'TaskChanged':
        this.task = item.task
        this.#enter(item.task.state)
        break
      case 'TaskLogged':
        this.lines.push(...item.lines)
        break
      case 'TaskDeduplicated':
        this.modes.push(item.mode)
        break
      case 'StreamGap':
        if (item.snapshot.__typename === 'Task') this.#enter(item.snapshot.state)
        break
      case 'TaskPosition':
        this.positions.push(item.queuePosition)
        break
      case 'TaskChildren':
        break
      case 'StreamEnd':
        this.end = item.reason
        break
    }
  }

  /** Reads until `until` says so or the stream ends; goes on from the last cursor. */
  async read(server: GraphClient, id: string, options: ReadOptions = {}): Promise<this> {
    const { until = () => false, transport = 'websocket', token } = options
    const variables = { id, after: this.cursor }
    const items = server.subscribe(TaskEventsDocument, variables, { transport, ...(token !== undefined && { token }) })
    for await (const { taskEvents } of items) {
      this.take(taskEvents)
      if (until(this)) break
    }
    return this
  }

  #enter(state: TaskState): void {
    if (this.states.at(-1) !== state) this.states.push(state)
  }
}

/** Follows a task to its end. */
export const readToEnd = (server: GraphClient, id: string, options: ReadOptions = {}): Promise<TaskReader> =>
  new TaskReader().read(server, id, options)

/** Follows a task until it is in a state. */
export const readUntil = (server: GraphClient, id: string, state: TaskState, token?: string): Promise<TaskReader> =>
  new TaskReader().read(server, id, { until: ({ states }) => states.at(-1) === state, token })

/** Begins to follow a task, from its state at the moment on. */
export async function follow(
  server: GraphClient,
  id: string,
): Promise<{ readonly reader: TaskReader; readonly ended: Promise<TaskReader> }> {
  const reader = new TaskReader()
  await reader.read(server, id, { until: () => true })
  return { reader, ended: reader.read(server, id) }
}
