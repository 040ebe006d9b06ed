import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { RawSocket } from '../support/raw-socket.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const connect = (): Promise<RawSocket> => RawSocket.connect(gateway.socketUrl)

describe('close codes of graphql-transport-ws', () => {
  test.each([
    ['no JSON', 'hello'],
    ['no object', '7'],
    ['no type', '{}'],
    ['an unknown type', { type: 'start', id: '1', payload: { query: '{ hello }' } }],
    ['a message of the server', { type: 'next', id: '1', payload: {} }],
    ['no id', { type: 'subscribe', payload: { query: '{ hello }' } }],
    ['an empty id', { type: 'subscribe', id: '', payload: { query: '{ hello }' } }],
    ['no payload', { type: 'subscribe', id: '1' }],
    ['a query that is no text', { type: 'subscribe', id: '1', payload: { query: 5 } }],
    ['variables that are no object', { type: 'subscribe', id: '1', payload: { query: '{ hello }', variables: 'x' } }],
    ['a complete without an id', { type: 'complete' }],
    ['a ping with a text', { type: 'ping', payload: 'x' }],
  ])('4400 for %s', async (_title, message) => {
    await using socket = await connect()
    socket.send(message)
    expect(await socket.closed).toMatchObject({ code: 4_400 })
  })

  test('4401 for an operation before the connection is acknowledged', async () => {
    await using socket = await RawSocket.open(gateway.socketUrl)
    socket.subscribe('1', '{ hello }')
    expect(await socket.closed).toEqual({ code: 4_401, reason: 'Unauthorized' })
  })

  test.each([{ authorization: 'Bearer x.y.z' }, { Authorization: 'nonsense' }, { authorization: 5 }])(
    '4403 for %j',
    async (payload) => {
      await using socket = await RawSocket.open(gateway.socketUrl)
      socket.send({ type: 'connection_init', payload })
      expect(await socket.closed).toEqual({ code: 4_403, reason: 'Forbidden' })
    },
  )

  test.each(['graphql-ws', 'mqtt'])('4406 for the protocol %s', async (protocol) => {
    const socket = new RawSocket(gateway.socketUrl, protocol)
    const { code } = await socket.closed
    // A client that offered none of the protocols may refuse the upgrade itself.
    expect([4_406, 1_006]).toContain(code)
  })

  test('4406 for no protocol', async () => {
    const socket = new RawSocket(gateway.socketUrl, [])
    expect(await socket.closed).toMatchObject({ code: 4_406 })
  })

  test('4408 when connection_init does not come', async () => {
    await using own = await startGateway({ limits: { connectionInitTimeoutMs: 50 } })
    await using socket = await RawSocket.open(own.socketUrl)
    expect(await socket.closed).toEqual({ code: 4_408, reason: 'Connection initialisation timeout' })
  })

  test('4409 for an id that is in use', async () => {
    await using socket = await connect()
    socket.subscribe('one', 'subscription { silence(name: "twice") }')
    socket.subscribe('one', '{ hello }')
    expect(await socket.closed).toEqual({ code: 4_409, reason: 'Subscriber for one already exists' })
    await expect.poll(() => gateway.test.ended).toContain('twice')
  })

  test('4429 for a second connection_init', async () => {
    await using socket = await connect()
    socket.send({ type: 'connection_init' })
    expect(await socket.closed).toEqual({ code: 4_429, reason: 'Too many initialisation requests' })
  })

  test('1009 for a message that is too large, 1007 for a text that is not UTF-8', async () => {
    await using large = await connect()
    large.subscribe('1', `{ hello } # ${'x'.repeat(30_000)}`)
    expect(await large.closed).toMatchObject({ code: 1_009 })
    await using wrong = await connect()
    wrong.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false })
    expect(await wrong.closed).toMatchObject({ code: 1_007 })
  })

  test('1001 when the server stops, with sources ended', async () => {
    const own = await startGateway()
    await using socket = await RawSocket.connect(own.socketUrl)
    socket.subscribe('1', 'subscription { silence(name: "stopped") }')
    await expect.poll(() => own.test.opened).toContain('stopped')
    await own[Symbol.asyncDispose]()
    expect(await socket.closed).toMatchObject({ code: 1_001 })
    await expect.poll(() => own.test.ended).toContain('stopped')
    expect(socket.messages.some(({ type }) => type === 'complete')).toBe(false)
  })
})

describe('messages', () => {
  test('a ping is answered with its payload, also before connection_init', async () => {
    await using socket = await RawSocket.open(gateway.socketUrl)
    socket.send({ type: 'ping' })
    expect(await socket.receive('pong')).toEqual({ type: 'pong' })
    await using other = await RawSocket.open(gateway.socketUrl)
    other.send({ type: 'ping', payload: { at: 1, mark: '\u00000' } })
    expect(await other.receive('pong')).toEqual({ type: 'pong', payload: { at: 1, mark: '\u00000' } })
  })

  test('a pong that nobody asked for is let be', async () => {
    await using socket = await connect()
    socket.send({ type: 'pong', payload: {} })
    socket.subscribe('1', '{ hello }')
    expect(await socket.receive('next', '1')).toMatchObject({ payload: { data: { hello: 'Hello you' } } })
  })

  test('a socket that does not answer pings is ended', async () => {
    await using own = await startGateway({ limits: { pingIntervalMs: 50 } })
    await using socket = await RawSocket.open(own.socketUrl, undefined, { autoPong: false })
    expect(await socket.closed).toMatchObject({ code: 1_006 })
  })

  test('an id can be used again after its end, and ids of every kind come back', async () => {
    await using socket = await connect()
    const ids = ['1', '1', 'x","payload":"\u00000', '"payload":"\\u00000"', '𝄞', '__proto__', 'constructor']
    for (const id of ids) {
      socket.messages.length = 0
      socket.subscribe(id, '{ hello }')
      expect(await socket.receive('next')).toEqual({ id, type: 'next', payload: { data: { hello: 'Hello you' } } })
      expect(await socket.receive('complete')).toEqual({ id, type: 'complete' })
    }
  })

  test('several operations share a socket', async () => {
    await using socket = await connect()
    socket.subscribe('slow', '{ wait(name: "shared") }')
    socket.subscribe('many', 'subscription { count(to: 20) }')
    socket.subscribe('bad', '{ nothing }')
    await socket.receive('complete', 'many')
    expect(socket.messages.filter(({ id, type }) => id === 'many' && type === 'next')).toHaveLength(20)
    expect(await socket.receive('error', 'bad')).toMatchObject({
      payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    })
    expect(socket.messages.some(({ id }) => id === 'slow')).toBe(false)
    gateway.test.release('shared')
    expect(await socket.receive('next', 'slow')).toMatchObject({ payload: { data: { wait: 'shared' } } })
  })

  test('complete ends a query that runs: its signal aborts and nothing is sent', async () => {
    await using socket = await connect()
    socket.subscribe('1', '{ wait(name: "given up") }')
    await expect.poll(() => gateway.test.opened).toContain('given up')
    socket.send({ type: 'complete', id: '1' })
    await expect.poll(() => gateway.test.ended).toContain('given up')
    socket.subscribe('2', '{ hello }')
    await socket.receive('complete', '2')
    expect(socket.messages.some(({ id }) => id === '1')).toBe(false)
  })

  test('complete ends a subscription whose source is silent and deaf', async () => {
    await using socket = await connect()
    socket.subscribe('1', 'subscription { silence(name: "completed") }')
    await expect.poll(() => gateway.test.opened).toContain('completed')
    socket.send({ type: 'complete', id: '1' })
    await expect.poll(() => gateway.test.ended).toContain('completed')
    socket.subscribe('1', '{ hello }')
    await socket.receive('complete', '1')
  })

  test('complete right behind subscribe leaves nothing open', async () => {
    await using socket = await connect()
    for (let index = 0; index < 50; index++) {
      socket.subscribe(`q${index}`, 'subscription { topic { number } }')
      socket.send({ type: 'complete', id: `q${index}` })
    }
    socket.subscribe('last', '{ hello }')
    await socket.receive('complete', 'last')
    await expect.poll(() => gateway.test.readers).toBe(0)
  })

  test.each(['close', 'terminate'] as const)('a client that leaves (%s) ends its sources and queries', async (how) => {
    await using socket = await connect()
    socket.subscribe('1', `subscription { silence(name: "left by ${how}") }`)
    socket.subscribe('2', `{ wait(name: "asked and left by ${how}") }`)
    await expect.poll(() => gateway.test.opened).toContain(`asked and left by ${how}`)
    await expect.poll(() => gateway.test.opened).toContain(`left by ${how}`)
    socket.socket[how]()
    await expect.poll(() => gateway.test.ended).toContain(`left by ${how}`)
    await expect.poll(() => gateway.test.ended).toContain(`asked and left by ${how}`)
  })
})

describe('limits of a socket', () => {
  test('operations at once', async () => {
    await using own = await startGateway({ limits: { subscriptionsPerConnection: 2 } })
    await using socket = await RawSocket.connect(own.socketUrl)
    for (const id of ['1', '2', '3']) socket.subscribe(id, 'subscription { topic { number } }')
    expect(await socket.receive('error', '3')).toMatchObject({
      payload: [
        {
          extensions: {
            code: 'LIMIT_EXCEEDED',
            limit: { name: 'GRAPHLOOM_LIMIT_SUBSCRIPTIONS_PER_CONNECTION', value: 2, actual: 3 },
          },
        },
      ],
    })
    socket.send({ type: 'complete', id: '1' })
    await expect.poll(() => own.test.readers).toBe(1)
    socket.subscribe('4', 'subscription { topic { number } }')
    await expect.poll(() => own.test.readers).toBe(2)
  })

  test('operations in a second', async () => {
    await using own = await startGateway({ limits: { operationsPerSocketPerSecond: 1 } })
    await using socket = await RawSocket.connect(own.socketUrl)
    for (const id of ['1', '2', '3']) socket.subscribe(id, '{ hello }')
    const error = await socket.receive('error')
    expect(error).toMatchObject({ payload: [{ extensions: { code: 'RATE_LIMITED', retryable: true } }] })
    expect((error.payload as { extensions: { retryAfterMs: number } }[])[0]?.extensions.retryAfterMs).toBeGreaterThan(0)
    await socket.receive('next', '1')
  })

  test('a reader that does not read holds its source back, and others go on', async () => {
    await using socket = await connect()
    await using other = await connect()
    socket.subscribe('1', 'subscription { flood(bytes: 65536) }')
    await socket.receive('next', '1')
    socket.socket.pause()
    const bytes = (): number => gateway.test.flooded
    let last = -1
    // The source stands still once the buffers between are full.
    await expect
      .poll(
        () => {
          const stands = bytes() === last
          last = bytes()
          return stands
        },
        { interval: 250, timeout: 30_000 },
      )
      .toBe(true)
    expect(bytes()).toBeLessThan(64 * 2 ** 20)
    other.subscribe('1', '{ hello }')
    await other.receive('complete', '1')
    socket.socket.resume()
    await expect.poll(bytes).toBeGreaterThan(last)
    socket.socket.terminate()
    await expect.poll(() => gateway.test.ended).toContain('flood')
  })

  test('a source that always has an item ready ends with its socket, whichever side closes it', async () => {
    await using own = await startGateway()
    const flood = async (): Promise<RawSocket> => {
      const socket = await RawSocket.connect(own.socketUrl)
      socket.subscribe('1', 'subscription { flood(bytes: 1) }')
      await socket.receive('next', '1')
      return socket
    }
    const ofServer = await flood()
    expect(own.gateway.revoke(() => true)).toBe(1)
    expect(await ofServer.closed).toMatchObject({ code: 4403 })
    for (let cut = 0; cut < 10; cut++) (await flood()).socket.terminate()
    await expect.poll(() => own.test.ended.length).toBe(11)
  })
})

describe('subscribers who ask the same', () => {
  test('share an execution; others do not', async () => {
    await using own = await startGateway()
    const sockets = await Promise.all(Array.from({ length: 5 }, () => RawSocket.connect(own.socketUrl)))
    const same = 'subscription ($after: String) { topic(after: $after) { number text } }'
    sockets.forEach((socket, index) => socket.subscribe('1', same, { after: `place ${index}` }))
    sockets[0]?.subscribe('2', 'subscription { topic { text } }')
    await expect.poll(() => own.test.readers).toBe(6)
    own.test.publish({ number: 1, text: 'news' })
    for (const socket of sockets)
      expect(await socket.receive('next', '1')).toMatchObject({
        payload: { data: { topic: { number: 1, text: 'news' } } },
      })
    expect(await sockets[0]?.receive('next', '2')).toMatchObject({ payload: { data: { topic: { text: 'news' } } } })
    expect(own.test.executions).toBe(2)
    for (const socket of sockets) await socket[Symbol.asyncDispose]()
    await expect.poll(() => own.test.readers).toBe(0)
  })
})
