import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  AddDocumentsDocument,
  CreateUploadDocument,
  DocumentDocument,
  FindUploadDocument,
  type CreateUploadInput,
  type DocumentInput,
} from '../generated/graphql.js'
import { linesOf, writePdf } from '../support/documents/pdf-writer.js'
import { KnowledgeClient } from '../support/knowledge.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'
import { ALLOWED_ADDRESS, WebServer } from '../support/web-server.js'

const MAX_BYTES = 200_000

let server: TestServer
let environment: Record<string, string>
let ada: string
let eve: string
const stack = new AsyncDisposableStack()
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('uploads'))
  environment = {
    GRAPHLOOM_DATA_DIR: folder.path,
    GRAPHLOOM_WEB_ALLOWED_ADDRESSES: ALLOWED_ADDRESS,
    GRAPHLOOM_JWT_SECRET: JWT_SECRET,
    GRAPHLOOM_DOCUMENT_MAX_BYTES: String(MAX_BYTES),
  }
  server = await TestServer.start(environment)
  ada = await signToken('one')
  eve = await signToken('two')
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await stack.disposeAsync()
})

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251))
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

async function create(input: CreateUploadInput = {}, token = ada): Promise<{ id: string; url: string }> {
  const { createUpload } = await server.request(CreateUploadDocument, { input }, token)
  if (!('upload' in createUpload)) throw new Error(JSON.stringify(createUpload))
  return { id: createUpload.upload.id, url: `${server.url}${createUpload.uploadPath}` }
}

async function put(url: string, body: Uint8Array, range?: string): Promise<{ status: number; body: unknown }> {
  const headers = range === undefined ? {} : { 'content-range': range }
  const response = await fetch(url, { method: 'PUT', body: Buffer.from(body), headers })
  return { status: response.status, body: await response.json() }
}

const describeUpload = async (url: string): Promise<unknown> => (await fetch(url)).json()

describe('a file', () => {
  test('comes in one request', async () => {
    const { id, url } = await create({ name: 'notes.md', mediaType: 'text/markdown', sizeBytes: CONTENT.length })
    const open = { state: 'OPEN', receivedBytes: 0, sizeBytes: CONTENT.length, sha256: null }
    expect(await describeUpload(url)).toEqual({ id, ...open })
    const complete = { state: 'COMPLETE', receivedBytes: CONTENT.length, sizeBytes: CONTENT.length, sha256: SHA256 }
    expect(await put(url, CONTENT)).toEqual({ status: 200, body: { id, ...complete } })
    const { node } = await server.request(FindUploadDocument, { id }, ada)
    expect(node).toMatchObject({ id, ...complete, name: 'notes.md', mediaType: 'text/markdown' })
    expect(await put(url, CONTENT)).toMatchObject({
      status: 409,
      body: { errors: [{ message: 'The upload is complete.' }] },
    })
  })

  test('comes in parts, in order, whoever sends them', async () => {
    const { url } = await create()
    const at = [0, 10, 60_000, CONTENT.length]
    for (let i = 0; i < 3; i++) {
      const [from, to] = [at[i]!, at[i + 1]!]
      const wrong = await put(url, CONTENT.subarray(5), `bytes 5-${CONTENT.length - 1}/*`)
      expect(wrong).toMatchObject({
        status: 409,
        body: { errors: [{ message: `${from} bytes are there; go on with the byte ${from}.` }] },
      })
      const range = `bytes ${from}-${to - 1}/${i === 2 ? CONTENT.length : '*'}`
      const answer = await put(url, CONTENT.subarray(from, to), range)
      expect(answer).toMatchObject({ status: 200, body: { receivedBytes: to, state: i === 2 ? 'COMPLETE' : 'OPEN' } })
    }
    expect(await describeUpload(url)).toMatchObject({ state: 'COMPLETE', sha256: SHA256 })
  })

  test('goes on after a broken connection, and after a crash of the server', async () => {
    const created = await create({ sizeBytes: CONTENT.length })
    const { id } = created
    let { url } = created
    const sending = httpRequest(url, { method: 'PUT', headers: { 'content-length': CONTENT.length } })
    sending.on('error', () => undefined)
    sending.write(CONTENT.subarray(0, 30_000), () => sending.destroy())
    let receivedBytes = 0
    await waitFor('what came', async () => {
      ;({ receivedBytes } = (await describeUpload(url)) as { receivedBytes: number })
      return receivedBytes > 0
    })
    expect(receivedBytes).toBeLessThanOrEqual(30_000)
    await server.kill()
    server = await TestServer.start(environment)
    url = `${server.url}${new URL(url).pathname}${new URL(url).search}`
    expect(await describeUpload(url)).toMatchObject({ state: 'OPEN', receivedBytes })
    const last = await put(
      url,
      CONTENT.subarray(receivedBytes),
      `bytes ${receivedBytes}-${CONTENT.length - 1}/${CONTENT.length}`,
    )
    expect(last).toMatchObject({ status: 200, body: { id, state: 'COMPLETE', sha256: SHA256 } })
  })

  test('sent twice at once is there once', async () => {
    const { url } = await create()
    const answers = await Promise.all(Array.from({ length: 5 }, () => put(url, CONTENT)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409])
    expect(await describeUpload(url)).toMatchObject({ receivedBytes: CONTENT.length, sha256: SHA256 })
  })

  test('that is too large, or of another size than was said, is refused', async () => {
    const { url } = await create()
    const large = await put(url, Buffer.alloc(MAX_BYTES + 1))
    expect(large).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] } })
    expect(await put(url, Buffer.alloc(10), `bytes 0-9/${MAX_BYTES + 1}`)).toMatchObject({ status: 413 })
    expect(await put(url, Buffer.alloc(100), 'bytes 0-9/*')).toMatchObject({ status: 413 })
    expect(await describeUpload(url)).toMatchObject({ receivedBytes: 0 })
    const sized = await create({ sizeBytes: 10 })
    expect(await put(sized.url, Buffer.alloc(5))).toMatchObject({ status: 400 })
    expect(await put(sized.url, Buffer.alloc(5), 'bytes 0-4/12')).toMatchObject({ status: 400 })
    expect(await put(sized.url, Buffer.alloc(11), 'bytes 0-10/*')).toMatchObject({ status: 413 })
    expect(await put(sized.url, Buffer.alloc(10))).toMatchObject({ status: 200, body: { state: 'COMPLETE' } })
  })

  test.each(['bytes=0-9/10', 'bytes 5-4/10', 'bytes 0-10/10', 'bytes 0-9', '0-9/10', `bytes 0-${'9'.repeat(20)}/*`])(
    'with the range %s is refused',
    async (range) => {
      const { url } = await create()
      expect(await put(url, Buffer.alloc(10), range)).toMatchObject({ status: 400 })
    },
  )
})

describe('an address', () => {
  test('that is wrong tells nothing', async () => {
    const { id, url } = await create()
    const other = await create()
    const secret = new URL(url).searchParams.get('secret') ?? ''
    const wrong = [
      `id=${id}&secret=x`,
      `id=${id}`,
      `secret=${secret}`,
      `id=${other.id}&secret=${secret}`,
      `id=upl_x&secret=${secret}`,
      `id=%00&secret=%00`,
      '',
    ]
    const messages = new Set<string>()
    for (const query of wrong) {
      const { status, body } = await put(`${server.url}/uploads?${query}`, CONTENT)
      expect(status).toBe(404)
      messages.add((body as { errors: { message: string }[] }).errors[0]!.message)
    }
    expect([...messages]).toEqual(['There is no upload at this address, or its time is over.'])
    expect(await describeUpload(url)).toMatchObject({ receivedBytes: 0 })
  })

  test('is the tenant’s own', async () => {
    const { id } = await create()
    expect((await server.request(FindUploadDocument, { id }, ada)).node).toMatchObject({ id })
    expect((await server.request(FindUploadDocument, { id }, eve)).node).toBeNull()
  })

  test('is over when its time is', async () => {
    await using brief = await TestServer.start({
      GRAPHLOOM_JWT_SECRET: JWT_SECRET,
      GRAPHLOOM_UPLOAD_TTL_MS: '1000',
      GRAPHLOOM_RETENTION_INTERVAL_MS: '1000',
    })
    const { createUpload } = await brief.request(CreateUploadDocument, { input: {} }, ada)
    if (!('upload' in createUpload)) throw new Error('no upload')
    const url = `${brief.url}${createUpload.uploadPath}`
    await put(url, CONTENT)
    await waitFor('its end', async () => (await fetch(url)).status === 404)
    expect((await brief.request(FindUploadDocument, { id: createUpload.upload.id }, ada)).node).toBeNull()
  })
})

describe('documents', () => {
  let pages: WebServer
  let client: KnowledgeClient
  beforeAll(async () => {
    pages = stack.use(
      await WebServer.start(({ url }, response) => {
        if (url === '/moved') response.writeHead(302, { location: '/page' }).end()
        else if (url === '/private') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
        else if (url === '/page')
          response
            .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
            .end('<h1>Tides</h1><p>The moon raises the tides of the sea.</p>')
        else response.writeHead(404).end()
      }),
    )
    client = new KnowledgeClient(server, ada)
    await client.create({ name: 'mixed' })
  })

  const find = async (id: string) => {
    const { document } = await server.request(DocumentDocument, { id }, ada)
    return document
  }

  test('are made of uploads and of addresses', async () => {
    const { id, url } = await create({ name: 'sailing.pdf' })
    await put(url, writePdf({ pages: [[], linesOf('A sailing boat cannot go straight against the wind.')] }))
    const added = await client.add('mixed', [{ upload: id }, { url: `${pages.origin}/moved` }])
    const [boat] = await client.search('mixed', 'sailing against the wind', { first: 1 })
    expect(boat?.chunk).toMatchObject({ text: 'A sailing boat cannot go straight against the wind.', page: 2 })
    const [moon] = await client.search('mixed', 'the moon and the sea', { first: 1 })
    expect(moon?.chunk).toMatchObject({ text: 'Tides\n\nThe moon raises the tides of the sea.' })
    const documents = await Promise.all(added.map(({ id: documentId }) => find(documentId)))
    expect(documents).toMatchObject([
      { state: 'READY', mediaType: 'application/pdf', pages: 2 },
      { state: 'READY', mediaType: 'text/html', source: `${pages.origin}/moved` },
    ])
  })

  test('that cannot be got have errors of their own', async () => {
    const sources = [{ url: `${pages.origin}/absent` }, { url: `${pages.origin}/private` }, { url: 'http://10.0.0.1/' }]
    const added = await client.add('mixed', [...sources, { text: 'This one is fine.' }])
    const documents = await Promise.all(added.map(({ id }) => find(id)))
    const error = { code: 'DOCUMENT_UNREADABLE' }
    expect(documents).toMatchObject([
      { state: 'FAILED', error },
      { state: 'FAILED', error },
      { state: 'FAILED', error },
      { state: 'READY', error: null },
    ])
    expect(documents[0]?.error?.message).toMatch(/answered with the status 404/)
    expect(documents[2]?.error?.message).toMatch(/"10.0.0.1" is not called/)
  })

  test.each<[string, DocumentInput, string]>([
    ['nothing', {}, 'input.documents.0'],
    ['two sources', { text: 'x', url: 'http://a.example/' }, 'input.documents.0'],
    ['a file’s address', { url: 'file:///etc/passwd' }, 'input.documents.0.url'],
    ['an upload that is not there', { upload: 'upl_x' }, 'input.documents.0.upload'],
  ])('of %s are refused', async (_what, document, path) => {
    const input = { knowledgeBase: 'mixed', documents: [document] }
    const { addDocuments } = await server.request(AddDocumentsDocument, { input }, ada)
    expect(addDocuments).toMatchObject({ code: 'INVALID_INPUT', path })
  })

  test('of an upload that is open, or another tenant’s, are refused', async () => {
    const open = await create()
    const other = await create({}, eve)
    await put(other.url, CONTENT)
    for (const upload of [open.id, other.id]) {
      const input = { knowledgeBase: 'mixed', documents: [{ upload }] }
      const { addDocuments } = await server.request(AddDocumentsDocument, { input }, ada)
      expect(addDocuments).toMatchObject({ code: 'INVALID_INPUT', path: 'input.documents.0.upload' })
    }
  })
})

describe('createUpload', () => {
  test.each<[CreateUploadInput, string]>([
    [{ name: '' }, 'input.name'],
    [{ name: 'a\nb' }, 'input.name'],
    [{ name: 'x'.repeat(513) }, 'input.name'],
    [{ mediaType: 'text' }, 'input.mediaType'],
    [{ mediaType: 'text/html\r\nx: y' }, 'input.mediaType'],
    [{ mediaType: 'image/png' }, 'input.mediaType'],
    [{ sizeBytes: 0 }, 'input.sizeBytes'],
    [{ sizeBytes: MAX_BYTES + 1 }, 'input.sizeBytes'],
  ])('refuses %j', async (input, path) => {
    const { createUpload } = await server.request(CreateUploadDocument, { input }, ada)
    expect(createUpload).toMatchObject({ code: 'INVALID_INPUT', path })
  })

  test('needs a token', async () => {
    const { errors } = await server.send(CreateUploadDocument, { input: {} })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})
