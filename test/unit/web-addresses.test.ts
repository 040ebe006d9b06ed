import { isIP } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createHostResolver } from '../../src/adapters/http/host-resolver.js'
import { createHttpWebClient } from '../../src/adapters/http/http-web-client.js'
import { isSpecialAddress } from '../../src/adapters/http/special-addresses.js'
import type { WebClient, WebRequest } from '../../src/ports/web-client.js'
import { ConnectionAttempts } from '../support/connection-attempts.js'
import { DnsServer } from '../support/dns-server.js'
import { NEVER } from '../support/inference.js'
import { listenEverywhere } from '../support/loopback-listeners.js'
import { ALLOWED_ADDRESS, WebServer } from '../support/web-server.js'

/** Ways to write addresses that nobody outside may have called; the listeners are at the loopback ones. */
const HOSTS = [
  '127.0.0.1 127.1 127.0.1 127.0.0.1. 2130706433 0x7f000001 0x7f.0.0.1 0X7F.1 0177.0.0.1 017700000001 0177.0.0.0x1',
  '127.000.000.001 １２７.０.０.１ 127。0。0。1 %31%32%37.0.0.1 127.255.255.254 0 0.0.0.0 0x0 000000 0.1',
  'localhost LOCALHOST localhost. private.localhost ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  '[::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]',
  '[0:0:0:0:0:FFFF:127.0.0.1] [::ffff:0:127.0.0.1] [::127.0.0.1] [::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:a00:1::1] [2001:0:7f00:1::] [2001:10::1] [2001:db8::1] [3fff::1] [5f00::1]',
  '[fe80::1] [fe80::a9fe:a9fe] [febf::1] [fec0::1] [fc00::1] [fd00:ec2::254] [fdff::1] [ff02::1] [ff0e::1] [100::1]',
  '[4000::1] 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 169.254.169.254',
  '0xA9FEA9FE 2852039166 169.254.43518 0251.0376.0251.0376 [::ffff:169.254.169.254] 100.64.0.1 100.100.100.200',
  '192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 168.63.129.16',
  '224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255',
].flatMap((line) => line.split(' '))

/** Not even addresses. */
const NO_URLS = [
  'http://[fe80::1%25eth0]/ http://[fe80::1%eth0]/ http://[::1%lo]/ http://[::1/ http://256.256.256.256/ http://1.2.3.4.5/',
  'http://0x7f.0.0.0.1/ http://127.0.0.0x100/ http://4294967296/ http://[::ffff:127.0.0.256]/ http://[1::2::3]/',
  'http:// https:/// //127.0.0.1/ /path 127.0.0.1 localhost:80 ftp://127.0.0.1/ file:///etc/passwd gopher://127.0.0.1/',
  'data:text/plain,x javascript:0 blob:http://127.0.0.1/x ws://127.0.0.1/ http+unix://%2Frun%2Fx.sock/ dict://127.0.0.1/',
  'http://127.0.0.2:0/ http://127.0.0.2:65536/ http://ada@127.0.0.2/ http://ada:secret@127.0.0.2/ http://:secret@127.0.0.2/',
  'http://127.0.0.2:80@127.0.0.1/ http://exa<mple.com/ http://127.0.0.2%00.example.com/ http://127.0.0.1%2f@127.0.0.2/',
].flatMap((line) => line.split(' '))

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())

let dns: DnsServer
let allowed: WebServer
let listeners: WebServer[]
let client: WebClient
let attempts: ConnectionAttempts
let location = ''

const openClient = (allow: readonly string[]): WebClient =>
  stack.use(
    createHttpWebClient({
      allowed: allow,
      maxResponseBytes: 1_000,
      maxConnections: 8,
      resolveHost: createHostResolver([dns.address]),
    }),
  )

beforeAll(async () => {
  dns = stack.use(await DnsServer.start())
  const servers = await listenEverywhere(({ url }, response) =>
    url === '/redirect'
      ? response.writeHead(307, { location: Buffer.from(location).toString('latin1') }).end()
      : response.end('public'),
  )
  for (const server of servers) stack.use(server)
  allowed = servers[0]!
  listeners = servers.slice(1)
  client = openClient([ALLOWED_ADDRESS])
  attempts = stack.use(new ConnectionAttempts())
})

beforeEach(() => {
  attempts.count = 0
})

const send = (url: string, by: WebClient = client, rest: Partial<WebRequest> = {}) =>
  by.send({ method: 'GET', url, timeoutMs: 20_000, signal: NEVER, ...rest })

const privateConnections = (): number => listeners.reduce((sum, { connections }) => sum + connections, 0)

async function expectRefusal(url: string, attempted = 0): Promise<void> {
  const error: unknown = await send(url, client, { inputPath: 'input' }).catch((thrown: unknown) => thrown)
  expect(error, url).toMatchObject({ code: 'FORBIDDEN', details: { path: 'input.url' } })
  expect((error as Error).message, url).toMatch(/^"[^"]+" is not called: it does not lead to a public address\.$/)
  expect(attempts.count, url).toBe(attempted)
  expect(privateConnections(), url).toBe(0)
}

describe('addresses that are not public', () => {
  test('there are many of them', () => expect(HOSTS.length).toBeGreaterThanOrEqual(40))

  test.each(HOSTS)('%s is not connected to', async (host) => {
    await expectRefusal(`http://${host}:${allowed.port}/`)
    await expectRefusal(`https://${host}:${allowed.port}/`)
  })

  test.each(HOSTS)('%s is not connected to by a redirect', async (host) => {
    location = `http://${host}:${allowed.port}/`
    await expectRefusal(`${allowed.origin}/redirect`, 1)
  })

  test('a redirect to a path without a scheme does not lead there either', async () => {
    location = `//127.0.0.1:${allowed.port}/`
    await expectRefusal(`${allowed.origin}/redirect`, 1)
    location = `\\\\127.1:${allowed.port}\\`
    await expectRefusal(`${allowed.origin}/redirect`, 2)
  })

  test('a name that means one of them is not connected to', async () => {
    const addresses = HOSTS.map((host) => URL.parse(`http://${host}/`)!.hostname.replace(/^\[|\]$/g, ''))
    for (const [i, address] of [...new Set(addresses)].filter((one) => isIP(one) !== 0).entries()) {
      dns.names.set(`name-${i}.example`, [[address]])
      await expectRefusal(`http://name-${i}.example:${allowed.port}/`)
    }
  })

  test('a name that has nothing but several of them is not connected to', async () => {
    dns.names.set('several.example', [['127.0.0.1', '::1', '10.0.0.1', '::ffff:127.0.0.1']])
    await expectRefusal(`http://several.example:${allowed.port}/`)
  })

  test.each(NO_URLS)('%s is no URL to call', async (url) => {
    await expect(send(url, client, { inputPath: 'input' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { path: 'input.url' },
    })
    expect(attempts.count).toBe(0)
  })
})

describe('a name', () => {
  test('that has an allowed address is connected to at just that, also beside refused ones', async () => {
    for (const [i, addresses] of [
      [ALLOWED_ADDRESS],
      [ALLOWED_ADDRESS, '127.0.0.1'],
      ['127.0.0.1', '::1', ALLOWED_ADDRESS],
    ].entries()) {
      dns.names.set(`mixed-${i}.example`, [addresses])
      const response = await send(`http://mixed-${i}.example:${allowed.port}/`)
      expect(Buffer.from(response.body).toString()).toBe('public')
      expect(allowed.requests.at(-1)?.headers.host).toBe(`mixed-${i}.example:${allowed.port}`)
    }
    expect(attempts.count).toBe(3)
    expect(privateConnections()).toBe(0)
  })

  test('whose allowed address does not answer is not connected to at the others', async () => {
    await using closed = await WebServer.start(() => undefined)
    const { port } = closed
    await using listener = await WebServer.start(() => undefined, { host: '127.0.0.1', port })
    await closed[Symbol.asyncDispose]()
    dns.names.set('half.example', [[ALLOWED_ADDRESS, '127.0.0.1']])
    await expect(send(`http://half.example:${port}/`)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `The call of half.example:${port} failed: ECONNREFUSED.`,
    })
    expect(listener.connections).toBe(0)
  })

  test('that means another address at each question is connected to where it was checked', async () => {
    const rounds = Array.from({ length: 10 }, (_, i) => [i % 2 === 0 ? ALLOWED_ADDRESS : '127.0.0.1'])
    dns.names.set('rebound.example', rounds)
    const url = `http://rebound.example:${allowed.port}/`
    for (let i = 0; i < 5; i++) {
      expect(Buffer.from((await send(url)).body).toString()).toBe('public')
      await expect(send(url)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    expect([attempts.count, privateConnections()]).toEqual([5, 0])
  })

  test('that means another address after a redirect to itself is refused', async () => {
    dns.names.set('turned.example', [[ALLOWED_ADDRESS], ['::1']])
    location = `http://turned.example:${allowed.port}/`
    await expectRefusal(`http://turned.example:${allowed.port}/redirect`, 1)
  })

  test('that is not found is told so', async () => {
    await expect(send('http://none.example/')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The call of none.example failed: ENOTFOUND.',
    })
  })

  test('whose server does not answer is given up with the call', async () => {
    dns.silent.add('silent.example')
    await expect(send('http://silent.example/', client, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    const controller = new AbortController()
    const call = send('http://silent.example/', client, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  })
})

describe('what is allowed by configuration', () => {
  test.each([
    [['127.0.0.0/8'], '127.0.0.1', true],
    [['127.0.0.0/8'], 'localhost', true],
    [['127.0.0.0/8'], '[::1]', false],
    [['127.0.0.0/8'], '[::ffff:127.0.0.1]', false],
    [['::/0'], '127.0.0.1', false],
    [['::1'], '[::1]', true],
    [['0::/64'], '[::1]', true],
    [['127.0.0.2/31'], '127.0.0.1', false],
    [['localhost'], 'localhost', true],
    [['LOCALHOST'], 'LocalHost.', true],
    [['localhost'], '127.0.0.1', false],
    [['localhost'], 'other.localhost', false],
    [['0.0.0.0/0', '::/0'], '[::1]', true],
  ] as const)('%j: %s may be called: %s', async (allow, host, may) => {
    const call = send(`http://${host}:${allowed.port}/`, openClient(allow))
    if (may) expect(Buffer.from((await call).body).toString()).toBe('private')
    else await expect(call).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test.each([
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '1.2.3',
    'fe80::1%eth0',
    'http://a.example',
    'a b',
    '-a.example',
  ])('"%s" cannot be', (text) => {
    expect(() => openClient([text])).toThrow('neither a block of addresses nor a host name')
  })
})

test('public addresses are told from special ones at the edges of their blocks', () => {
  const edges = [
    ['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.167.255.255'],
    ['192.169.0.0', '198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0'],
    ['223.255.255.255', '8.8.8.8', '2001:200::', '2001:4860:4860::8888', '2001:db7:ffff::', '2001:db9::', '2003::'],
    ['2606:4700::1111', '2a00::1', '3ffe::1', '2001:ffff::1'],
  ].flat()
  for (const address of edges) expect(isSpecialAddress(address), address).toBe(false)
  const special = [
    '0.255.255.255',
    '100.127.255.255',
    '223.256.0.0',
    '1fff:ffff::',
    '2001:1ff:ffff::',
    '3fff:fff::',
    'x',
  ]
  for (const address of special) expect(isSpecialAddress(address), address).toBe(true)
})
