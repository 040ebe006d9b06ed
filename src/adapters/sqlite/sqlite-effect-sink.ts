import type { EffectDelivery, EffectSink } from '../../ports/effect-sink.js'
import { toEffectRows } from './effect-rows.js'
import type { Writer } from './writer.js'

export class SqliteEffectSink implements EffectSink {
  readonly #writer: Writer
  readonly #now: () => number

  constructor(writer: Writer, now: () => number) {
    this.#writer = writer
    this.#now = now
  }

  async deliver(delivery: EffectDelivery): Promise<boolean> {
    const { documentId, revision, deleted = false } = delivery
    const ask = { documentId, revision, deleted, effects: toEffectRows(delivery) }
    return (await this.#writer.write('deliver', ask, this.#now())).answer
  }
}
