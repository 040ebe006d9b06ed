import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrowserPage, hasBrowser } from '../support/browser.js'
import { TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'

if (!hasBrowser && process.env.CI)
  throw new Error('chromium is not installed, and these tests are not to be skipped here.')
if (!hasBrowser) console.warn('SKIPPED: the tests in a browser need chromium, which is not installed.')

/** Opens a socket in the page; gives the first message after `connection_init`, or "closed". */
const greet = (url: string): string => `new Promise((resolve) => {
  const socket = new WebSocket(${JSON.stringify(url.replace(/^http/, 'ws'))}, 'graphql-transport-ws')
  socket.onopen = () => socket.send('{"type":"connection_init"}')
  socket.onmessage = ({ data }) => { resolve(JSON.parse(data).type); socket.close() }
  socket.onclose = () => resolve('closed')
})`

const ask = (url: string, type: string): string => `fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: { 'content-type': ${JSON.stringify(type)} },
  body: '{"query":"{ server { phase } }"}',
}).then((response) => response.json(), () => 'refused')`

describe.skipIf(!hasBrowser)('in a browser', () => {
  const stack = new AsyncDisposableStack()
  let server: TestServer
  let page: BrowserPage
  let home: string
  beforeAll(async () => {
    const folder = stack.use(await createTemporaryFolder('browser-server'))
    server = stack.use(await TestServer.start({ GRAPHLOOM_DATA_DIR: folder.path }))
    home = new URL('/', server.graphqlUrl).href
    page = stack.use(await BrowserPage.open(home))
  })
  afterAll(() => stack.disposeAsync())

  test('the page at / shows the server without any network, and says that Apollo Sandbox needs one', async () => {
    await page.visit(home)
    const text = `document.body.innerText`
    for (const shown of ['READY', 'SmolLM2-135M-Instruct', 'all-MiniLM-L6-v2', 'administrator'])
      expect(String(await page.evaluate(text)).toLowerCase()).toContain(shown.toLowerCase())
    await expect.poll(() => page.evaluate(text)).toContain('Apollo Sandbox needs a network')
    const links = (await page.evaluate(`[...document.links].map((link) => link.href)`)) as string[]
    expect(links).toContain(`${home}schema.graphql`)
    for (const link of links) expect((await fetch(link)).status).toBe(200)
  })

  test('what Apollo Sandbox does from the page, queries and sockets, is allowed', async () => {
    await page.visit(home)
    expect(await page.evaluate(ask('/graphql', 'application/json'))).toEqual({ data: { server: { phase: 'READY' } } })
    expect(await page.evaluate(greet(server.graphqlUrl))).toBe('connection_ack')
  })

  test('a button copies its example', async () => {
    await page.visit(home)
    await page.evaluate(`document.querySelector('[data-copy]').click()`)
    await expect.poll(() => page.evaluate(`document.querySelector('[data-copy]').textContent`)).toBe('Copied')
    const copied = await page.evaluate(`navigator.clipboard.readText()`)
    expect(copied).toBe(await page.evaluate(`document.querySelector('.example pre').textContent`))
    expect(copied).toContain('models {')
  })

  test('a page of another origin reaches nothing, by fetch, form-like fetch, socket or event stream', async () => {
    const elsewhere = createServer((_request, response) => response.end('<!doctype html><title>Elsewhere</title>'))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    try {
      await page.visit(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`)
      for (const type of ['application/json', 'text/plain'])
        expect(await page.evaluate(ask(server.graphqlUrl, type))).toBe('refused')
      expect(await page.evaluate(greet(server.graphqlUrl))).toBe('closed')
      const stream = JSON.stringify(`${server.graphqlUrl}/stream?query={server{phase}}`)
      const opened = `new Promise((resolve) => {
        const source = new EventSource(${stream})
        source.onopen = () => resolve('open')
        source.onerror = () => resolve('refused')
      })`
      expect(await page.evaluate(opened)).toBe('refused')
    } finally {
      elsewhere.closeAllConnections()
      elsewhere.close()
    }
  })
})
