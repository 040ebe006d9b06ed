import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { WebMethod } from '../../src/ports/web-client.js'
import { createCertificate } from '../support/certificate.js'
import { openWebCalls } from '../support/web-calls.js'
import { waitFor } from '../support/wait.js'
import { ALLOWED_ADDRESS, type Answer } from '../support/web-server.js'

const MAX_BYTES = 100_000

const { open, send, serve, serveRaw, serveBytes } = openWebCalls(MAX_BYTES)

const text = (body: Uint8Array): string => Buffer.from(body).toString()

describe('a call', () => {
  test('sends method, headers and body, and gives status, headers, body and address back', async () => {
    const { origin, requests } = await serve((_request, response) => {
      response.writeHead(201, { 'X-One': 'a', 'set-cookie': ['secret=1'], 'x-many': ['b', 'c'] }).end('done')
    })
    const headers = { 'X-Custom': 'yes', Accept: 'text/plain' }
    const answer = await send(`${origin}/path?q=1#part`, { method: 'PUT', headers, body: Buffer.from('{"a":1}') })
    expect({ ...answer, body: text(answer.body) }).toMatchObject({
      status: 201,
      headers: { 'x-one': 'a', 'x-many': 'b, c' },
      body: 'done',
      redirects: 0,
    })
    expect(answer.url).toBe(`${origin}/path?q=1#part`)
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expect(requests).toMatchObject([{ method: 'PUT', url: '/path?q=1', body: '{"a":1}' }])
    expect(requests[0]?.headers).toEqual({
      host: origin.slice('http://'.length),
      connection: 'close',
      'x-custom': 'yes',
      accept: 'text/plain',
      'accept-encoding': 'identity',
      'content-length': '7',
      'user-agent': 'graphloom',
    })
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)(
    '%s without a body',
    async (method) => {
      const { origin, requests } = await serve((_request, response) => response.writeHead(404).end('absent'))
      const answer = await send(origin, { method })
      expect(answer).toMatchObject({ status: 404 })
      expect(text(answer.body)).toBe(method === 'HEAD' ? '' : 'absent')
      expect(requests[0]?.headers['content-length']).toBe(/^P/.test(method) ? '0' : undefined)
      expect(requests[0]?.headers['transfer-encoding']).toBeUndefined()
    },
  )

  test.each([
    [{ headers: { Host: 'other.example' } }, 'headers.Host'],
    [{ headers: { 'Content-Length': '3' } }, 'headers.Content-Length'],
    [{ headers: { 'transfer-encoding': 'chunked' } }, 'headers.transfer-encoding'],
    [{ headers: { 'Proxy-Authorization': 'x' } }, 'headers.Proxy-Authorization'],
    [{ headers: { 'accept-encoding': 'gzip' } }, 'headers.accept-encoding'],
    [{ headers: { 'x-a': 'b\r\nx-c: d' } }, 'headers.x-a'],
    [{ headers: { 'x a': 'b' } }, 'headers.x a'],
    [{ headers: { '': 'b' } }, 'headers.'],
    [{ headers: { 'x-a': 'b', 'X-A': 'c' } }, 'headers.X-A'],
    [{ headers: { 'x-a': '\u{1f600}' } }, 'headers.x-a'],
    [{ headers: { 'x-a': 'b'.repeat(16_384) } }, 'headers'],
    [{ headers: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`x-${i}`, ''])) }, 'headers'],
    [{ body: Buffer.from('x') }, 'body'],
    [{ url: `http://a.example/${'x'.repeat(8_192)}` }, 'url'],
  ] as const)('%j is refused', async (rest, path) => {
    await expect(send('http://a.example/', rest)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { path } })
  })

  test('a proxy of the environment is not used', async () => {
    const proxy = await serve((_request, response) => response.end('proxy'))
    const { origin } = await serve((_request, response) => response.end('server'))
    process.env.HTTP_PROXY = process.env.http_proxy = proxy.origin
    process.env.NODE_USE_ENV_PROXY = '1'
    const answer = await send(origin, {}, open({})).finally(() => {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY']) Reflect.deleteProperty(process.env, name)
    })
    expect(text(answer.body)).toBe('server')
    expect(proxy.connections).toBe(0)
  })
})

describe('a redirect', () => {
  const KEPT = { body: 'asked', type: 'text/x' }
  const GONE = { body: '', type: undefined }
  test.each<[number, WebMethod, WebMethod, { body: string; type: string | undefined }]>([
    [301, 'POST', 'GET', GONE],
    [302, 'POST', 'GET', GONE],
    [303, 'POST', 'GET', GONE],
    [307, 'POST', 'POST', KEPT],
    [308, 'POST', 'POST', KEPT],
    [301, 'PUT', 'PUT', KEPT],
    [302, 'DELETE', 'DELETE', KEPT],
    [303, 'PUT', 'GET', GONE],
    [303, 'HEAD', 'HEAD', GONE],
    [302, 'GET', 'GET', GONE],
    [302, 'HEAD', 'HEAD', GONE],
    [307, 'PATCH', 'PATCH', KEPT],
  ])('%i of %s goes on as %s', async (status, method, next, { body, type }) => {
    const { origin, requests } = await serve(({ url }, response) =>
      url === '/from' ? response.writeHead(status, { location: 'to?x' }).end() : response.end('there'),
    )
    const asked = /^(P|D)/.test(method)
    const rest = asked ? { headers: { 'content-type': 'text/x', 'x-own': '1' }, body: Buffer.from('asked') } : {}
    const answer = await send(`${origin}/from`, { method, ...rest })
    expect(answer).toMatchObject({ status: 200, url: `${origin}/to?x`, redirects: 1 })
    expect(requests[1]).toMatchObject({ method: next, url: '/to?x', body })
    expect(requests[1]?.headers['content-type']).toBe(type)
    if (asked) expect(requests[1]?.headers['x-own']).toBe('1')
  })

  test('to another origin carries no credentials and no signature', async () => {
    const other = await serve((_request, response) => response.end())
    const { origin } = await serve((_request, response) => response.writeHead(307, { location: other.origin }).end())
    const headers = {
      authorization: 'Bearer x',
      cookie: 'a=b',
      'x-api-key': 'x',
      'webhook-id': 'x',
      'webhook-signature': 'v1,x',
      'content-type': 'text/x',
      accept: 'text/y',
    }
    await send(origin, { method: 'POST', headers, body: Buffer.from('asked') })
    expect(Object.keys(other.requests[0]!.headers).toSorted()).toEqual(
      ['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'user-agent'].toSorted(),
    )
  })

  test.each([
    ['ftp://127.0.0.2/', 'one of ftp'],
    ['file:///etc/passwd', 'one of file'],
    ['http://ada:secret@127.0.0.2/', 'one with a user name or password'],
    ['http://[::1/', 'no URL'],
  ])('to %s is not followed', async (location, problem) => {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location }).end())
    const message = `${origin.slice('http://'.length)} redirects to an address that is ${problem}.`
    await expect(send(origin)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE', message })
  })

  test('in circles ends', async () => {
    const { origin, requests } = await serve((_request, response) => response.writeHead(302, { location: '/' }).end())
    await expect(send(origin)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
    expect(requests.length).toBe(6)
    await expect(send(origin, { maxRedirects: 1 })).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
    expect(requests.length).toBe(8)
    expect(await send(origin, { maxRedirects: 0 })).toMatchObject({ status: 302, headers: { location: '/' } })
  })

  test('without a place is an answer', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(302).end('nowhere'))
    expect(text((await send(origin)).body)).toBe('nowhere')
  })
})

describe('TLS', () => {
  const good = createCertificate(ALLOWED_ADDRESS, 2)

  test('is checked against the authorities', async () => {
    const { origin } = await serve((_request, response) => response.end('safe'), good)
    const trusting = open({ authorities: [good.cert] })
    expect(text((await send(origin, {}, trusting)).body)).toBe('safe')
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      await expect(send(origin)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/DEPTH_ZERO_SELF_SIGNED_CERT/),
      })
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    }
  })

  test.each([
    ['for another address', createCertificate('127.0.0.3', 2), /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['that is over', createCertificate(ALLOWED_ADDRESS, -2), /CERT_HAS_EXPIRED/],
  ])('with a certificate %s is refused', async (_what, certificate, message) => {
    const { origin, requests } = await serve((_request, response) => response.end(), certificate)
    await expect(send(origin, {}, open({ authorities: [certificate.cert] }))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(message),
    })
    expect(requests).toEqual([])
  })

  test('of a server without it fails', async () => {
    const { origin } = await serve((_request, response) => response.end())
    await expect(send(origin.replace('http:', 'https:'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('is not left by a redirect', async () => {
    const plain = await serve((_request, response) => response.end())
    const { origin } = await serve((_request, response) => {
      response.writeHead(307, { location: plain.origin }).end()
    }, good)
    await expect(send(origin, {}, open({ authorities: [good.cert] }))).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
      message: expect.stringMatching(/without TLS/),
    })
    expect(plain.connections).toBe(0)
  })
})

describe('an answer', () => {
  test('of just the limit is taken, one byte more is not, however it comes', async () => {
    const bodies: Record<string, Answer> = {
      '/whole': (_request, response) => response.end(Buffer.alloc(MAX_BYTES, 1)),
      '/more': (_request, response) => response.end(Buffer.alloc(MAX_BYTES + 1)),
      '/parts': (_request, response) => {
        response.write(Buffer.alloc(MAX_BYTES, 2))
        response.end()
      },
      '/more-parts': (_request, response) => {
        response.write(Buffer.alloc(MAX_BYTES))
        response.end('x')
      },
    }
    const { origin } = await serve((request, response) => bodies[request.url]!(request, response))
    expect(Buffer.from((await send(`${origin}/whole`)).body).equals(Buffer.alloc(MAX_BYTES, 1))).toBe(true)
    expect(Buffer.from((await send(`${origin}/parts`)).body).equals(Buffer.alloc(MAX_BYTES, 2))).toBe(true)
    const tooLarge = { code: 'PAYLOAD_TOO_LARGE', details: { limit: { name: 'maxResponseBytes', value: MAX_BYTES } } }
    await expect(send(`${origin}/more`)).rejects.toMatchObject(tooLarge)
    await expect(send(`${origin}/more-parts`)).rejects.toMatchObject(tooLarge)
    await expect(send(`${origin}/whole`, { maxResponseBytes: 10 })).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    const more = { maxResponseBytes: 10 * MAX_BYTES }
    await expect(send(`${origin}/more`, more)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    expect((await send(`${origin}/whole`, { method: 'HEAD', maxResponseBytes: 1 })).status).toBe(200)
    expect((await send(`${origin}/more`, { discardBody: true })).body.length).toBe(0)
  })

  test('that never ends is cut at the limit', async () => {
    let sentBytes = 0
    const { origin } = await serve((_request, response) => {
      const more = (): void => {
        sentBytes += 1_000
        if (response.write(Buffer.alloc(1_000))) setImmediate(more)
        else response.once('drain', more)
      }
      more()
      response.once('close', () => (sentBytes = -Infinity))
    })
    await expect(send(origin)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    await waitFor('the server is left', () => sentBytes === -Infinity)
  })

  test('byte by byte is put together', async () => {
    const chunks = Array.from({ length: 5_000 }, (_, i) => `1\r\n${String.fromCharCode(97 + (i % 26))}\r\n`)
    const { origin } = await serveBytes(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`,
    )
    const { body } = await send(origin)
    expect([body.length, text(body).slice(0, 28)]).toEqual([5_000, 'abcdefghijklmnopqrstuvwxyzab'])
  })

  test.each(['gzip', 'br', 'deflate, gzip', 'x-unknown'])('in the encoding %s is refused', async (encoding) => {
    const { origin } = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync(Buffer.alloc(1_000_000))),
    )
    await expect(send(origin)).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
  })

  test.each<[string, string, string]>([
    ['ends before its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'UNAVAILABLE'],
    ['ends before its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'UNAVAILABLE'],
    ['has a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n', 'UNAVAILABLE'],
    [
      'has a huge chunk',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(32)}\r\nabc`,
      'UNAVAILABLE',
    ],
    [
      'has long chunk extensions',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\na\r\n0\r\n\r\n`,
      'UNAVAILABLE',
    ],
    ['has two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 'UNAVAILABLE'],
    ['has a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabcd', 'UNAVAILABLE'],
    [
      'has a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'UNAVAILABLE',
    ],
    ['has a bad header', 'HTTP/1.1 200 OK\r\nx y: z\r\n\r\n', 'UNAVAILABLE'],
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'UNAVAILABLE'],
    ['is nothing', '', 'UNAVAILABLE'],
    ['has a huge header', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 'PAYLOAD_TOO_LARGE'],
    ['has very many headers', `HTTP/1.1 200 OK\r\n${'x: yyyy\r\n'.repeat(4_000)}\r\n`, 'PAYLOAD_TOO_LARGE'],
    ['changes the protocol', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 'UNAVAILABLE'],
  ])('that %s is an error', async (_what, bytes, code) => {
    const { origin } = await serveBytes(bytes)
    await expect(send(origin)).rejects.toMatchObject({ code })
  })

  test('after others that only inform is the one', async () => {
    const { origin } = await serveBytes(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc',
    )
    expect(text((await send(origin)).body)).toBe('abc')
  })

  test('before the body was taken is an answer', async () => {
    const { origin } = await serveRaw((socket) =>
      socket.once('data', () => {
        socket.pause()
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
        setTimeout(() => socket.destroy(), 1_000).unref()
      }),
    )
    const answer = await send(origin, { method: 'POST', body: Buffer.alloc(20_000_000) })
    expect([answer.status, text(answer.body)]).toEqual([413, 'no'])
  })
})
