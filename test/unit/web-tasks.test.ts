import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createHttpWebClient } from '../../src/adapters/http/http-web-client.js'
import { callAddress, createHttpRequestType } from '../../src/services/tasks/types/http-request.js'
import type { HttpRequestInput } from '../../src/services/tasks/types/http-request-schema.js'
import { parseRetryAfter } from '../../src/services/tasks/retry-after.js'
import { isSignedMessage, signMessage } from '../../src/services/tasks/signature.js'
import { createSignerOfOneTenant, createTenantSigner } from '../../src/services/tasks/tenant-signer.js'
import { createWebhookType } from '../../src/services/tasks/types/webhook.js'
import type { WebClient } from '../../src/ports/web-client.js'
import { NEVER } from '../support/inference.js'
import { ManualClock } from '../support/manual-clock.js'
import { ALLOWED_ADDRESS, WebServer, type Answer } from '../support/web-server.js'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const NOW_MS = Date.parse('2026-01-02T03:04:05.678Z')
const DAY_MS = 86_400_000
const UNSIGNED = createTenantSigner([])
const SIGNER = createTenantSigner([SECRET])
const [ACME_SECRET = ''] = SIGNER.secretsOf('acme')

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
let server: WebServer
let webClient: WebClient
let answer: Answer
let clock: ManualClock
beforeAll(async () => {
  server = stack.use(await WebServer.start((request, response) => answer(request, response)))
  webClient = stack.use(
    createHttpWebClient({ allowed: [ALLOWED_ADDRESS], maxResponseBytes: 10_000, maxConnections: 8 }),
  )
})
beforeEach(() => {
  clock = new ManualClock(NOW_MS)
  server.requests.length = 0
  answer = (_request, response) => response.end()
})

describe('a signature', () => {
  const body = Buffer.from('{"test": 2432232314}')
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampMs: 1_614_265_330_999, body }

  test('is the one of the specification’s example', () => {
    expect(signMessage([SECRET], message)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  const headers = signMessage([SECRET], message)
  const signature = headers['webhook-signature']
  const others = 'whsec_b3RoZXJzZWNyZXRvdGhlcnNlY3JldG90aGVy'
  test.each<[string, Record<string, string | undefined>, Buffer, number, boolean]>([
    ['as it is', {}, body, 0, true],
    ['five minutes later', {}, body, 300, true],
    ['later than that', {}, body, 301, false],
    ['five minutes before', {}, body, -300, true],
    ['before that', {}, body, -301, false],
    ['with another body', {}, Buffer.from('{"test": 2432232315}'), 0, false],
    ['with another id', { 'webhook-id': 'msg_other' }, body, 0, false],
    ['with another time', { 'webhook-timestamp': '1614265331' }, body, 0, false],
    ['with a time that is none', { 'webhook-timestamp': 'NaN' }, body, 0, false],
    ['without an id', { 'webhook-id': undefined }, body, 0, false],
    ['without a time', { 'webhook-timestamp': undefined }, body, 0, false],
    ['without a signature', { 'webhook-signature': undefined }, body, 0, false],
    ['with one of several', { 'webhook-signature': `v1a,abc v1,AAAA ${signature}` }, body, 0, true],
    ['of another version', { 'webhook-signature': signature.replace('v1,', 'v2,') }, body, 0, false],
    ['cut off', { 'webhook-signature': signature.slice(0, -4) }, body, 0, false],
    ['of another secret', signMessage([others], message), body, 0, false],
  ])('%s', (_what, changed, received, seconds, isRight) => {
    const nowMs = 1_000 * (1_614_265_330 + seconds)
    expect(isSignedMessage(SECRET, { ...headers, ...changed }, received, nowMs)).toBe(isRight)
  })
})

describe('the secrets of tenants', () => {
  const OLDER = 'whsec_b3RoZXJzZWNyZXRvdGhlcnNlY3JldG90aGVy'
  const message = { id: 'task_1', timestampMs: NOW_MS, body: Buffer.from('{}') }

  test('are the same on every server, and others for each tenant and secret', () => {
    expect(ACME_SECRET).toBe('whsec_5yrnwp9EOf950yywss3ZzcWVHsbNbbXQ+ag7DDjwwYI=')
    expect(createTenantSigner([SECRET]).secretsOf('acme')).toEqual([ACME_SECRET])
    const others = [...SIGNER.secretsOf('acme2'), ...createTenantSigner([OLDER]).secretsOf('acme'), SECRET]
    for (const other of others) {
      expect(other).not.toBe(ACME_SECRET)
      expect(isSignedMessage(other, SIGNER.sign('acme', message)!, message.body, NOW_MS)).toBe(false)
    }
    expect(UNSIGNED.secretsOf('acme')).toEqual([])
    expect(UNSIGNED.sign('acme', message)).toBeNull()
  })

  test('sign both while one is being changed for the other', () => {
    const changing = createTenantSigner([SECRET, OLDER])
    const headers = changing.sign('acme', message)!
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2)
    const [older = ''] = createTenantSigner([OLDER]).secretsOf('acme')
    expect(changing.secretsOf('acme')).toEqual([ACME_SECRET, older])
    for (const secret of [ACME_SECRET, older]) expect(isSignedMessage(secret, headers, message.body, NOW_MS)).toBe(true)
  })

  test('are signed with as they are by who has those of one tenant', () => {
    const headers = createSignerOfOneTenant([ACME_SECRET]).sign('acme', message)
    expect(headers).toEqual(SIGNER.sign('acme', message))
  })
})

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['9999999999', DAY_MS],
  ['Fri, 02 Jan 2026 03:05:05 GMT', 59_322],
  ['Friday, 02-Jan-26 03:05:05 GMT', 59_322],
  ['Fri Jan  2 03:05:05 2026', 59_322],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['Fri, 01 Jan 2100 00:00:00 GMT', DAY_MS],
  ['-1', null],
  ['1.5', null],
  ['soon', null],
  ['', null],
  [undefined, null],
] as const)('Retry-After %j is %j ms', (text, expected) => {
  expect(parseRetryAfter(text, NOW_MS)).toBe(expected)
})

describe('http.request', () => {
  const run = (input: Omit<HttpRequestInput, 'url'>, signer = UNSIGNED, signal = NEVER) =>
    callAddress(
      { webClient, signer, clock },
      { url: `${server.origin}/path`, ...input },
      { taskId: 'task_1', tenantId: 'acme', signal },
    )

  test('its schemas are sound and say what is allowed', async () => {
    const { inputSchema, outputSchema } = createHttpRequestType({ webClient, signer: UNSIGNED, clock })
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
    const isInput = ajv.compile(inputSchema)
    for (const input of [
      { url: 'http://a.example' },
      { url: 'http://a.example', method: 'POST', body: { json: null }, headers: { a: 'b' }, timeoutMs: 1 },
      { url: 'http://a.example', body: { text: '' }, expectedStatuses: [404], responseHeaders: ['x'] },
    ])
      expect(isInput(input), JSON.stringify(isInput.errors)).toBe(true)
    for (const input of [
      {},
      { url: '' },
      { url: 1 },
      { url: 'x', method: 'CONNECT' },
      { url: 'x', body: 'text' },
      { url: 'x', body: { json: 1, text: 'a' } },
      { url: 'x', headers: { a: 1 } },
      { url: 'x', timeoutMs: 0 },
      { url: 'x', expectedStatuses: [] },
      { url: 'x', more: 1 },
    ])
      expect(isInput(input), JSON.stringify(input)).toBe(false)
    const isOutput = ajv.compile(outputSchema)
    expect(isOutput(await run({})), JSON.stringify(isOutput.errors)).toBe(true)
  })

  test('sends JSON and text, with types unless they are given', async () => {
    await run({ method: 'POST', body: { json: { a: [1, 'ü'] } } })
    await run({ method: 'PUT', body: { text: 'ü' }, headers: { 'X-A': 'b' } })
    await run({
      method: 'PATCH',
      body: { text: 'a' },
      headers: { 'Content-Type': 'text/csv', 'Idempotency-Key': 'own' },
    })
    await run({ headers: { 'X-A': 'b' } })
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"a":[1,"ü"]}'],
      ['PUT', 'ü'],
      ['PATCH', 'a'],
      ['GET', ''],
    ])
    const seen = (name: string): unknown[] => server.requests.map(({ headers }) => headers[name])
    expect(seen('content-type')).toEqual(['application/json', 'text/plain; charset=utf-8', 'text/csv', undefined])
    expect(seen('idempotency-key')).toEqual(['task_1', 'task_1', 'own', undefined])
    expect(seen('x-a')).toEqual([undefined, 'b', undefined, 'b'])
    expect(seen('webhook-signature')).toEqual([undefined, undefined, undefined, undefined])
  })

  test('is signed with the secret of its tenant', async () => {
    await run({ method: 'POST', body: { text: 'signed' }, headers: { 'Webhook-X': 'own' } }, SIGNER)
    await run({}, SIGNER)
    for (const { headers, body } of server.requests) {
      expect(headers['webhook-id']).toBe('task_1')
      const plain = headers as Record<string, string>
      expect(isSignedMessage(ACME_SECRET, plain, Buffer.from(body), NOW_MS)).toBe(true)
    }
  })

  test.each<[string | undefined, string | Buffer, string, unknown]>([
    ['application/json', '{"a":1}', 'JSON', { a: 1 }],
    ['Application/Problem+JSON; charset=utf-8', '[null]', 'JSON', [null]],
    ['application/json', '{"a":', 'TEXT', '{"a":'],
    ['text/plain', '{"a":1}', 'TEXT', '{"a":1}'],
    ['text/html; charset="iso-8859-1"', Buffer.from([0xfc]), 'TEXT', 'ü'],
    ['text/plain; charset=x-none', 'a', 'BASE64', 'YQ=='],
    ['text/plain', Buffer.from([0xfc]), 'BASE64', '/A=='],
    ['image/png', 'abc', 'BASE64', 'YWJj'],
    [undefined, 'ü', 'TEXT', 'ü'],
    [undefined, Buffer.from([0, 1]), 'BASE64', 'AAE='],
    ['application/json', '', 'NONE', null],
  ])('a body of type %s: %j is %s', async (type, sent, bodyType, body) => {
    answer = (_request, response) =>
      response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(sent)
    expect(await run({})).toMatchObject({ status: 200, bodyType, body })
  })

  test('gives selected headers', async () => {
    answer = (_request, response) => response.writeHead(200, { etag: '"1"', 'X-One': '1', 'X-Two': '2' }).end()
    const { headers, durationMs } = await run({ responseHeaders: ['X-ONE', 'x-none', '__proto__'] })
    expect(headers).toEqual({ etag: '"1"', 'x-one': '1' })
    expect(durationMs).toBeGreaterThan(0)
  })

  test.each([
    [404, 'UNEXPECTED_RESPONSE', false, undefined],
    [301, 'UNEXPECTED_RESPONSE', false, undefined],
    [400, 'UNEXPECTED_RESPONSE', false, undefined],
    [501, 'UNEXPECTED_RESPONSE', false, undefined],
    [408, 'UNAVAILABLE', true, undefined],
    [425, 'UNAVAILABLE', true, undefined],
    [429, 'RATE_LIMITED', true, 7_000],
    [500, 'UNAVAILABLE', true, undefined],
    [502, 'UNAVAILABLE', true, undefined],
    [503, 'UNAVAILABLE', true, 7_000],
    [504, 'UNAVAILABLE', true, undefined],
  ])('status %i is %s, retryable: %s', async (status, code, retryable, retryAfterMs) => {
    const headers = { 'content-type': 'text/plain', ...(retryAfterMs && { 'retry-after': '7' }) }
    answer = (_request, response) => response.writeHead(status, headers).end(`so\r\n\tsorry\u0000${'!'.repeat(500)}`)
    const error = (await run({}).catch((thrown: unknown) => thrown)) as { message: string }
    expect(error).toMatchObject({ code, retryable, details: retryAfterMs ? { retryAfterMs } : {} })
    expect(error.message).toMatch(new RegExp(`^The address answered with status ${status}: so sorry !{191}$`))
    expect(await run({ expectedStatuses: [status] })).toMatchObject({ status })
    answer = (_request, response) => response.end()
    await expect(run({ expectedStatuses: [status] })).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
  })

  test('errors of the call tell whether to try again, and where the input is wrong', async () => {
    await expect(run({ headers: { host: 'x' } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { path: 'input.headers.host' },
    })
    answer = () => undefined
    await expect(run({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: true })
    await expect(run({}, UNSIGNED, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    answer = (_request, response) => response.destroy()
    await expect(run({})).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    answer = (_request, response) => response.end(Buffer.alloc(10_001))
    await expect(run({})).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', retryable: false })
    answer = (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    await expect(run({})).rejects.toMatchObject({
      code: 'FORBIDDEN',
      retryable: false,
      details: { path: 'input.url' },
    })
  })
})

describe('a webhook', () => {
  const payload = { type: 'task.ended', data: { id: 'task_1', state: 'SUCCEEDED' } }
  const deliver = (url = server.origin, signal = NEVER) =>
    createWebhookType({ webClient, signer: SIGNER, clock }).run!(
      { url, payload },
      {
        taskId: 'task_2',
        tenantId: 'acme',
        attempt: 1,
        signal,
        reportProgress: () => undefined,
        log: () => undefined,
        span: (_name, work) => work(),
      },
    )

  test('is signed and delivered', async () => {
    answer = (_request, response) => response.writeHead(202).end('x'.repeat(50_000))
    expect(await deliver()).toEqual({ status: 202 })
    const [request] = server.requests
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'webhook-id': 'task_2' },
    })
    expect(JSON.parse(request!.body)).toEqual(payload)
    const headers = request!.headers as Record<string, string>
    expect(isSignedMessage(ACME_SECRET, headers, Buffer.from(request!.body), clock.now())).toBe(true)
  })

  test('is tried again no sooner than the receiver asks', async () => {
    answer = (_request, response) => response.writeHead(429, { 'retry-after': '600' }).end()
    await expect(deliver()).rejects.toMatchObject({ retryable: true, details: { retryAfterMs: 600_000 } })
  })

  test.each([
    [404, true],
    [302, true],
    [410, false],
  ])('after status %i: tried again: %s', async (status, again) => {
    answer = (_request, response) => response.writeHead(status, { location: '/elsewhere' }).end()
    await expect(deliver()).rejects.toMatchObject({ retryable: again })
    expect(server.requests.length).toBe(1)
  })

  test('an address that cannot be called is not tried again', async () => {
    await expect(deliver('ftp://a.example')).rejects.toMatchObject({ code: 'INVALID_INPUT', retryable: false })
  })
})
