import { hostname } from 'node:os'
import { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { GraphloomError } from '../../src/kernel/errors.js'
import type { CollectionDefinition } from '../../src/ports/document-store.js'
import { requireMongod } from '../support/mongo.js'
import { ACME, codeOf, type Widget, widget, WIDGETS } from './document-store.fixture.js'
import { connectPlainly, createFolder, openMongoState, useMongo } from './mongodb.fixture.js'

const mongod = await requireMongod()
const DOCUMENTS = 1_203

const ONE_LINE = /^[^\n]+$/

interface LeaseRow {
  _id: string
}

/** The error of an opening that must fail. */
async function failureOf(opening: Promise<AsyncDisposable>): Promise<GraphloomError> {
  try {
    await using _opened = await opening
  } catch (error) {
    if (error instanceof GraphloomError) return error
    throw error
  }
  throw new Error('The store was opened.')
}

describe.skipIf(mongod === null)('mongodb opening', () => {
  const server = useMongo('replica set')

  test('an index that cannot be made is told by name and reason', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    const loose: CollectionDefinition<Widget> = { ...WIDGETS, indexes: [] }
    {
      await using state = await openMongoState({ uri, directory: folder.path, collections: [loose] })
      for (const id of ['w1', 'w2']) await state.documents.insert(loose, widget(id, { code: 'told-to-nobody' }))
    }
    const failure = await failureOf(openMongoState({ uri, directory: folder.path, collections: [WIDGETS] }))
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(ONE_LINE) })
    expect(failure.message).toContain('"uniqueCode" of collection "widgets"')
    expect(failure.message).toContain('equal values')
    expect(failure.message).not.toContain('told-to-nobody')
    // The failed opening keeps nothing.
    await using state = await openMongoState({ uri, directory: folder.path, collections: [loose] })
    await state.documents.delete(loose, ACME, 'w2')
    await state[Symbol.asyncDispose]()
    await using strict = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
    expect(await codeOf(strict.documents.insert(WIDGETS, widget('w3', { code: 'told-to-nobody' })))).toBe('CONFLICT')
  })

  test('an index that somebody else has made under another name is told', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using client = await connectPlainly(uri)
    await client.db().collection('widgets').createIndex({ tenant: 1, 'f.rank': 1, _id: 1 }, { name: 'theirs' }, {})
    const failure = await failureOf(openMongoState({ uri, directory: folder.path, collections: [WIDGETS] }))
    expect(failure.message).toMatch(/index "byRank" of collection "widgets" cannot be made: .* another name/)
  })

  test('an index that is not declared any more goes, one of somebody else stays', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using client = await connectPlainly(uri)
    {
      await using _state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
      await client.db().collection('widgets').createIndex({ updatedAt: 1 }, { name: 'theirs' }, {})
    }
    const fewer = { ...WIDGETS, indexes: WIDGETS.indexes.filter(({ name }) => name !== 'uniqueCode') }
    await using state = await openMongoState({ uri, directory: folder.path, collections: [fewer] })
    const names = (await client.db().collection('widgets').indexes()).map(({ name }) => name)
    expect(names).toContain('theirs')
    expect(names).toContain('gl_byState')
    expect(names).not.toContain('gl_uniqueCode')
    for (const id of ['w1', 'w2']) await state.documents.insert(fewer, widget(id, { code: 'A' }))
  })

  test('lists, look-ups by unique key and work across tenants go through indexes', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
    await using client = await connectPlainly(uri)
    const indexOf = async (filter: object, sort: Record<string, 1 | -1>): Promise<unknown> => {
      const plan: unknown = await client.db().collection('widgets').find(filter).sort(sort).explain('queryPlanner')
      const text = JSON.stringify((plan as { queryPlanner: { winningPlan: unknown } }).queryPlanner.winningPlan)
      expect(text).not.toContain('"COLLSCAN"')
      expect(text).not.toContain('"SORT"')
      return /"indexName":"([^"]+)"/.exec(text)?.[1]
    }
    const states = ['S', 'T', 'U', 'V']
    await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        state.documents.insert(
          WIDGETS,
          widget(`w${at}`, { state: states[at % 4] ?? null, code: `c${at}`, note: 'failed', flag: at % 40 === 0 }),
        ),
      ),
    )
    expect(await indexOf({ tenant: 'acme', 'f.code': { $eq: 'c7' } }, {})).toBe('gl_uniqueCode')
    expect(await indexOf({ tenant: 'acme', 'f.state': { $eq: 'S' } }, { createdAt: -1, _id: -1 })).toBe('gl_byState')
    const noted = { tenant: 'acme', 'f.note:parts': { $all: ['fai', 'ail'] }, 'f.note': { $regex: 'fail' } }
    expect(await indexOf(noted, { createdAt: -1, _id: -1 })).toBe('gl_byNote')
    const labelled = { tenant: 'acme', 'f.label': { $gte: '' } }
    for (const direction of [1, -1] as const)
      expect(await indexOf(labelled, { 'f.label': direction, _id: direction })).toBe('gl_byLabel')
    expect(await indexOf({ tenant: 'acme' }, { _id: 1 })).toBe('gl__tenant')
    expect(await indexOf({ tenant: 'acme', 'f.flag': { $eq: true } }, { createdAt: 1, _id: 1 })).toBe('gl_sparseFlag')
    expect(await indexOf({ deleted: { $exists: false }, 'f.state': { $eq: 'S' } }, { _id: 1 })).toBe(
      'gl_byStateAcrossTenants',
    )
  })

  test('a migration that stopped in the middle goes on, each document once', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    {
      await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
      const ids = Array.from({ length: DOCUMENTS }, (_, at) => `w${String(at).padStart(4, '0')}`)
      await Promise.all(ids.map((id) => state.documents.insert(WIDGETS, widget(id, { rank: 0 }))))
    }
    let calls = 0
    const next = (failAfter: number): CollectionDefinition<Widget> => ({
      ...WIDGETS,
      version: 2,
      migrations: {
        1: (document) => {
          if (++calls > failAfter) throw new GraphloomError('INTERNAL', 'The power is gone.')
          return { ...document, rank: Number(document.rank) + 1 }
        },
      },
    })
    const interrupted = openMongoState({ uri, directory: folder.path, collections: [next(700)] })
    expect((await failureOf(interrupted)).message).toBe('The power is gone.')
    const complete = next(Infinity)
    await using state = await openMongoState({ uri, directory: folder.path, collections: [complete] })
    expect(calls).toBeLessThan(DOCUMENTS + 700)
    expect(await state.documents.groupSum(complete, ACME, { by: ['rank'] })).toEqual([
      { key: [1], count: DOCUMENTS, sum: 0 },
    ])
  })

  test('a second server is refused while the first lives, and told who it is', async () => {
    await using folder = await createFolder()
    await using other = await createFolder()
    const uri = server().freshUri()
    {
      await using _first = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
      const failure = await failureOf(openMongoState({ uri, directory: other.path, collections: [WIDGETS] }))
      expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(ONE_LINE) })
      expect(failure.message).toContain(`process ${process.pid} on ${hostname()} since 2`)
    }
    await using _second = await openMongoState({ uri, directory: other.path, collections: [WIDGETS] })
  })

  /** A lease of a server on another machine, of which nothing is known but what it writes. */
  const leaseElsewhere = (ttlMs: number) => [
    {
      $set: {
        holder: 'elsewhere',
        host: 'far',
        pid: 7,
        machine: 'another',
        startTicks: '1',
        since: '$$NOW',
        expiresAt: { $add: ['$$NOW', ttlMs] },
      },
    },
  ]

  test('the lease of a server elsewhere that does not renew it is taken over when it ends', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using client = await connectPlainly(uri)
    const leases = client.db().collection<LeaseRow>('graphloom_lease')
    await leases.updateOne({ _id: 'server' }, leaseElsewhere(1_000), { upsert: true })
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
    expect(await leases.findOne({ _id: 'server' })).toMatchObject({ pid: process.pid })
    await state.documents.insert(WIDGETS, widget('w1'))
  })

  test('the lease of a server elsewhere that renews it is left to it', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using client = await connectPlainly(uri)
    const leases = client.db().collection<LeaseRow>('graphloom_lease')
    const renew = () => leases.updateOne({ _id: 'server' }, leaseElsewhere(600_000), { upsert: true })
    await renew()
    let refused: GraphloomError | null = null
    const opening = failureOf(openMongoState({ uri, directory: folder.path, collections: [WIDGETS] }))
    const watching = opening.then((failure) => (refused = failure))
    while (refused === null) await renew()
    await watching
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('process 7 on far since 2') })
  })

  test('a server whose lease was taken learns of it and writes no more', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    const settings = { leaseTtlMs: 3_000 }
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS], settings })
    await using client = await connectPlainly(uri)
    const leases = client.db().collection<LeaseRow>('graphloom_lease')
    await leases.updateOne({ _id: 'server' }, leaseElsewhere(600_000))
    expect(await state.failed).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('must stop') })
    expect(await codeOf(state.documents.insert(WIDGETS, widget('w2')))).toBe('UNAVAILABLE')
    expect(await codeOf(state.documents.check())).toBe('UNAVAILABLE')
    await state[Symbol.asyncDispose]()
    expect(await leases.findOne({ _id: 'server' })).toMatchObject({ holder: 'elsewhere' })
  })

  test('credentials are neither in errors nor in the log', async () => {
    await using folder = await createFolder()
    const lines: string[] = []
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString())
        done()
      },
    })
    const logger = pino({ level: 'trace' }, sink)
    const { port } = server()
    const settings = { serverSelectionTimeoutMs: 1_000 }
    const uris = [
      `mongodb://alice:s3cret@127.0.0.1:${port}/db?replicaSet=rs0`,
      'mongodb://alice:s3cret@127.0.0.1:1/db',
      'mongodb://alice:s3cret@graphloom.invalid/db',
      'mongodb://alice:s3cret@127.0.0.1:notaport/db',
      'mongodb://alice:s3cret@127.0.0.1/db?w=s3cret&nosuch=s3cret',
      'mongodb://alice:s3cret@',
      's3cret',
    ]
    for (const uri of uris) {
      const failure = await failureOf(
        openMongoState({ uri, directory: folder.path, collections: [WIDGETS], logger, settings }),
      )
      expect(failure).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(ONE_LINE) })
      logger.error({ err: failure }, 'the server cannot start')
      expect(`${failure.message} ${failure.stack} ${JSON.stringify(failure)}`).not.toMatch(/s3cret|alice/)
    }
    expect(lines.length).toBeGreaterThanOrEqual(uris.length)
    expect(lines.join()).not.toMatch(/s3cret|alice/)
  })

  test('the description has no credentials', async () => {
    await using folder = await createFolder()
    const uri = server().freshUri()
    await using state = await openMongoState({ uri, directory: folder.path, collections: [WIDGETS] })
    const { description } = state.documents
    expect(description).toMatch(/^MongoDB test-[0-9a-f-]+ at 127\.0\.0\.1:\d+$/)
  })
})
