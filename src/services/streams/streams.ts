import { GraphloomError, invalidInput, notFound } from '../../kernel/errors.js'
import type { StreamEndReason, StreamItem } from '../../domain/stream.js'
import type { StoredDocument } from '../../domain/stored-document.js'
import type { EventLog } from '../../ports/event-log.js'
import { encodeCursor, parseCursor } from './cursor.js'
import { joinItems, Topic, toTopicItem, type StreamEvents, type TopicItem } from './topic.js'

/** A stream of one object: the object in the store, and the events that tell of its changes. */
export interface StreamSource<TDocument extends StoredDocument, TSnapshot, TEvent> extends StreamEvents<TEvent> {
  /** The object as it is in the store. @throws GraphloomError `NOT_FOUND`. */
  requireDocument(): Promise<TDocument>
  /** The whole object as of `sequence`; `document` is its stored part as of then. */
  toSnapshot(document: TDocument, sequence: number): Promise<TSnapshot>
  /** Why the stream of this ended object ended. */
  toEndReason(document: TDocument): StreamEndReason
}

export interface StreamRequest<TDocument extends StoredDocument, TSnapshot, TEvent> {
  readonly stream: string
  readonly source: StreamSource<TDocument, TSnapshot, TEvent>
  /** The client's cursor; null starts with a snapshot. */
  readonly after: string | null
  readonly signal: AbortSignal
}

export interface StreamsOptions {
  readonly log: EventLog
  /** A reader more than this many events behind gets a gap. */
  readonly maxBacklogEvents: number
}

const READ_EVENTS = 1_000
const SNAPSHOT_ATTEMPTS = 200
const SNAPSHOT_WAIT_MS = 50

/**
 * Follows objects. The log is the truth: a reader holds nothing but its place in it, so a slow one costs no memory, and
 * one that comes back with a cursor goes on exactly there. What the newest readers need stands in a shared topic.
 */
export class Streams {
  readonly #log: EventLog
  readonly #maxBacklogEvents: number
  readonly #topics = new Map<string, Topic<unknown>>()

  constructor(options: StreamsOptions) {
    this.#log = options.log
    this.#maxBacklogEvents = options.maxBacklogEvents
  }

  /** How many streams are being read. */
  get openTopics(): number {
    return this.#topics.size
  }

  /**
   * The items of a stream, until its end, or until the signal aborts.
   * @throws GraphloomError `NOT_FOUND` for no such object, `INVALID_INPUT` for a cursor that is not of this stream.
   */
  async *follow<TDocument extends StoredDocument, TSnapshot, TEvent>(
    request: StreamRequest<TDocument, TSnapshot, TEvent>,
  ): AsyncGenerator<StreamItem<TSnapshot, TEvent>, void, void> {
    const { stream, source, signal } = request
    const after = request.after === null ? null : parseCursor(stream, request.after)
    let wake = (): void => undefined
    const onWake = (): void => wake()
    signal.addEventListener('abort', onWake, { once: true })
    const topic = this.#joinTopic(stream, source, onWake)
    const reader = new Reader(this.#log, topic, source, this.#maxBacklogEvents)
    try {
      yield* reader.start(after)
      while (!signal.aborted && !reader.ended) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        let moved = false
        for await (const item of reader.pending()) {
          yield item
          moved = true
          if (signal.aborted) return
        }
        if (!moved && !signal.aborted) await woken
      }
    } finally {
      signal.removeEventListener('abort', onWake)
      this.#leaveTopic(topic, onWake)
    }
  }

  #joinTopic<TEvent>(stream: string, events: StreamEvents<TEvent>, wake: () => void): Topic<TEvent> {
    let topic = this.#topics.get(stream)
    if (!topic) {
      topic = new Topic<unknown>(stream, events, this.#log)
      this.#topics.set(stream, topic)
    }
    topic.join(wake)
    return topic as Topic<TEvent>
  }

  #leaveTopic(topic: Topic<unknown>, wake: () => void): void {
    topic.leave(wake)
    if (topic.readerCount > 0) return
    this.#topics.delete(topic.stream)
    topic.close()
  }
}

/** One reader's place in a stream. */
class Reader<TDocument extends StoredDocument, TSnapshot, TEvent> {
  #position = 0
  ended = false

  constructor(
    readonly log: EventLog,
    readonly topic: Topic<TEvent>,
    readonly source: StreamSource<TDocument, TSnapshot, TEvent>,
    readonly maxBacklogEvents: number,
  ) {}

  /** Takes the place after the cursor, or begins with a snapshot. */
  async *start(after: number | null): AsyncGenerator<StreamItem<TSnapshot, TEvent>, void, void> {
    const document = await this.source.requireDocument()
    if (after === null) {
      const { ended, ...whole } = await this.#snapshot(document)
      this.#position = whole.sequence
      yield { type: 'snapshot', ...whole }
      if (ended) yield await this.#end(whole.sequence + 1)
      return
    }
    const head = await this.log.head(this.topic.stream)
    if (after > head.lastSequence) throw invalidInput('after', 'is a cursor of an event that has not happened.')
    this.#position = after
    if (head.ended && after >= head.lastSequence - 1) yield await this.#end(head.lastSequence)
  }

  /** What has happened since the reader's place, joined where it is behind; nothing when it is not. */
  async *pending(): AsyncGenerator<StreamItem<TSnapshot, TEvent>, void, void> {
    const items = await this.#next()
    if (items === 'gap') {
      yield* this.#gap()
      return
    }
    for (const item of items) {
      this.#position = item.sequence
      if (item.type === 'end') this.ended = true
      yield item
    }
  }

  async #next(): Promise<readonly TopicItem<TEvent>[] | 'gap'> {
    const { topic, source } = this
    const told = topic.lastSequence
    if (told !== null && told - this.#position > this.maxBacklogEvents) return 'gap'
    const shared = told !== null && this.#position >= told ? [] : topic.itemsAfter(this.#position)
    if (shared !== null) return shared.length > 1 ? joinItems(shared, source) : shared
    const head = await this.log.head(topic.stream)
    if (head.lastSequence < this.#position) throw notFound('object', topic.stream)
    if (head.lastSequence === this.#position) return []
    if (head.firstSequence > this.#position + 1 || head.lastSequence - this.#position > this.maxBacklogEvents)
      return 'gap'
    const logged = await this.log.read(topic.stream, this.#position, READ_EVENTS)
    if (logged[0]?.sequence !== this.#position + 1) return 'gap'
    return joinItems(
      logged.map((event) => toTopicItem(event, source)),
      source,
    )
  }

  async *#gap(): AsyncGenerator<StreamItem<TSnapshot, TEvent>, void, void> {
    const { ended, ...whole } = await this.#snapshot(await this.source.requireDocument())
    const head = await this.log.head(this.topic.stream)
    const missed = whole.sequence - this.#position
    const fromSequence = this.#position + 1
    this.#position = whole.sequence
    const firstAvailable = encodeCursor(this.topic.stream, head.firstSequence - 1)
    if (missed > 0) yield { type: 'gap', ...whole, fromSequence, missed, firstAvailable }
    if (ended) yield await this.#end(whole.sequence + 1)
  }

  /**
   * The object together with the place in the log that it shows: right when the last document write in the log is the
   * one that was read. A write whose events are still on their way is waited for.
   */
  async #snapshot(first: TDocument) {
    const { stream } = this.topic
    let document = first
    for (let attempt = 0; attempt < SNAPSHOT_ATTEMPTS; attempt++) {
      const head = await this.log.head(stream)
      if (head.revision === document.revision) {
        // The end of a stream is an item of its own.
        const sequence = head.ended ? head.lastSequence - 1 : head.lastSequence
        const snapshot = await this.source.toSnapshot(document, sequence)
        const [last] = sequence > 0 ? await this.log.read(stream, sequence - 1, 1) : []
        const at = last?.sequence === sequence ? last.at : document.updatedAt
        return { snapshot, sequence, fromSequence: 1, at, cursor: encodeCursor(stream, sequence), ended: head.ended }
      }
      if (head.revision < document.revision) await new Promise((resolve) => setTimeout(resolve, SNAPSHOT_WAIT_MS))
      document = await this.source.requireDocument()
    }
    throw new GraphloomError('UNAVAILABLE', 'The events of the object are not available yet; try again.')
  }

  /** The end of a finished stream, also when the event itself is not kept any more. */
  async #end(sequence: number): Promise<StreamItem<TSnapshot, TEvent>> {
    this.ended = true
    const { stream } = this.topic
    const [event] = await this.log.read(stream, sequence - 1, 1)
    if (event) return toTopicItem(event, this.source)
    const document = await this.source.requireDocument()
    const reason = this.source.toEndReason(document)
    return {
      type: 'end',
      cursor: encodeCursor(stream, sequence),
      fromSequence: sequence,
      sequence,
      at: document.updatedAt,
      reason,
    }
  }
}
