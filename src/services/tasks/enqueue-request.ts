import { invalidInput } from '../../kernel/errors.js'
import type { Json } from '../../kernel/json.js'
import type { Backoff, TaskConcurrency, TaskDedupe } from '../../domain/task.js'

/** A task to be done. What is left out is as the type's defaults say. */
export interface EnqueueRequest {
  readonly type: string
  readonly input: Json
  readonly queue?: string | undefined
  /** 0 to 9; 5 when left out. */
  readonly priority?: number | undefined
  /** Unix milliseconds; now when left out. */
  readonly runAt?: number | undefined
  /** The same as a wait from now; not together with `runAt`. */
  readonly delayMs?: number | undefined
  readonly expiresAt?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly attemptLimit?: number | undefined
  readonly backoff?: Partial<Backoff> | undefined
  readonly concurrency?: TaskConcurrency | undefined
  readonly dedupe?: TaskDedupe | undefined
  /** An http or https address that is told of its end. */
  readonly webhookUrl?: string | undefined
  readonly idempotencyKey?: string | undefined
}

const MAX_KEY_CHARACTERS = 256
const CONTROL_CHARACTER = /\p{Cc}/u
const MAX_URL_CHARACTERS = 2_048
const MAX_ATTEMPTS = 100
const MAX_PARALLEL = 10_000
const MAX_RATE_COUNT = 10_000
/** Ten years. */
const MAX_WAIT_MS = 3_652 * 86_400_000
export const MAX_DURATION_MS = 7 * 86_400_000

interface Range {
  readonly least: number
  readonly most: number
  readonly isWhole?: boolean
}

/** @throws GraphloomError `INVALID_INPUT` that names the first value that is out of its range. */
export function checkEnqueueRequest(request: EnqueueRequest, nowMs: number, path = 'input'): void {
  const { priority, timeoutMs, attemptLimit, backoff, concurrency, dedupe, webhookUrl } = request
  const whole = (least: number, most: number): Range => ({ least, most, isWhole: true })
  checkNumber(`${path}.priority`, priority, whole(0, 9))
  checkNumber(`${path}.attemptLimit`, attemptLimit, whole(1, MAX_ATTEMPTS))
  checkNumber(`${path}.timeoutMs`, timeoutMs, { least: 1, most: MAX_DURATION_MS })
  checkNumber(`${path}.backoff.initialMs`, backoff?.initialMs, { least: 0, most: MAX_DURATION_MS })
  checkNumber(`${path}.backoff.maxMs`, backoff?.maxMs, { least: 0, most: MAX_DURATION_MS })
  checkNumber(`${path}.backoff.factor`, backoff?.factor, { least: 1, most: 10 })
  checkNumber(`${path}.backoff.jitter`, backoff?.jitter, { least: 0, most: 1 })
  checkNumber(`${path}.concurrency.limit`, concurrency?.limit, whole(1, MAX_PARALLEL))
  checkNumber(`${path}.concurrency.rate.count`, concurrency?.rate?.count, whole(1, MAX_RATE_COUNT))
  checkNumber(`${path}.concurrency.rate.perMs`, concurrency?.rate?.perMs, whole(1, MAX_DURATION_MS))
  checkKey(`${path}.concurrency.key`, concurrency?.key)
  checkKey(`${path}.dedupe.key`, dedupe?.key)
  checkUrl(`${path}.webhookUrl`, webhookUrl)
  checkTimes(request, nowMs, path)
}

function checkTimes({ runAt, delayMs, expiresAt }: EnqueueRequest, nowMs: number, path: string): void {
  checkNumber(`${path}.delayMs`, delayMs, { least: 0, most: MAX_WAIT_MS })
  if (runAt !== undefined && delayMs !== undefined)
    throw invalidInput(`${path}.delayMs`, 'cannot be given together with `runAt`.')
  checkRunAt(runAt ?? null, nowMs, `${path}.runAt`)
  if (expiresAt === undefined) return
  if (expiresAt <= nowMs) throw invalidInput(`${path}.expiresAt`, 'has passed already.')
  const beginsAt = runAt ?? nowMs + (delayMs ?? 0)
  if (expiresAt <= beginsAt) throw invalidInput(`${path}.expiresAt`, 'is not after the time at which it is to run.')
}

export function checkRunAt(runAt: number | null, nowMs: number, path = 'input.runAt'): void {
  if (runAt !== null && runAt > nowMs + MAX_WAIT_MS) throw invalidInput(path, 'is more than ten years from now.')
}

export function checkNumber(path: string, value: number | undefined, { least, most, isWhole = false }: Range): void {
  if (value === undefined) return
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return
  throw invalidInput(
    path,
    `is ${value}; ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most} is allowed.`,
  )
}

function checkUrl(path: string, value: string | undefined): void {
  if (value === undefined) return
  const url = value.length <= MAX_URL_CHARACTERS ? URL.parse(value) : null
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (isWeb && url.username === '' && url.password === '') return
  const allowed = `an http or https address without credentials, of at most ${MAX_URL_CHARACTERS} characters`
  throw invalidInput(path, `must be ${allowed}.`)
}

export function checkKey(path: string, value: string | undefined): void {
  if (value === undefined) return
  if (value.length === 0 || value.length > MAX_KEY_CHARACTERS)
    throw invalidInput(path, `must have 1 to ${MAX_KEY_CHARACTERS} characters.`)
  if (!value.isWellFormed()) throw invalidInput(path, 'has half of a surrogate pair.')
  if (CONTROL_CHARACTER.test(value)) throw invalidInput(path, 'has control characters.')
}
