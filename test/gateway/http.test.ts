import { once } from 'node:events'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { RawSocket } from '../support/raw-socket.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    rules: { allowedHosts: ['api.example.com', 'other.example.com:8080'], allowedOrigins: ['https://app.example.com'] },
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

interface Received {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** As fetch, but with any Host and Origin. */
async function send(own: TestGateway, { method = 'POST', path = '/graphql', headers, body }: Sent): Promise<Received> {
  const sending = request({
    ...{ host: '127.0.0.1', port: own.port, method, path, agent: false },
    headers: { 'content-type': 'application/json', ...headers },
  })
  sending.on('error', () => undefined)
  sending.end(body)
  const [response] = (await once(sending, 'response')) as [import('node:http').IncomingMessage]
  let text = ''
  for await (const part of response.setEncoding('utf8') as AsyncIterable<string>) text += part
  return { status: response.statusCode ?? 0, headers: response.headers, body: text }
}

const HELLO = JSON.stringify({ query: '{ hello }' })
const code = ({ body }: Received): unknown =>
  (JSON.parse(body) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code

/** The status of an upgrade: 101 when it was made. */
async function upgrade(
  own: TestGateway,
  headers: Readonly<Record<string, string>>,
  path = '/graphql',
): Promise<number> {
  const asking = request({
    ...{ host: '127.0.0.1', port: own.port, path, agent: false },
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
      ...{ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-protocol': 'graphql-transport-ws' },
      ...headers,
    },
  })
  asking.end()
  const [response, socket] = (await Promise.race([once(asking, 'upgrade'), once(asking, 'response')])) as [
    import('node:http').IncomingMessage,
    import('node:net').Socket | undefined,
  ]
  socket?.destroy()
  response.resume()
  return response.statusCode ?? 0
}

describe('who may call', () => {
  const OWN = 'http://localhost:4000'
  const CASES: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ['loopback by address', { host: '127.0.0.1:4000' }, true],
    ['loopback by another of its addresses', { host: '127.8.9.1' }, true],
    ['loopback by name', { host: 'localhost:4000' }, true],
    ['loopback in IPv6', { host: '[::1]:4000' }, true],
    ['a configured host', { host: 'api.example.com' }, true],
    ['a configured host with any port', { host: 'API.example.com:443' }, true],
    ['a configured host with its port', { host: 'other.example.com:8080' }, true],
    ['a configured host with another port', { host: 'other.example.com:81' }, false],
    ['a name that was pointed here', { host: 'evil.example.com:4000' }, false],
    ['a name that begins like loopback', { host: '127.0.0.1.evil.example.com' }, false],
    ['a name that ends like loopback', { host: 'evil-localhost' }, false],
    ['an address of the network', { host: '192.168.1.7:4000' }, false],
    ['its own page', { host: 'localhost:4000', origin: OWN }, true],
    ['a configured page', { host: 'localhost:4000', origin: 'https://app.example.com' }, true],
    ['a page elsewhere', { host: 'localhost:4000', origin: 'https://evil.example.com' }, false],
    ['a page on another port', { host: 'localhost:4000', origin: 'http://localhost:3000' }, false],
    ['a page without an origin of its own', { host: 'localhost:4000', origin: 'null' }, false],
    ['a page of a configured host', { host: 'localhost:4000', origin: 'https://api.example.com' }, false],
    [
      'an origin that begins like a configured one',
      { host: 'localhost', origin: 'https://app.example.com.evil.com' },
      false,
    ],
    ['a file', { host: 'localhost:4000', origin: 'file://' }, false],
  ]

  test.each(CASES)('%s', async (_title, headers, allowed) => {
    const http = await send(gateway, { headers, body: HELLO })
    const page = await send(gateway, { method: 'GET', path: '/', headers })
    const preflight = await send(gateway, { method: 'OPTIONS', headers })
    const stream = await send(gateway, {
      path: '/graphql/stream',
      headers: { ...headers, accept: 'text/event-stream' },
      body: HELLO,
    })
    const statuses = [http.status, page.status, preflight.status, stream.status, await upgrade(gateway, headers)]
    expect(statuses).toEqual(allowed ? [200, 200, 204, 200, 101] : [403, 403, 403, 403, 403])
    for (const { headers: answered } of [http, page, preflight, stream])
      expect(answered['access-control-allow-origin']).toBe(allowed ? headers['origin'] : undefined)
    if (!allowed) expect(code(http)).toBe('FORBIDDEN')
  })

  test('a page that may call may send what it needs', async () => {
    const headers = { host: 'localhost', origin: 'https://app.example.com', 'access-control-request-method': 'POST' }
    const { headers: answered } = await send(gateway, { method: 'OPTIONS', headers })
    expect(answered['access-control-allow-methods']).toBe('GET, POST')
    for (const name of ['authorization', 'content-type', 'traceparent', 'apollo-require-preflight'])
      expect(answered['access-control-allow-headers']?.split(', ')).toContain(name)
  })

  test('other paths are no sockets', async () => {
    expect(await upgrade(gateway, {}, '/other')).toBe(404)
  })
})

describe('requests', () => {
  test.each([
    ['a form', { headers: { 'content-type': 'text/plain' }, body: HELLO }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'another encoding',
      { headers: { 'content-type': 'application/json; charset=latin1' }, body: HELLO },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['no JSON', { body: '{"query"' }, 400, 'BAD_REQUEST'],
    ['no UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'BAD_REQUEST'],
    ['no body', {}, 400, 'BAD_REQUEST'],
    ['no query', { body: '{}' }, 400, 'BAD_REQUEST'],
    ['a query that is no text', { body: '{"query": 5}' }, 400, 'BAD_REQUEST'],
    ['variables that are a list', { body: '{"query": "{ hello }", "variables": [1]}' }, 400, 'BAD_REQUEST'],
    ['too large a body', { body: 'x'.repeat(20_001) }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'too large a body of unknown length',
      { headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(50_000) },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['too large a batch', { body: `[${[HELLO, HELLO, HELLO, HELLO].join()}]` }, 400, 'LIMIT_EXCEEDED'],
    ['an unknown path', { path: '/nothing' }, 404, 'NOT_FOUND'],
    ['an unknown method', { method: 'PUT', body: HELLO }, 405, 'METHOD_NOT_ALLOWED'],
    [
      'a GET that a form could send',
      { method: 'GET', path: '/graphql?query={hello}', headers: { 'content-type': 'text/plain' } },
      400,
      'BAD_REQUEST',
    ],
    [
      'a mutation by GET',
      { method: 'GET', path: '/graphql?query=mutation{increment}', headers: { 'apollo-require-preflight': '1' } },
      405,
      'BAD_REQUEST',
    ],
    ['a stream without its media type', { path: '/graphql/stream', body: HELLO }, 400, 'BAD_REQUEST'],
    [
      'a stream of no object',
      { path: '/graphql/stream', headers: { accept: 'text/event-stream' }, body: '[]' },
      400,
      'BAD_REQUEST',
    ],
    [
      'two authorizations',
      { headers: { authorization: ['Bearer a', 'Bearer b'] }, body: HELLO },
      401,
      'UNAUTHENTICATED',
    ],
  ] as const)('%s', async (_title, sent, status, wanted) => {
    const received = await send(gateway, sent as Sent)
    expect([received.status, code(received)]).toEqual([status, wanted])
    expect(received.headers['content-type']).toMatch(/^application\/json/)
  })

  test.each([
    ['a mark of the byte order', Buffer.from(`\uFEFF${HELLO}`)],
    ['a body in one part', HELLO],
  ])('%s is fine', async (_title, body) => {
    expect(await send(gateway, { body })).toMatchObject({ status: 200, body: '{"data":{"hello":"Hello you"}}\n' })
  })

  test('a query by GET', async () => {
    const path = `/graphql?query=${encodeURIComponent('query ($name: String) { hello(name: $name) }')}&variables=${encodeURIComponent('{"name":"Ada"}')}`
    const { body } = await send(gateway, { method: 'GET', path, headers: { 'apollo-require-preflight': '1' } })
    expect(body).toBe('{"data":{"hello":"Hello Ada"}}\n')
  })

  test('a client that leaves ends what it asked for', async () => {
    const sending = request({
      port: gateway.port,
      host: '127.0.0.1',
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    sending.on('error', () => undefined)
    sending.end(JSON.stringify({ query: '{ wait(name: "http") }' }))
    await expect.poll(() => gateway.test.opened).toContain('http')
    sending.destroy()
    await expect.poll(() => gateway.test.ended).toContain('http')
  })

  test('a reader that does not read an event stream holds its source back, and leaving ends it', async () => {
    await using own = await startGateway()
    const sending = request({
      port: own.port,
      host: '127.0.0.1',
      path: '/graphql/stream',
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    })
    sending.on('error', () => undefined)
    sending.end(JSON.stringify({ query: 'subscription { flood(bytes: 65536) }' }))
    const [response] = (await once(sending, 'response')) as [import('node:http').IncomingMessage]
    response.on('error', () => undefined)
    let last = -1
    const stands = (): boolean => {
      const before = last
      last = own.test.flooded
      return before === last
    }
    await expect.poll(stands, { interval: 250, timeout: 30_000 }).toBe(true)
    expect(last).toBeLessThan(64 * 2 ** 20)
    sending.destroy()
    await expect.poll(() => own.test.ended).toContain('flood')
  })

  test('streams of one caller are limited', async () => {
    await using own = await startGateway({ limits: { subscriptionsPerConnection: 1 } })
    const open = () =>
      fetch(own.streamUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query: 'subscription { topic { number } }' }),
      })
    const first = await open()
    const second = await open()
    expect([first.status, second.status]).toEqual([200, 400])
    expect(await second.json()).toMatchObject({
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: { value: 1 } } }],
    })
    await first.body?.cancel()
    await expect.poll(() => own.test.readers).toBe(0)
  })
})

describe('connections', () => {
  /** Everything that comes until the server closes. */
  async function untilClosed(own: TestGateway, text: string): Promise<string> {
    const socket = connect(own.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(text)
    let received = ''
    socket.on('data', (part) => (received += part.toString()))
    await once(socket, 'close')
    return received
  }

  test('headers and bodies that do not arrive in time are given up', async () => {
    await using own = await startGateway({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 400 } })
    expect(await untilClosed(own, 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n')).toContain(' 408 ')
    expect(
      await untilClosed(
        own,
        'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
      ),
    ).toContain(' 408 ')
  })

  test('headers that are too large are refused', async () => {
    expect(await untilClosed(gateway, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP.1.1 4(13|31) /,
    )
  })

  test('a request without a name is refused', async () => {
    expect(await untilClosed(gateway, 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toContain(' 403 ')
    expect(await untilClosed(gateway, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain(' 400 ')
  })

  test('an idle connection is closed', async () => {
    await using own = await startGateway({ limits: { idleTimeoutMs: 100 } })
    const text = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${HELLO.length}\r\n\r\n${HELLO}`
    expect(await untilClosed(own, text)).toContain('Hello you')
  })

  test('one address has so many connections', async () => {
    await using own = await startGateway({ limits: { connectionsPerAddress: 2 } })
    const sockets = await Promise.all([RawSocket.connect(own.socketUrl), RawSocket.connect(own.socketUrl)])
    expect(await untilClosed(own, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toContain(' 429 ')
    await sockets[0][Symbol.asyncDispose]()
    await expect.poll(async () => (await fetch(`${own.url}/health/live`).catch(() => null))?.status).toBe(200)
    await sockets[1][Symbol.asyncDispose]()
  })
})

describe('a gateway that stops', () => {
  test('lets requests end, refuses new ones, keeps subscriptions until the end', async () => {
    const own = await startGateway()
    await using socket = await RawSocket.connect(own.socketUrl)
    socket.subscribe('events', 'subscription { topic { number } }')
    socket.subscribe('running', '{ wait(name: "over socket") }')
    const running = fetch(own.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ wait(name: "over http") }' }),
    })
    await expect.poll(() => [...own.test.opened].sort()).toEqual(['over http', 'over socket', 'topic'])
    const limit = new AbortController()
    let drained = false
    const draining = own.gateway.drain(limit.signal).then(() => (drained = true))
    socket.subscribe('late', '{ hello }')
    expect(await socket.receive('error', 'late')).toMatchObject({
      payload: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }],
    })
    expect(drained).toBe(false)
    own.test.publish({ number: 5, text: 'still' })
    await socket.receive('next', 'events')
    own.test.release('over http')
    own.test.release('over socket')
    const response = await running
    expect([response.status, await response.json()]).toEqual([200, { data: { wait: 'over http' } }])
    expect(await socket.receive('next', 'running')).toMatchObject({ payload: { data: { wait: 'over socket' } } })
    await draining
    await Promise.all([own[Symbol.asyncDispose](), own[Symbol.asyncDispose]()])
    expect(await socket.closed).toMatchObject({ code: 1_001 })
    expect(own.test.readers).toBe(0)
    await expect(fetch(own.url)).rejects.toThrow()
  })

  test('a drain ends at its limit', async () => {
    await using own = await startGateway()
    await using socket = await RawSocket.connect(own.socketUrl)
    socket.subscribe('1', '{ wait(name: "for ever") }')
    await expect.poll(() => own.test.opened).toContain('for ever')
    await own.gateway.drain(AbortSignal.timeout(50))
  })
})
