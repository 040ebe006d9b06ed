import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SupervisedChild } from '../../src/adapters/child-process/supervised-child.js'
import { restrictToOwnCode } from '../../src/adapters/parsing/parser-seat.js'
import type { DocumentParser } from '../../src/ports/document-parser.js'
import { openParser, parseWith } from '../support/document-parser.js'
import { NEVER } from '../support/inference.js'
import { silentLogger } from '../support/state.js'
import { waitFor } from '../support/wait.js'
import { WebServer } from '../support/web-server.js'

const MIB = 2 ** 20

let parser: DocumentParser
beforeEach(() => {
  parser = openParser({ maxProcesses: 1 })
})
afterEach(() => parser[Symbol.asyncDispose]())

const expectServed = async (): Promise<void> =>
  expect(await parseWith(parser, 'The next one.')).toMatchObject({ text: 'The next one.' })

describe('a document', () => {
  test('that takes too long costs itself alone', async () => {
    const words = Buffer.alloc(5 * MIB, '<i>a</i> ')
    await expect(parseWith(parser, words, { name: 'a.html', limits: { timeoutMs: 5 } })).rejects.toMatchObject({
      code: 'DOCUMENT_UNREADABLE',
      message: 'The document could not be read within 5 ms.',
      details: { document: { problem: 'TOO_SLOW' } },
    })
    await expectServed()
  })

  test('that fills the memory costs itself alone', async () => {
    await using small = openParser({ maxProcesses: 1, maxMemoryBytes: 64 * MIB })
    const page = Buffer.alloc(30 * MIB, 'a,b\n')
    await expect(parseWith(small, page, { name: 'a.csv' })).rejects.toMatchObject({
      code: 'DOCUMENT_UNREADABLE',
      details: { document: { problem: 'OUT_OF_MEMORY' } },
    })
  })

  test.runIf(process.platform === 'linux')('whose parser crashes costs itself alone', async () => {
    const before = childIds()
    const more = Promise.withResolvers<void>()
    async function* content(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      await more.promise
      yield Buffer.from('b')
    }
    const outcome = parser.parse({ content: content(), signal: NEVER })
    outcome.catch(() => undefined)
    let started: number[] = []
    await waitFor('the parser', () => (started = childIds().filter((id) => !before.includes(id))).length > 0)
    process.kill(started[0]!, 'SIGSEGV')
    await waitFor('its end', () => !childIds().includes(started[0]!))
    more.resolve()
    await expect(outcome).rejects.toMatchObject({
      code: 'DOCUMENT_UNREADABLE',
      message: 'The parser ended while it read the document (signal SIGSEGV).',
      details: { document: { problem: 'CRASHED' } },
    })
    await expectServed()
  })

  test('that is given up makes room for the next', async () => {
    const controller = new AbortController()
    async function* content(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      controller.abort(new Error('enough'))
      yield Buffer.from('b')
    }
    const reading = parser.parse({ content: content(), signal: controller.signal })
    const waiting = parseWith(parser, 'Waits.')
    const givenUp = parseWith(parser, 'Waits.', { signal: controller.signal })
    givenUp.catch(() => undefined)
    await expect(reading).rejects.toThrow('enough')
    await expect(givenUp).rejects.toThrow('enough')
    expect((await waiting).text).toBe('Waits.')
  })

  test('whose content fails ends with what failed', async () => {
    async function* content(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      throw new Error('no more of it')
    }
    await expect(parser.parse({ content: content(), signal: NEVER })).rejects.toThrow('no more of it')
    await expectServed()
  })

  test('of more bytes than allowed is refused, whole or in pieces', async () => {
    async function* content(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(MIB, 'x')
    }
    const limits = { maxBytes: 3 * MIB }
    const tooLarge = { details: { document: { problem: 'TOO_LARGE' } } }
    await expect(parser.parse({ content: content(), limits, signal: NEVER })).rejects.toMatchObject(tooLarge)
    await expect(parseWith(parser, Buffer.alloc(4 * MIB, 'x'), { limits })).rejects.toMatchObject(tooLarge)
    await expectServed()
  })
})

test('documents that wait are refused when the server stops', async () => {
  const calls = Promise.allSettled(Array.from({ length: 5 }, () => parseWith(parser, 'Words.')))
  await parser[Symbol.asyncDispose]()
  for (const outcome of await calls) expect(outcome).toMatchObject({ reason: { code: 'UNAVAILABLE' } })
  await expect(parseWith(parser, 'x')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

describe('the process', () => {
  const openSealed = (): SupervisedChild => {
    const entry = new URL('../fixtures/sealed-process.js', import.meta.url)
    const tests = `--allow-fs-read=${fileURLToPath(new URL('../', import.meta.url))}`
    const nodeArguments = [...restrictToOwnCode(), tests]
    return new SupervisedChild({ entry, name: 'sealed', crashCode: 'UNAVAILABLE', nodeArguments, logger: silentLogger })
  }

  test('has no secrets, no files, no network, no programs and no threads', async () => {
    process.env.GRAPHLOOM_TEST_SECRET = 'secret'
    await using server = await WebServer.start((_request, response) => response.end(), { host: '127.0.0.1' })
    const child = openSealed()
    const seen = await child.call<{ outcomes: Record<string, string>; variables: string[] }>(
      'attempt',
      { port: server.port, maxMemoryBytes: 1_024 * MIB },
      NEVER,
    )
    await child.stop()
    delete process.env.GRAPHLOOM_TEST_SECRET
    expect(Object.entries(seen.outcomes).filter(([, outcome]) => outcome !== 'refused')).toEqual([])
    expect(Object.keys(seen.outcomes).length).toBe(10)
    expect(seen.variables.filter((name) => /GRAPHLOOM|SECRET|TOKEN|KEY/.test(name))).toEqual([])
    expect(server.connections).toBe(0)
  })

  test('ends when it has too much memory, however busy it is', async () => {
    const child = openSealed()
    await child.call('attempt', { port: 1, maxMemoryBytes: 300 * MIB }, NEVER)
    await expect(child.call('fill', null, NEVER)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect((await child.exited).reason).toBe('signal SIGKILL')
  })
})

const childIds = (): number[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
