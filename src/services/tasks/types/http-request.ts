import type { Clock } from '../../../kernel/clock.js'
import { GraphloomError } from '../../../kernel/errors.js'
import type { Json } from '../../../kernel/json.js'
import type { WebClient, WebResponse } from '../../../ports/web-client.js'
import { parseRetryAfter } from '../retry-after.js'
import { DEFAULT_QUEUE, DEFAULTS, type TaskContext, type TaskType } from '../task-type.js'
import type { TenantSigner } from '../tenant-signer.js'
import { decodeBody, decodeText } from './http-body.js'
import {
  HTTP_REQUEST_INPUT_SCHEMA,
  HTTP_REQUEST_OUTPUT_SCHEMA,
  type HttpRequestInput,
  type HttpRequestOutput,
} from './http-request-schema.js'

export interface HttpRequestDeps {
  readonly webClient: WebClient
  readonly signer: TenantSigner
  readonly clock: Clock
}

/** The attempt that the request is made for. */
export type HttpRequestContext = Pick<TaskContext, 'taskId' | 'tenantId' | 'signal'>

export const HTTP_REQUEST = 'http.request'

const DEFAULT_TIMEOUT_MS = 30_000
const SHOWN_CHARACTERS = 200
const OUTPUT_HEADERS = ['content-type', 'etag', 'last-modified', 'location']
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The task type that calls a user's address. An attempt can be made more than once, so the requests of a task have the
 * same `webhook-id` and, unless they only read, the same `idempotency-key`: the task's id.
 */
export const createHttpRequestType = (deps: HttpRequestDeps): TaskType => ({
  name: HTTP_REQUEST,
  description: 'Calls an address on the web, signed with the tenant’s secret where the server has one.',
  queue: DEFAULT_QUEUE,
  inputSchema: HTTP_REQUEST_INPUT_SCHEMA,
  outputSchema: HTTP_REQUEST_OUTPUT_SCHEMA,
  defaults: { ...DEFAULTS, timeoutMs: 2 * DEFAULT_TIMEOUT_MS },
  admit: (input, path) => {
    const request = toRequest(input as unknown as HttpRequestInput)
    deps.webClient.check({ ...request, inputPath: path })
    return Promise.resolve(HTTP_REQUEST)
  },
  run: async (input, context) =>
    (await context.span('request', () =>
      callAddress(deps, input as unknown as HttpRequestInput, context),
    )) as unknown as Json,
})

/**
 * @throws GraphloomError those of `WebClient.send`; for a status that is not expected `RATE_LIMITED` or `UNAVAILABLE`
 * when the same request may succeed later, otherwise `UNEXPECTED_RESPONSE`.
 */
export async function callAddress(
  deps: HttpRequestDeps,
  input: HttpRequestInput,
  context: HttpRequestContext,
): Promise<HttpRequestOutput> {
  const startedAt = performance.now()
  const response = await deps.webClient.send({
    ...toRequest(input),
    headers: toHeaders(deps, input, context),
    timeoutMs: input.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal: context.signal,
    inputPath: 'input',
  })
  if (!isExpected(response.status, input.expectedStatuses)) throw toStatusError(response, deps.clock.now())
  return {
    status: response.status,
    headers: selectHeaders(response, input.responseHeaders ?? []),
    ...decodeBody(response.body, response.headers['content-type']),
    durationMs: performance.now() - startedAt,
  }
}

/** As the input says it. */
function toRequest({ method = 'GET', url, headers = {}, body: given }: HttpRequestInput) {
  const body = toBody(given)
  return { method, url, headers, ...(body && { body }) }
}

function toBody(body: HttpRequestInput['body']): Uint8Array | null {
  if (!body) return null
  return Buffer.from('json' in body ? JSON.stringify(body.json) : body.text)
}

function toHeaders({ signer, clock }: HttpRequestDeps, input: HttpRequestInput, context: HttpRequestContext) {
  const { taskId, tenantId } = context
  const { body, headers = {}, method = 'GET' } = input
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const own: Record<string, string> = {}
  if (body) own['content-type'] = 'json' in body ? 'application/json' : 'text/plain; charset=utf-8'
  if (!SAFE_METHODS.has(method)) own['idempotency-key'] = taskId
  const missing = Object.entries(own).filter(([name]) => !given.has(name))
  const message = { id: taskId, timestampMs: clock.now(), body: toBody(body) ?? new Uint8Array() }
  return { ...headers, ...Object.fromEntries(missing), ...signer.sign(tenantId, message) }
}

const isExpected = (status: number, expected: readonly number[] | undefined): boolean =>
  expected ? expected.includes(status) : status >= 200 && status <= 299

function selectHeaders({ headers }: WebResponse, more: readonly string[]): Record<string, string> {
  const names = new Set([...OUTPUT_HEADERS, ...more.map((name) => name.toLowerCase())])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.has(name)))
}

function toStatusError(response: WebResponse, nowMs: number): GraphloomError {
  const { status, body, headers } = response
  const shown = decodeText(body, headers['content-type'])
    ?.slice(0, 2 * SHOWN_CHARACTERS)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, SHOWN_CHARACTERS)
  const message = `The address answered with status ${status}${shown ? `: ${shown}` : '.'}`
  if (!RETRYABLE_STATUSES.has(status)) return new GraphloomError('UNEXPECTED_RESPONSE', message)
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs)
  const details = retryAfterMs === null ? {} : { retryAfterMs }
  return new GraphloomError(status === 429 ? 'RATE_LIMITED' : 'UNAVAILABLE', message, { details })
}
