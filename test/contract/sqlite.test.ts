import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { AnyCollection } from '../../src/adapters/sqlite/collection-layout.js'
import { openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { findQueueDrift } from '../support/queue-drift.js'
import type { OpenedStore } from './document-store.fixture.js'
import { runDocumentStoreSuite } from './document-store.suite.js'
import { type OpenedEffectSink, runEffectSinkSuite } from './effect-sink.suite.js'
import { type OpenedEventLog, runEventLogSuite } from './event-log.suite.js'
import type { OpenedTaskQueue } from './task-queue.fixture.js'
import { runTaskQueueSuite } from './task-queue.suite.js'

const logger = pino({ level: 'silent' })

async function openIn(directory: string, collections: readonly AnyCollection[]): Promise<OpenedStore> {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  const database = await openSqliteDatabase({ directory, logger, collections }).catch(async (error: unknown) => {
    await remove()
    throw error
  })
  return {
    store: database.documents,
    events: database.events,
    queue: database.queue,
    settled: () => Promise.resolve(),
    reopen: async (next) => {
      await database[Symbol.asyncDispose]()
      return openIn(directory, next)
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await remove()
    },
  }
}

const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'graphloom-sqlite-'))

runDocumentStoreSuite({
  name: 'sqlite',
  sharesTransaction: true,
  open: async (collections) => openIn(await newDirectory(), collections),
})

/** Event log and queue without collections, on a clock of the test. */
async function openLogAndQueue(directory: string): Promise<OpenedEventLog & OpenedTaskQueue & OpenedEffectSink> {
  const clock = { nowMs: 0 }
  const database = await openSqliteDatabase({ directory, logger, collections: [], now: () => clock.nowMs })
  return {
    log: database.events,
    queue: database.queue,
    effects: database.effects,
    clock,
    findDrift: () => findQueueDrift(database.path),
    reopen: async () => {
      await database[Symbol.asyncDispose]()
      return openLogAndQueue(directory)
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

runEventLogSuite({ name: 'sqlite', open: async () => openLogAndQueue(await newDirectory()) })
runTaskQueueSuite({ name: 'sqlite', open: async () => openLogAndQueue(await newDirectory()) })
runEffectSinkSuite({ name: 'sqlite', open: async () => openLogAndQueue(await newDirectory()) })
