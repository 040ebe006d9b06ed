import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  EnqueueTaskGraphDocument,
  RetryTaskDocument,
  SigningSecretsDocument,
  TaskDocument,
  UpdateTaskQueueDocument,
} from '../generated/graphql.js'
import { ask, enqueue, failing, readToEnd, sleep } from '../support/enqueued-tasks.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const stack = new AsyncDisposableStack()
const deliveries: Delivery[] = []
let statuses: number[] = []
let url: string
let server: TestServer
let token: string
let isGenuine: (secret: string, headers: IncomingHttpHeaders, body: string) => boolean

beforeAll(async () => {
  const receiver = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((parts) => {
        deliveries.push({ headers: request.headers, body: parts.join('') })
        response.writeHead(statuses.shift() ?? 204).end()
      })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  stack.defer(() => void receiver.close())
  const address = receiver.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address!.port : ''}/ended`
  server = stack.use(
    await TestServer.start({
      GRAPHLOOM_WEB_ALLOWED_ADDRESSES: '127.0.0.0/8',
      GRAPHLOOM_SIGNING_SECRET: SECRET,
      GRAPHLOOM_JWT_SECRET: JWT_SECRET,
    }),
  )
  token = await signToken('acme', ['ADMIN'])
  const verifier = join(stack.use(await createTemporaryFolder('verifier')).path, 'verifier.mjs')
  const guide = await readFile(join(import.meta.dirname, '../../../docs/background-work.md'), 'utf8')
  await writeFile(verifier, /^```js\n(.*?)^```$/ms.exec(guide)![1]!)
  ;({ isGenuine } = (await import(verifier)) as { isGenuine: typeof isGenuine })
})
afterAll(() => stack.disposeAsync())
beforeEach(() => {
  deliveries.length = 0
  statuses = []
})

const readSecrets = async (by: string) => (await server.request(SigningSecretsDocument, {}, by)).signingSecrets
const isSignedWith = (secret: string, { headers, body }: Delivery): boolean => isGenuine(secret, headers, body)

test('an address is told of the end of a task, signed, again until it has taken it', async () => {
  statuses = [503, 200]
  const { id } = await enqueue(server, sleep(1, { webhookUrl: url }), { token })
  await readToEnd(server, id, { token })
  const find = async () => (await server.request(TaskDocument, { id }, token)).task!
  const webhook = await waitFor('the delivery to begin', async () => {
    const task = await find()
    return task.webhook?.delivery && task.webhook
  })
  await readToEnd(server, webhook.delivery!.id, { token })
  const { webhook: delivered } = await find()
  expect(delivered).toMatchObject({
    url,
    delivery: { state: 'SUCCEEDED', attempts: [{ error: { code: 'UNAVAILABLE' } }, { error: null }] },
  })
  expect(deliveries.length).toBe(2)
  const [secret = ''] = await readSecrets(token)
  for (const delivery of deliveries) {
    const { headers, body } = delivery
    expect(isSignedWith(secret, delivery)).toBe(true)
    expect(isSignedWith(secret, { headers, body: `${body} ` })).toBe(false)
    expect(isSignedWith(secret, { headers: { ...headers, 'webhook-timestamp': '1614265330' }, body })).toBe(false)
    expect(headers['webhook-id']).toBe(webhook.delivery!.id)
    expect(JSON.parse(body)).toMatchObject({ type: 'task.ended', data: { id, type: 'sleep', state: 'SUCCEEDED' } })
  }
})

test('an address is told of the end of a task that is done again, too', async () => {
  const { id } = await enqueue(server, failing(1, { webhookUrl: url }), { token })
  await readToEnd(server, id, { token })
  const { retryTask } = await server.request(RetryTaskDocument, { input: { id, input: { durationMs: 0 } } }, token)
  if (retryTask.__typename !== 'Task') throw new Error(JSON.stringify(retryTask))
  await waitFor('both to be told', () => deliveries.length >= 2)
  const told = deliveries.map(({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id)
  expect(new Set(told)).toEqual(new Set([id, retryTask.id]))
})

test('each task of a graph may have an address that is told of its end', async () => {
  const tasks = [
    { name: 'a', ...sleep(1, { webhookUrl: url }) },
    { name: 'b', ...sleep(1), after: [{ name: 'a' }] },
    { name: 'c', ...sleep(1, { webhookUrl: url }), after: [{ name: 'b' }] },
  ]
  const { enqueueTaskGraph } = await server.request(EnqueueTaskGraphDocument, { input: { tasks } }, token)
  expect(enqueueTaskGraph.__typename).toBe('TaskGraph')
  await waitFor('both deliveries', () => Promise.resolve(deliveries.length === 2))
  const told = deliveries.map(({ body }) => (JSON.parse(body) as { data: { state: string } }).data.state)
  expect(told).toEqual(['SUCCEEDED', 'SUCCEEDED'])
})

test('an address is told also where somebody has a task of a like key, and the queue is full', async () => {
  const { id } = await enqueue(server, sleep(300, { webhookUrl: url }), { token })
  await enqueue(server, sleep(0), { token, idempotencyKey: `webhook:${id}` })
  await enqueue(server, sleep(0, { delayMs: 3_600_000 }), { token })
  await server.request(UpdateTaskQueueDocument, { input: { name: 'default', maxLength: 1 } }, token)
  expect(await ask(server, sleep(0), { token })).toMatchObject({ __typename: 'Overloaded' })
  await waitFor('the delivery', () => deliveries.length === 1)
  expect(JSON.parse(deliveries[0]!.body)).toMatchObject({ data: { id } })
  await server.request(UpdateTaskQueueDocument, { input: { name: 'default', maxLength: 1_000 } }, token)
})

test('an address that cannot be called is refused before anything waits for it', async () => {
  for (const [input, path] of [
    [{ url: 'ftp://a.example' }, 'input.input.url'],
    [{ url: 'http://user:secret@a.example' }, 'input.input.url'],
    [{ url: 'http://a.example', headers: { host: 'b.example' } }, 'input.input.headers.host'],
    [{ url: 'http://a.example', headers: { a: 'b\nc' } }, 'input.input.headers.a'],
  ] as const)
    expect(await ask(server, { type: 'http.request', input }, { token })).toMatchObject({
      __typename: 'InvalidInput',
      path,
    })
  const webhook = { type: 'webhook', input: { url: 'ftp://a.example', payload: {} } }
  expect(await ask(server, webhook, { token })).toMatchObject({ __typename: 'InvalidInput', path: 'input.input.url' })
})

test('requests are tasks too, signed with a secret of the tenant that no other tenant has', async () => {
  const input = { type: 'http.request', input: { url, method: 'POST', body: { json: [1] } } }
  const { id } = await enqueue(server, input, { token })
  expect(await readToEnd(server, id, { token })).toMatchObject({ end: 'FINISHED' })
  expect(deliveries.map(({ body }) => body)).toEqual(['[1]'])
  const [own = ''] = await readSecrets(token)
  const [others = ''] = await readSecrets(await signToken('other', ['ADMIN']))
  expect([own, others, SECRET].map((secret) => isSignedWith(secret, deliveries[0]!))).toEqual([true, false, false])
  const told = JSON.stringify(server.lines) + server.stderr
  for (const secret of [own, others, SECRET]) expect(told).not.toContain(secret.slice('whsec_'.length))
})

test('secrets are for administrators of the tenant', async () => {
  const { errors, data } = await server.send(SigningSecretsDocument, {}, await signToken('acme'))
  expect([errors?.[0]?.extensions?.['code'], data]).toEqual(['FORBIDDEN', null])
  const { errors: strangers } = await server.send(SigningSecretsDocument, {})
  expect(strangers?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
})

test.each(['ftp://a.example/', 'http://user:secret@a.example/', 'nowhere', `http://a.example/${'a'.repeat(2_048)}`])(
  'a wrong address is refused at once: %s',
  async (webhookUrl) => {
    expect(await ask(server, sleep(1, { webhookUrl }), { token })).toMatchObject({
      __typename: 'InvalidInput',
      path: 'input.webhookUrl',
    })
  },
)
