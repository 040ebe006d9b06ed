import { rm } from 'node:fs/promises'
import { describe } from 'vitest'
import type { StoredDocument } from '../../src/domain/stored-document.js'
import type { CollectionDefinition } from '../../src/ports/document-store.js'
import { type MongoMode, requireMongod } from '../support/mongo.js'
import { isFullTest } from '../support/seed.js'
import type { OpenedStore } from './document-store.fixture.js'
import { runDocumentStoreSuite } from './document-store.suite.js'
import { createFolder, openMongoState, useMongo } from './mongodb.fixture.js'

const mongod = await requireMongod()

async function openIn(
  directory: string,
  uri: string,
  collections: readonly CollectionDefinition<StoredDocument>[],
): Promise<OpenedStore> {
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  try {
    const state = await openMongoState({ uri, directory, collections })
    return {
      store: state.documents,
      events: state.sqlite.events,
      queue: state.sqlite.queue,
      settled: () => Promise.resolve(),
      reopen: async (next) => {
        await state[Symbol.asyncDispose]()
        return openIn(directory, uri, next)
      },
      [Symbol.asyncDispose]: async () => {
        await state[Symbol.asyncDispose]()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The store does the same on both; what differs, outages, has a suite of its own for each. */
const modes: readonly MongoMode[] = isFullTest() ? ['replica set', 'standalone'] : ['replica set']

for (const mode of modes)
  describe.skipIf(mongod === null)(mode, () => {
    const server = useMongo(mode)
    runDocumentStoreSuite({
      name: `mongodb, ${mode}`,
      sharesTransaction: false,
      open: async (collections) => openIn((await createFolder()).path, server().freshUri(), collections),
    })
  })
