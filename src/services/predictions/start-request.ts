import { createHash } from 'node:crypto'
import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import { canonicalJson } from '../../kernel/json.js'
import type { PredictionDocument } from '../../domain/prediction.js'
import type { StartRequest } from './prediction-input.js'

const MAX_DEADLINE_MS = 24 * 3_600_000
const MAX_IDEMPOTENCY_KEY = 256

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkStartRequest({ priority, deadlineMs, idempotencyKey }: StartRequest): void {
  if (priority !== null && !(Number.isInteger(priority) && priority >= 0 && priority <= 9))
    throw invalidInput('priority', `is ${priority}; a whole number from 0 to 9 is allowed.`)
  if (deadlineMs !== null && !(deadlineMs > 0 && deadlineMs <= MAX_DEADLINE_MS))
    throw invalidInput('deadlineMs', `is ${deadlineMs}; a number above 0 and at most ${MAX_DEADLINE_MS} is allowed.`)
  if (idempotencyKey !== null && (idempotencyKey.length === 0 || idempotencyKey.length > MAX_IDEMPOTENCY_KEY))
    throw invalidInput('idempotencyKey', `must have 1 to ${MAX_IDEMPOTENCY_KEY} characters.`)
}

export function hashOf({ input, priority, deadlineMs, store }: StartRequest): string {
  return createHash('sha256').update(canonicalJson({ input, priority, deadlineMs, store })).digest('hex')
}

export function sameInput(known: PredictionDocument, inputHash: string): PredictionDocument {
  if (known.inputHash === inputHash) return known
  throw new GraphloomError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used before with another input.')
}
