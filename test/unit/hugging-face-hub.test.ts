import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createHuggingFaceHub } from '../../src/adapters/huggingface/hugging-face-hub.js'
import { systemClock } from '../../src/kernel/clock.js'
import { isErrorWithCode } from '../../src/kernel/errors.js'
import type { HubFile } from '../../src/domain/model.js'
import type { ModelHub } from '../../src/ports/model-hub.js'
import { TestHub } from '../support/hub.js'
import { NEVER } from '../support/inference.js'
import { createTemporaryFolder } from '../support/temporary.js'
import { waitFor } from '../support/wait.js'

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())
const small = Buffer.from('{"small": true}')
const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251))
const REPOSITORY = 'someone/something'

let server: TestHub
let hub: ModelHub
let folder: string
beforeEach(async () => {
  server = stack.use(await TestHub.start())
  server.repositories.set(REPOSITORY, {
    files: { 'config.json': small, 'onnx/model.onnx': large },
    license: 'mit',
    large: ['.onnx'],
  })
  folder = stack.use(await createTemporaryFolder('hub')).path
  hub = open({})
})

const open = (options: { url?: string | null; token?: string; listTimeoutMs?: number; stallMs?: number }): ModelHub =>
  createHuggingFaceHub({ url: server.url, token: null, clock: systemClock, retryMs: 1, ...options })

const refusal = (code: 'UNAVAILABLE' | 'NOT_FOUND' | 'INVALID_INPUT', text: string) => (error: unknown) =>
  isErrorWithCode(error, code) && error.message.includes(text)

async function fileOf(path: string): Promise<HubFile> {
  const { files } = await hub.list(REPOSITORY, 'main', NEVER)
  return files.find((file) => file.path === path)!
}

async function download(path: string, options: { signal?: AbortSignal; onBytes?: (done: number) => void } = {}) {
  const { commit } = await hub.list(REPOSITORY, 'main', NEVER)
  const { signal = NEVER, onBytes = () => undefined } = options
  const target = join(folder, path)
  await hub.download({ repository: REPOSITORY, commit, file: await fileOf(path), target, onBytes, signal })
  return readFile(target)
}

test('a revision is listed with its commit, sizes and checksums, over several pages', async () => {
  server.behaviour.pageSize = 1
  const { files, commit, license } = await hub.list(REPOSITORY, 'main', NEVER)
  expect({ commit, license }).toEqual({ commit: server.commit, license: 'mit' })
  expect(files).toEqual([
    {
      path: 'config.json',
      sizeBytes: small.length,
      checksum: { algorithm: 'git-sha1', hex: expect.stringMatching(/^[0-9a-f]{40}$/) },
    },
    {
      path: 'onnx/model.onnx',
      sizeBytes: large.length,
      checksum: { algorithm: 'sha256', hex: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ])
})

test('files arrive whole, with progress, and once only; the token stays with the hub', async () => {
  server.behaviour.token = 'hf_secret'
  hub = open({ token: 'hf_secret' })
  expect(await download('config.json')).toEqual(small)
  const told: number[] = []
  expect((await download('onnx/model.onnx', { onBytes: (done) => told.push(done) })).equals(large)).toBe(true)
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect([told[0], told.at(-1)]).toEqual([0, large.length])
  await download('onnx/model.onnx')
  expect(server.downloads).toEqual([
    { file: 'config.json', range: null, authorization: 'Bearer hf_secret' },
    { file: 'onnx/model.onnx', range: null, authorization: null },
  ])
})

test('a connection that is cut is gone on from where it was, however often', async () => {
  server.behaviour.cutAfterBytes = 700_000
  expect((await download('onnx/model.onnx')).equals(large)).toBe(true)
  expect(server.downloads.length).toBeGreaterThanOrEqual(5)
  const starts = server.downloads.map(({ range }) => Number(range?.match(/\d+/)?.[0] ?? 0))
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  expect(new Set(starts).size).toBe(starts.length)
})

test('what an earlier process left is gone on from, and what is damaged of it comes anew', async () => {
  const part = large.subarray(0, 1_000_000)
  await download('config.json')
  await writeFile(join(folder, 'part'), part)
  const { commit } = await hub.list(REPOSITORY, 'main', NEVER)
  const file = await fileOf('onnx/model.onnx')
  const asked = { repository: REPOSITORY, commit, file, onBytes: () => undefined, signal: NEVER }
  const good = join(folder, 'good')
  await writeFile(`${good}.partial`, part)
  await hub.download({ ...asked, target: good })
  expect(server.downloads.at(-1)?.range).toBe('bytes=1000000-')
  expect((await readFile(good)).equals(large)).toBe(true)
  const damaged = join(folder, 'damaged')
  await writeFile(`${damaged}.partial`, Buffer.alloc(1_000_000))
  await hub.download({ ...asked, target: damaged })
  expect((await readFile(damaged)).equals(large)).toBe(true)
  const longer = join(folder, 'longer')
  await writeFile(`${longer}.partial`, Buffer.alloc(4_000_000))
  await hub.download({ ...asked, target: longer })
  expect((await readFile(longer)).equals(large)).toBe(true)
})

test('a hub that gives no parts of files gives them whole', async () => {
  server.behaviour.ranges = false
  await writeFile(join(folder, 'config.json.partial'), small.subarray(0, 5))
  expect(await download('config.json')).toEqual(small)
})

test('content that is not what was listed is refused, and does not stay', async () => {
  const wrong = Buffer.from(large)
  wrong[2_999_999] = 0xff
  for (const [content, text] of [
    [wrong, 'checksum'],
    [Buffer.concat([large, small]), 'longer'],
  ] as const) {
    server.behaviour.replaced.set('onnx/model.onnx', content)
    await expect(download('onnx/model.onnx')).rejects.toSatisfy(refusal('INVALID_INPUT', text))
    expect(await readdir(join(folder, 'onnx'))).toEqual(['model.onnx.partial'])
  }
  server.behaviour.replaced.set('onnx/model.onnx', large.subarray(0, 10))
  await expect(download('onnx/model.onnx')).rejects.toSatisfy(refusal('UNAVAILABLE', 'too early'))
})

test('a download stops at once when it is cancelled, and goes on later', async () => {
  const held = Promise.withResolvers<void>()
  server.behaviour.hold = held.promise
  const leaving = new AbortController()
  let done = 0
  const running = download('onnx/model.onnx', { signal: leaving.signal, onBytes: (bytes) => (done = bytes) })
  await waitFor('half of it', () => done >= 1_500_000)
  leaving.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  server.behaviour.hold = null
  expect((await download('onnx/model.onnx')).equals(large)).toBe(true)
  expect(server.downloads.at(-1)?.range).toMatch(/^bytes=1[45]\d{5}-$/)
  held.resolve()
})

test('no network, no answer and no such model are told at once', async () => {
  const list = (options: Parameters<typeof open>[0]) => open(options).list(REPOSITORY, 'main', NEVER)
  await expect(list({ url: null })).rejects.toSatisfy(refusal('UNAVAILABLE', 'GRAPHLOOM_HUB_URL'))
  await expect(list({ url: 'http://127.0.0.1:9' })).rejects.toSatisfy(refusal('UNAVAILABLE', 'cannot be reached'))
  await expect(list({ url: 'http://no-such-host.invalid' })).rejects.toSatisfy(refusal('UNAVAILABLE', 'no-such-host'))
  await expect(list({ url: 'http://no-such-host.invalid' })).rejects.toThrow(/GRAPHLOOM_HUB_URL .*from its folder/)
  await expect(hub.list('someone/else', 'main', NEVER)).rejects.toSatisfy(refusal('NOT_FOUND', 'someone/else'))
  await expect(hub.list(REPOSITORY, 'never', NEVER)).rejects.toSatisfy(refusal('NOT_FOUND', 'never'))
  server.behaviour.status = 503
  await expect(hub.list(REPOSITORY, 'main', NEVER)).rejects.toSatisfy(refusal('UNAVAILABLE', '503'))
  server.behaviour.status = 403
  await expect(hub.list(REPOSITORY, 'main', NEVER)).rejects.toSatisfy(refusal('INVALID_INPUT', 'consent'))
  server.behaviour.status = 200
  await expect(hub.list(REPOSITORY, 'main', NEVER)).rejects.toSatisfy(refusal('UNAVAILABLE', 'understood'))
})

test('a hub that goes silent is left', async () => {
  server.behaviour.hold = new Promise(() => undefined)
  hub = open({ stallMs: 50 })
  // Of what was held back half comes with each connection, until only a byte is left.
  await expect(download('onnx/model.onnx')).rejects.toSatisfy(refusal('UNAVAILABLE', 'sent nothing'))
})
