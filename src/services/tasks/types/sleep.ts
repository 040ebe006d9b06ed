import { setTimeout as delay } from 'node:timers/promises'
import { DEFAULT_QUEUE, DEFAULTS, type TaskType } from '../task-type.js'

const MAX_SLEEP_MS = 86_400_000
const TOLD_PARTS = 100

/** Waits: to try queues, cancels and time-outs out, and as a step of a graph. */
export const SLEEP: TaskType = {
  name: 'sleep',
  description: 'Waits for some time, telling its progress in milliseconds.',
  queue: DEFAULT_QUEUE,
  inputSchema: {
    type: 'object',
    properties: {
      durationMs: { type: 'number', minimum: 0, maximum: MAX_SLEEP_MS, description: 'How long, milliseconds.' },
    },
    required: ['durationMs'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: { sleptMs: { type: 'number', minimum: 0 } },
    required: ['sleptMs'],
    additionalProperties: false,
  },
  defaults: DEFAULTS,
  run: async (input, context) => {
    const { signal } = context
    const { durationMs } = input as { readonly durationMs: number }
    const startedAt = performance.now()
    const elapsed = (): number => performance.now() - startedAt
    while (elapsed() < durationMs) {
      const stepMs = Math.min(durationMs - elapsed(), Math.max(1_000, durationMs / TOLD_PARTS))
      await delay(Math.max(0, stepMs), undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error
      })
      if (durationMs > 1_000)
        context.reportProgress({ done: Math.min(durationMs, Math.round(elapsed())), total: durationMs, message: null })
    }
    return { sleptMs: Math.round(elapsed()) }
  },
}
