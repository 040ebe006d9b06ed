import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openWebCalls } from '../support/web-calls.js'
import { waitFor } from '../support/wait.js'
import type { Answer } from '../support/web-server.js'

const { open, send, serve, serveRaw } = openWebCalls(100_000)

describe('a call that takes too long or is aborted', () => {
  /** A server for each phase that a call can hang in, and how to tell that it does. */
  const PHASES: Record<string, (socket: Socket) => void> = {
    'no answer': () => undefined,
    'headers byte by byte': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ')
      const timer = setInterval(() => socket.write('y'), 5)
      socket.once('close', () => clearInterval(timer))
    },
    'answers that only inform': (socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Hints\r\nlink: x\r\n\r\n'), 5)
      socket.once('close', () => clearInterval(timer))
    },
    'a body byte by byte': (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n')
      const timer = setInterval(() => socket.write('y'), 5)
      socket.once('close', () => clearInterval(timer))
    },
    'a body that stops': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nabc'),
    'trailers without end': (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: y\r\n'),
  }

  test.each(Object.keys(PHASES))('%s', async (phase) => {
    const server = await serveRaw((socket) => socket.once('data', () => PHASES[phase]!(socket)))
    await expect(send(server.origin, { timeoutMs: 150 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'The call was not done within 150 ms.',
    })
    const controller = new AbortController()
    const call = send(server.origin, { signal: controller.signal })
    await waitFor('the connection', () => server.connections === 2)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  })

  test('a handshake that does not come', async () => {
    const server = await serveRaw((socket) => socket.resume())
    const url = server.origin.replace('http:', 'https:')
    await expect(send(url, { timeoutMs: 150 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    const controller = new AbortController()
    const call = send(url, { signal: controller.signal })
    await waitFor('the connection', () => server.connections === 2)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  })

  test('redirects share the time', async () => {
    const { origin, requests } = await serve(({ url }, response) => {
      if (url === '/1') response.writeHead(302, { location: '/2' }).end()
    })
    await expect(send(`${origin}/1`, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(requests.map(({ url }) => url)).toEqual(['/1', '/2'])
  })

  test('before it began', async () => {
    const server = await serve((_request, response) => response.end())
    await expect(send(server.origin, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    expect(server.connections).toBe(0)
  })

  test('a body that is not taken', async () => {
    const server = await serveRaw((socket) => socket.pause())
    const request = { method: 'POST', body: Buffer.alloc(50_000_000), timeoutMs: 150 } as const
    await expect(send(server.origin, request)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    // A socket that is not read does not see that its peer is gone.
    for (const socket of server.sockets) socket.resume()
  })
})

describe('connections', () => {
  test('are bounded, and those to one host to a quarter', async () => {
    const held: (() => void)[] = []
    const hold: Answer = (_request, response) => held.push(() => response.end())
    const hosts = [await serve(hold), await serve(hold), await serve(hold), await serve(hold), await serve(hold)]
    const calls = hosts.flatMap(({ origin }) => Array.from({ length: 5 }, () => send(origin)))
    let ended = 0
    for (const call of calls) void call.then(() => ended++)
    while (ended < calls.length) {
      await waitFor('calls arrive', () => held.length > 0 || ended === calls.length)
      const open = hosts.map(({ sockets }) => sockets.size)
      expect(held.length).toBeLessThanOrEqual(8)
      for (const release of held.splice(0)) release()
      expect(Math.max(...open)).toBeLessThanOrEqual(4)
    }
    expect(hosts.map(({ requests }) => requests.length)).toEqual([5, 5, 5, 5, 5])
  })

  test('a call that waits for one can be aborted, and the next gets its place', async () => {
    const held: (() => void)[] = []
    const { origin, requests } = await serve((_request, response) => held.push(() => response.end()))
    const single = open({ maxConnections: 1 })
    const first = send(`${origin}/first`, {}, single)
    await waitFor('the first', () => requests.length === 1)
    const controller = new AbortController()
    const second = send(`${origin}/second`, { signal: controller.signal }, single)
    const third = send(`${origin}/third`, {}, single)
    controller.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    await expect(send(origin, { timeoutMs: 50 }, single)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    held.shift()!()
    await first
    await waitFor('the third', () => requests.length === 2)
    held.shift()!()
    await third
    expect(requests.map(({ url }) => url)).toEqual(['/first', '/third'])
  })

  test('end with the client', async () => {
    const { origin, requests } = await serve(() => undefined)
    const client = open({})
    const calls = Promise.allSettled([1, 2, 3].map(() => send(origin, {}, client)))
    await waitFor('they are open', () => requests.length === 2)
    await client[Symbol.asyncDispose]()
    for (const call of await calls)
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryable: true } })
    await expect(send(origin, {}, client)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('that are refused are told so', async () => {
    const gone = await serve(() => undefined)
    await gone[Symbol.asyncDispose]()
    const { origin } = gone
    await expect(send(origin)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `The call of ${origin.slice('http://'.length)} failed: ECONNREFUSED.`,
    })
  })
})
