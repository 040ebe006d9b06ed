import pino from 'pino'
import { openMongoDocumentStore } from '../../src/adapters/mongodb/open-mongo-document-store.js'
import { openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import type { EffectSink } from '../../src/ports/effect-sink.js'
import { ACME, widget, WIDGETS } from './document-store.fixture.js'

/**
 * Writes one document and dies by SIGKILL on the way: after the document is written and before (`before`) or after
 * (`after`) the given delivery of what it caused. Arguments: URI, folder, `before` or `after`, revision.
 */
const [uri = '', directory = '', moment, revision] = process.argv.slice(2)
const logger = pino({ level: 'silent' })
const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}
const sqlite = await openSqliteDatabase({ directory, logger, collections: [] })
const effects: EffectSink = {
  deliver: async (delivery) => {
    const isTheOne = delivery.revision === Number(revision)
    if (isTheOne && moment === 'before') return die()
    const answer = await sqlite.effects.deliver(delivery)
    return isTheOne ? die() : answer
  },
}
const { documents } = await openMongoDocumentStore({ uri, logger, collections: [WIDGETS], effects })
const event = (stream: string, data: number) => ({ stream, type: 'Written', data })
await documents.insert(WIDGETS, widget('w1', { state: 'NEW' }), { events: [event('w1', 1), event('all', 1)] })
await documents.update(WIDGETS, ACME, 1, widget('w1', { state: 'OLD' }), { events: [event('w1', 2), event('all', 2)] })
await documents.delete(WIDGETS, ACME, 'w1', 2, { events: [event('all', 3)], deleteStreams: ['w1'] })
