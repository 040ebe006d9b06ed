import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isSignedMessage } from '../../src/services/tasks/signature.js'
import { CancelTaskDocument, SigningSecretsDocument, TaskDocument, WorkersDocument } from '../generated/graphql.js'
import { enqueue, readToEnd, readUntil, sleep } from '../support/enqueued-tasks.js'
import { JWT_SECRET, signToken, TestServer } from '../support/server.js'
import { ALLOWED_ADDRESS, WebServer, type Answer } from '../support/web-server.js'
import { waitFor } from '../support/wait.js'
import { WorkerProcess } from '../support/worker-process.js'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const stack = new AsyncDisposableStack()
let server: TestServer
let receiver: WebServer
let acme: string
let other: string

/** The server itself does no tasks; the receiver answers at / alone. */
beforeAll(async () => {
  const environment = { GRAPHLOOM_PARALLEL_TASKS: '0', GRAPHLOOM_SIGNING_SECRET: SECRET }
  server = stack.use(await TestServer.start({ ...environment, GRAPHLOOM_JWT_SECRET: JWT_SECRET }))
  const answer: Answer = ({ url }, response) => void (url === '/' && response.end('taken'))
  receiver = stack.use(await WebServer.start(answer))
  acme = await signToken('acme', ['ADMIN'])
  other = await signToken('other', ['ADMIN'])
})
afterAll(() => stack.disposeAsync())
beforeEach(() => void receiver.requests.splice(0))

const startWorker = (environment: Readonly<Record<string, string>>): Promise<WorkerProcess> =>
  WorkerProcess.start({
    GRAPHLOOM_SERVER_URL: `${server.url}/graphql`,
    GRAPHLOOM_WEB_ALLOWED_ADDRESSES: ALLOWED_ADDRESS,
    GRAPHLOOM_TASK_LEASE_MS: '1000',
    GRAPHLOOM_SHUTDOWN_TIMEOUT_MS: '0',
    ...environment,
  })

const readSecrets = async (token: string) => (await server.request(SigningSecretsDocument, {}, token)).signingSecrets
const find = async (id: string, token: string) => (await server.request(TaskDocument, { id }, token)).task!

/** Has the receiver called, and tells by whose secrets the call was signed. */
async function callSigned(token: string): Promise<boolean[]> {
  const input = { url: `${receiver.origin}/`, method: 'POST', body: { json: ['paid'] } }
  const { id } = await enqueue(server, { type: 'http.request', input }, { token })
  expect(await readToEnd(server, id, { token })).toMatchObject({ task: { state: 'SUCCEEDED' } })
  const { headers, body } = receiver.requests.at(-1)!
  const secrets = [...(await readSecrets(acme)), ...(await readSecrets(other)), SECRET]
  const plain = headers as Record<string, string>
  return secrets.map((secret) => isSignedMessage(secret, plain, Buffer.from(body), Date.now()))
}

test('a worker process does the tasks of its tenant, and signs with that tenant’s secret', async () => {
  const token = await signToken('acme')
  const GRAPHLOOM_WORKER_SIGNING_SECRET = (await readSecrets(acme)).join()
  const names = { GRAPHLOOM_WORKER_NAME: 'hands', GRAPHLOOM_SERVER_TOKEN: token }
  await using _worker = await startWorker({ ...names, GRAPHLOOM_WORKER_SIGNING_SECRET })
  const foreign = await enqueue(server, sleep(0), { token: other })
  const done = await enqueue(server, sleep(1), { token })
  expect(await readToEnd(server, done.id, { token })).toMatchObject({ task: { state: 'SUCCEEDED' }, mistakes: [] })
  const { workers } = await server.request(WorkersDocument, {}, token)
  const hands = workers.nodes.find(({ name }) => name === 'hands')
  expect(hands).toMatchObject({ state: 'ONLINE', types: ['sleep', 'http.request', 'webhook'] })
  expect((await find(done.id, token)).attempts).toMatchObject([{ workerId: hands!.id, error: null }])
  expect(await callSigned(token)).toEqual([true, false, false])

  const late = await enqueue(server, sleep(60_000, { timeoutMs: 50, attemptLimit: 1 }), { token })
  const { task } = await readToEnd(server, late.id, { token })
  expect(task).toMatchObject({ state: 'TIMED_OUT', error: { code: 'DEADLINE_EXCEEDED' } })
  const long = await enqueue(server, sleep(60_000), { token })
  await readUntil(server, long.id, 'RUNNING', token)
  await server.request(CancelTaskDocument, { input: { id: long.id } }, token)
  expect(await readToEnd(server, long.id, { token })).toMatchObject({ task: { state: 'CANCELLED' } })
  expect(await find(foreign.id, other)).toMatchObject({ state: 'QUEUED', attempt: 0 })
})

test('one for all tenants signs for each of them, and gives back what it stops in', async () => {
  const all = { GRAPHLOOM_SERVER_TOKEN: acme, GRAPHLOOM_WORKER_ALL_TENANTS: 'true', GRAPHLOOM_SIGNING_SECRET: SECRET }
  await using worker = await startWorker(all)
  expect(await callSigned(acme)).toEqual([true, false, false])
  expect(await callSigned(other)).toEqual([false, true, false])
  receiver.requests.splice(0)
  const input = { url: `${receiver.origin}/late`, method: 'POST', body: { json: [] } }
  const { id } = await enqueue(server, { type: 'http.request', input }, { token: other })
  await waitFor('the worker to be at it', () => receiver.requests.length > 0)
  worker.signal('SIGTERM')
  expect(await worker.exited).toEqual([0, null])
  expect(await find(id, other)).toMatchObject({ state: 'QUEUED', failures: 0 })
})
