import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isSignedMessage } from '../../src/services/tasks/signature.js'
import { TaskDocument } from '../generated/graphql.js'
import { ask, enqueue, readToEnd, sleep } from '../support/enqueued-tasks.js'
import { TestServer } from '../support/server.js'
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
    await TestServer.start({ GRAPHLOOM_WEB_ALLOWED_ADDRESSES: '127.0.0.0/8', GRAPHLOOM_SIGNING_SECRET: SECRET }),
  )
})
afterAll(() => stack.disposeAsync())
beforeEach(() => {
  deliveries.length = 0
  statuses = []
})

test('an address is told of the end of a task, signed, again until it has taken it', async () => {
  statuses = [503, 200]
  const { id } = await enqueue(server, sleep(1, { webhookUrl: url }))
  await readToEnd(server, id)
  const find = async () => (await server.request(TaskDocument, { id })).task!
  const webhook = await waitFor('the delivery to begin', async () => {
    const task = await find()
    return task.webhook?.delivery && task.webhook
  })
  await readToEnd(server, webhook.delivery!.id)
  const { webhook: delivered } = await find()
  expect(delivered).toMatchObject({
    url,
    delivery: { state: 'SUCCEEDED', attempts: [{ error: { code: 'UNAVAILABLE' } }, { error: null }] },
  })
  expect(deliveries.length).toBe(2)
  for (const { headers, body } of deliveries) {
    expect(isSignedMessage(SECRET, headers as Record<string, string>, Buffer.from(body), Date.now())).toBe(true)
    expect(headers['webhook-id']).toBe(webhook.delivery!.id)
    expect(JSON.parse(body)).toMatchObject({ type: 'task.ended', data: { id, type: 'sleep', state: 'SUCCEEDED' } })
  }
})

test('requests are tasks too', async () => {
  const { id } = await enqueue(server, { type: 'http.request', input: { url, method: 'POST', body: { json: [1] } } })
  expect(await readToEnd(server, id)).toMatchObject({ end: 'FINISHED' })
  expect(deliveries.map(({ body }) => body)).toEqual(['[1]'])
})

test.each(['ftp://a.example/', 'http://user:secret@a.example/', 'nowhere', `http://a.example/${'a'.repeat(2_048)}`])(
  'a wrong address is refused at once: %s',
  async (webhookUrl) => {
    expect(await ask(server, sleep(1, { webhookUrl }))).toMatchObject({
      __typename: 'InvalidInput',
      path: 'input.webhookUrl',
    })
  },
)
