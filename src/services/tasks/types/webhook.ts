import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { WebClient, WebResponse } from '../../../ports/web-client.js'
import { parseRetryAfter } from '../retry-after.js'
import { DEFAULT_QUEUE, type TaskContext, type TaskType } from '../task-type.js'
import type { TenantSigner } from '../tenant-signer.js'

export interface WebhookDeps {
  readonly webClient: WebClient
  readonly signer: TenantSigner
  readonly clock: Clock
}

export interface WebhookInput {
  readonly url: string
  readonly payload: Json
}

export const WEBHOOK = 'webhook'

const TIMEOUT_MS = 20_000
const DAY_MS = 86_400_000
const GONE = 410

/**
 * Tells an address of something; any status from 200 to 299 says that it arrived. Redirects are not followed: who moved
 * has to say so where the address was given. All attempts have the same `webhook-id`, the task's id, by which the
 * receiver can tell that it has seen it.
 */
export const createWebhookType = (deps: WebhookDeps): TaskType => ({
  name: WEBHOOK,
  description: 'Tells an address of something, signed, again and again for about a day until it has arrived.',
  queue: DEFAULT_QUEUE,
  inputSchema: {
    type: 'object',
    properties: {
      url: { type: 'string', minLength: 1, maxLength: 2_048, description: 'An http or https address.' },
      payload: { description: 'What it is told, as JSON.' },
    },
    required: ['url', 'payload'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: { status: { type: 'integer', minimum: 200, maximum: 299 } },
    required: ['status'],
    additionalProperties: false,
  },
  defaults: {
    attemptLimit: 8,
    backoff: { initialMs: 5_000, factor: 5, maxMs: DAY_MS, jitter: 0.2 },
    timeoutMs: 2 * TIMEOUT_MS,
  },
  admit: (input, path) => {
    const { url } = input as unknown as WebhookInput
    deps.webClient.check({ method: 'POST', url, inputPath: path })
    return Promise.resolve(WEBHOOK)
  },
  run: async (input, context) => {
    const response = await context.span('request', () => send(deps, input as unknown as WebhookInput, context))
    const error = toStatusError(response, deps.clock.now())
    if (error) throw error
    return { status: response.status }
  },
})

function send(
  { webClient, signer, clock }: WebhookDeps,
  { url, payload }: WebhookInput,
  { taskId: id, tenantId, signal }: TaskContext,
): Promise<WebResponse> {
  const body = Buffer.from(JSON.stringify(payload))
  const message = { id, timestampMs: clock.now(), body }
  return webClient.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', 'webhook-id': id, ...signer.sign(tenantId, message) },
    body,
    timeoutMs: TIMEOUT_MS,
    signal,
    maxRedirects: 0,
    discardBody: true,
    inputPath: 'input',
  })
}

function toStatusError({ status, headers }: WebResponse, nowMs: number): GraphloomError | null {
  if (status >= 200 && status <= 299) return null
  const message = `The address answered with status ${status}.`
  if (status === GONE) return new GraphloomError('UNEXPECTED_RESPONSE', message)
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs)
  return new GraphloomError('UNAVAILABLE', message, { details: retryAfterMs === null ? {} : { retryAfterMs } })
}
