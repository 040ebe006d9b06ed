import { readdir } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FilesystemBlobStore } from '../../src/adapters/filesystem/filesystem-blob-store.js'
import { createHostResolver } from '../../src/adapters/http/host-resolver.js'
import { createHttpWebClient } from '../../src/adapters/http/http-web-client.js'
import type { WebClient } from '../../src/ports/web-client.js'
import { DocumentFetcher, type DocumentFetcherOptions } from '../../src/services/knowledge/document-fetcher.js'
import { ConnectionAttempts } from '../support/connection-attempts.js'
import { DnsServer } from '../support/dns-server.js'
import { NEVER } from '../support/inference.js'
import { listenEverywhere } from '../support/loopback-listeners.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { ALLOWED_ADDRESS, type Answer, type WebServer } from '../support/web-server.js'

const MAX_BYTES = 200_000
const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())

let dns: DnsServer
let blobs: FilesystemBlobStore
let folder: string
let webClient: WebClient
let listeners: WebServer[]
let attempts: ConnectionAttempts
let answer: Answer

beforeAll(async () => {
  folder = stack.use(await createTemporaryFolder('fetched')).path
  blobs = await FilesystemBlobStore.open(folder)
  dns = stack.use(await DnsServer.start())
  const resolveHost = createHostResolver([dns.address])
  webClient = stack.use(
    createHttpWebClient({ allowed: [ALLOWED_ADDRESS], maxResponseBytes: 1_000, maxConnections: 8, resolveHost }),
  )
  listeners = await listenEverywhere((request, response) => answer(request, response))
  for (const listener of listeners) stack.use(listener)
  attempts = stack.use(new ConnectionAttempts())
})
beforeEach(() => {
  attempts.count = 0
  dns.names.clear()
  for (const listener of listeners) listener.connections = 0
  answer = (_request, response) => response.end('public')
})

const port = (): number => listeners[0]!.port
const fetchWith = (url: string, rest: Partial<DocumentFetcherOptions> = {}) =>
  new DocumentFetcher({ webClient, blobs, maxBytes: MAX_BYTES, timeoutMs: 20_000, onlyHosts: null, ...rest }).fetch({
    url,
    inputPath: 'documents.0',
    signal: NEVER,
  })
const privateConnections = (): number => listeners[1]!.connections + listeners[2]!.connections
async function listBlobs(): Promise<string[]> {
  const found = await readdir(folder, { recursive: true })
  return found.filter((name) => name.includes('blob_'))
}

describe('a document of the web', () => {
  test('goes to the disk, larger than other answers may be', async () => {
    const text = 'Some words. '.repeat(10_000)
    answer = ({ url }, response) =>
      url === '/from'
        ? response.writeHead(302, { location: '/to.html' }).end()
        : response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text)
    const fetched = await fetchWith(`http://${ALLOWED_ADDRESS}:${port()}/from`)
    expect(fetched).toMatchObject({
      mediaType: 'text/html; charset=utf-8',
      url: `http://${ALLOWED_ADDRESS}:${port()}/to.html`,
      blob: { sizeBytes: text.length },
    })
    expect((await buffer(blobs.read(fetched.blob.id))).toString()).toBe(text)
    await blobs.delete(fetched.blob.id)
  })

  test.each<[string, Answer, Partial<DocumentFetcherOptions>, string]>([
    ['is not there', (_request, response) => response.writeHead(404).end('absent'), {}, 'UNEXPECTED_RESPONSE'],
    ['comes later', (_request, response) => response.writeHead(503).end('busy'), {}, 'UNAVAILABLE'],
    ['is too large', (_request, response) => response.end(Buffer.alloc(MAX_BYTES + 1)), {}, 'PAYLOAD_TOO_LARGE'],
    [
      'never ends',
      (_request, response) => {
        const more = (): void => void (response.destroyed || (response.write(Buffer.alloc(9_000)), setImmediate(more)))
        more()
      },
      {},
      'PAYLOAD_TOO_LARGE',
    ],
    ['never comes', () => undefined, { timeoutMs: 100 }, 'DEADLINE_EXCEEDED'],
    ['stops', (_request, response) => void response.write('half'), { timeoutMs: 100 }, 'DEADLINE_EXCEEDED'],
    [
      'is cut',
      (_request, response) =>
        void response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy()),
      {},
      'UNAVAILABLE',
    ],
    [
      'is packed',
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      {},
      'UNEXPECTED_RESPONSE',
    ],
  ])('that %s leaves nothing behind', async (_what, given, rest, code) => {
    answer = given
    await expect(fetchWith(`http://${ALLOWED_ADDRESS}:${port()}/`, rest)).rejects.toMatchObject({ code })
    expect(await listBlobs()).toEqual([])
  })

  test('comes from allowed hosts only, when they are named', async () => {
    for (const name of ['docs.example.com', 'example.com', 'example.com.evil.example', 'evilexample.com'])
      dns.names.set(name, [[ALLOWED_ADDRESS]])
    const onlyHosts = ['docs.example.com', '.example.com']
    const fetched = await fetchWith(`http://DOCS.example.com.:${port()}/`, { onlyHosts })
    await blobs.delete(fetched.blob.id)
    for (const name of ['example.com', 'example.com.evil.example', 'evilexample.com', ALLOWED_ADDRESS])
      await expect(fetchWith(`http://${name}:${port()}/`, { onlyHosts })).rejects.toMatchObject({
        code: 'FORBIDDEN',
        details: { path: 'documents.0.url' },
      })
    expect(attempts.count).toBe(1)
    answer = (_request, response) => response.writeHead(302, { location: `http://example.com:${port()}/` }).end()
    await expect(fetchWith(`http://docs.example.com:${port()}/`, { onlyHosts })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(attempts.count).toBe(2)
  })
})

describe('a hostile address', () => {
  const HOSTS = [
    '127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 127.000.000.001 １２７.０.０.１ %31%32%37.0.0.1 0 0.0.0.0 localhost',
    'localhost. private.localhost [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]',
    '[64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1] [fc00::1] [fd00:ec2::254] [ff02::1] 10.0.0.1 172.16.0.1 192.168.0.1',
    '169.254.169.254 0xA9FEA9FE 2852039166 [::ffff:169.254.169.254] 100.64.0.1 192.0.0.192 198.18.0.1 224.0.0.1 240.0.0.1',
    '255.255.255.255 168.63.129.16',
  ].flatMap((line) => line.split(' '))
  const NAMES: Record<string, string[][]> = {
    'private.example': [['127.0.0.1']],
    'private6.example': [['::1']],
    'several.example': [['127.0.0.1', '::1', '10.0.0.1']],
    'mapped.example': [['::ffff:127.0.0.1']],
    'metadata.example': [['169.254.169.254']],
  }

  test('is never connected to: directly, by a redirect, by a name, by a name that changes', async () => {
    const addresses = [...HOSTS, ...Object.keys(NAMES)]
    expect(addresses.length).toBeGreaterThanOrEqual(40)
    let location = ''
    answer = ({ url }, response) =>
      url === '/redirect'
        ? response.writeHead(302, { location: Buffer.from(location).toString('latin1') }).end()
        : response.end('public')
    for (const host of addresses) {
      for (const [name, rounds] of Object.entries(NAMES)) dns.names.set(name, rounds)
      location = `http://${host}:${port()}/`
      const forbidden = { code: 'FORBIDDEN', details: { path: 'documents.0.url' } }
      await expect(fetchWith(location), host).rejects.toMatchObject(forbidden)
      await expect(fetchWith(`http://${ALLOWED_ADDRESS}:${port()}/redirect`), host).rejects.toMatchObject(forbidden)
    }
    for (const turned of ['127.0.0.1', '::1', '169.254.169.254']) {
      dns.names.set('turned.example', [[ALLOWED_ADDRESS], [turned]])
      location = `http://turned.example:${port()}/`
      await expect(fetchWith(`http://turned.example:${port()}/redirect`)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    expect([privateConnections(), attempts.count]).toEqual([0, addresses.length + 3])
    expect(await listBlobs()).toEqual([])
  })

  test.each(['file:///etc/passwd', 'ftp://127.0.0.2/', 'data:text/plain,x', 'http://ada:secret@127.0.0.2/', 'x', ''])(
    '"%s" is no address of a document',
    async (url) => {
      await expect(fetchWith(url)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { path: 'documents.0.url' },
      })
      expect(attempts.count).toBe(0)
    },
  )
})
