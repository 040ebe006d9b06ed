import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Clock } from '../../kernel/clock.js'
import { isErrorWithCode } from '../../kernel/errors.js'
import { repairIndexes, type IndexRepairOptions } from './index-repair.js'
import type { IndexedChunk } from './index-rows.js'
import { IndexUpkeep, type UpkeepRequest } from './index-upkeep.js'
import type { IndexedBase } from './indexed-base.js'

export interface IndexWriterOptions extends IndexRepairOptions {
  readonly clock: Clock
  readonly logger: Logger
}

/** What a base's indexes have, as far as this process knows. */
interface IndexState {
  /** Fields that the index of vectors has columns for. */
  fields: number
  /** Part of the rows that are there, 0 to 1. */
  share: number
  /** Resolves when it is known what is there, or that it cannot be known. */
  compared: PromiseWithResolvers<void>
  isSound: boolean
  isAsked: boolean
  /** Anew when what is there is not to be trusted. */
  isAnew: boolean
  nextRepairAt: number
}

const UNKNOWN_INDEX = { isSound: false, isAsked: false, isAnew: false, nextRepairAt: 0 }

/** An index that cannot be made again is tried again after so long, milliseconds. */
const REPAIR_PAUSE_MS = 30_000
const KNOWN_DROPPED = 4_096

/**
 * Both indexes of a base, written by one at a time. Before the first write or search of a process they are compared with
 * the document store, and what differs is put right; the same is done when one turns out to be damaged.
 */
export class IndexWriter {
  readonly #options: IndexWriterOptions
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #states = new Map<string, IndexState>()
  readonly #pending = new Map<string, Set<string>>()
  /** The last ones: names are not given again, and calls for those before are over. */
  readonly #dropped = new LRUCache<string, true>({ max: KNOWN_DROPPED })
  readonly #upkeep: IndexUpkeep

  constructor(options: IndexWriterOptions) {
    this.#options = options
    this.#upkeep = new IndexUpkeep(options)
  }

  /** Adds chunks of versions that no search gives yet, until `confirm`; what an attempt before left of them goes. */
  add(base: IndexedBase, chunks: readonly IndexedChunk[], isAgain: boolean): Promise<void> {
    const { vectorIndex, textIndex } = this.#options
    const versionIds = [...new Set(chunks.map(({ versionId }) => versionId))]
    return this.#inTurn(base, async (name) => {
      if (isAgain) await this.#remove(name, versionIds)
      this.#pendingOf(name, versionIds)
      const words = chunks.map(({ vector: _vector, ...row }) => row)
      await textIndex.add(name, words)
      const vectors = chunks.map(({ text: _text, ...row }) => row)
      await vectorIndex.add(name, vectors)
    })
  }

  /** The versions that were added are served, or never will be; others are served no more. */
  confirm(base: IndexedBase, versionIds: readonly string[], goneIds: readonly string[]): Promise<void> {
    const pending = this.#pending.get(base.indexName)
    for (const id of versionIds) pending?.delete(id)
    return this.remove(base, goneIds)
  }

  remove(base: IndexedBase, versionIds: readonly string[]): Promise<void> {
    if (versionIds.length === 0) return Promise.resolve()
    return this.#inTurn(base, (name) => this.#remove(name, versionIds))
  }

  /** Makes room for what the base declares by now. */
  extend(base: IndexedBase): Promise<void> {
    return this.#inTurn(base, () => Promise.resolve())
  }

  /** Resolves with the part of the base's rows that searches can find, 0 to 1; what is missing is being added. */
  async shareOf(base: IndexedBase): Promise<number> {
    if (this.#dropped.has(base.indexName)) return 0
    const state = this.#stateOf(base.indexName)
    this.#upkeep.noteSearch(this.#toUpkeep(base.indexName))
    if (!state.isSound && !state.isAsked && this.#options.clock.now() >= state.nextRepairAt)
      this.#askRepair(base, state)
    await state.compared.promise
    return state.share
  }

  /** An index turned out to be damaged: both are made anew, unless they were dropped. */
  reportDamage(base: IndexedBase, error: unknown): void {
    const state = this.#stateOf(base.indexName)
    if (!state.isSound || this.#dropped.has(base.indexName)) return
    this.#options.logger.warn({ err: error, index: base.indexName }, 'an index is damaged; it is made again')
    this.#distrust(state)
    this.#askRepair(base, state)
  }

  drop({ indexName }: Pick<IndexedBase, 'indexName'>): Promise<void> {
    const { vectorIndex, textIndex } = this.#options
    this.#dropped.set(indexName, true)
    return this.#chain(indexName, async () => {
      this.#upkeep.forget(indexName)
      this.#states.get(indexName)?.compared.resolve()
      this.#states.delete(indexName)
      this.#pending.delete(indexName)
      await Promise.all([textIndex.drop(indexName), vectorIndex.drop(indexName)])
    })
  }

  /** Leaves nothing of what was removed `keptMs` ago in files. False when it is to be asked again later. */
  async erase(base: IndexedBase, keptMs: number): Promise<boolean> {
    await this.extend(base)
    await this.#upkeep.compact(this.#toUpkeep(base.indexName), keptMs)
    return this.#options.textIndex.erase(base.indexName)
  }

  /** Resolves when nothing is being written; indexes are not looked after any more. */
  async settle(): Promise<void> {
    this.#upkeep[Symbol.dispose]()
    while (this.#turns.size > 0) await Promise.allSettled(this.#turns.values())
  }

  #inTurn(base: IndexedBase, work: (name: string) => Promise<void>): Promise<void> {
    const name = base.indexName
    const state = this.#stateOf(name)
    return this.#chain(name, async () => {
      if (this.#dropped.has(name)) return
      if (!state.isSound || state.fields !== base.metadataFields.length) await this.#repair(base, state)
      try {
        await work(name)
      } catch (error) {
        if (isErrorWithCode(error, 'UNAVAILABLE')) this.#distrust(state)
        throw error
      }
      this.#upkeep.note(this.#toUpkeep(name))
    })
  }

  #askRepair(base: IndexedBase, state: IndexState): void {
    state.isAsked = true
    void this.extend(base)
      .catch((err: unknown) =>
        this.#options.logger.error({ err, index: base.indexName }, 'an index could not be repaired'),
      )
      .finally(() => {
        state.isAsked = false
      })
  }

  async #repair(base: IndexedBase, state: IndexState): Promise<void> {
    const { resolve } = state.compared
    const onShare = (share: number): void => {
      state.share = share
      resolve()
    }
    try {
      const pending = this.#pendingOf(base.indexName)
      const repair = (isAnew: boolean): Promise<void> =>
        repairIndexes(this.#options, { base, pending, isAnew, onShare })
      await repair(state.isAnew).catch((error: unknown) => {
        // What can be read and not be written is not worth keeping either.
        if (state.isAnew || !isErrorWithCode(error, 'UNAVAILABLE')) throw error
        return repair(true)
      })
      Object.assign(state, { isSound: true, isAnew: false, fields: base.metadataFields.length })
    } catch (error) {
      state.nextRepairAt = this.#options.clock.now() + REPAIR_PAUSE_MS
      throw error
    } finally {
      resolve()
    }
  }

  #distrust(state: IndexState): void {
    if (!state.isSound) return
    Object.assign(state, { isSound: false, isAnew: true, share: 0, compared: Promise.withResolvers<void>() })
  }

  async #remove(name: string, versionIds: readonly string[]): Promise<void> {
    await this.#options.textIndex.remove(name, versionIds)
    await this.#options.vectorIndex.remove(name, versionIds)
  }

  #stateOf(name: string): IndexState {
    let state = this.#states.get(name)
    if (!state) {
      const compared = Promise.withResolvers<void>()
      state = { fields: 0, share: 0, compared, ...UNKNOWN_INDEX }
      this.#states.set(name, state)
    }
    return state
  }

  #pendingOf(name: string, added: readonly string[] = []): ReadonlySet<string> {
    const pending = this.#pending.get(name) ?? new Set<string>()
    for (const id of added) pending.add(id)
    this.#pending.set(name, pending)
    return pending
  }

  #toUpkeep(name: string): UpkeepRequest {
    return { name, inTurn: (work) => this.#chain(name, work) }
  }

  #chain(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(name) ?? Promise.resolve()
    const turn = before.then(work)
    const after = turn.catch(() => undefined)
    this.#turns.set(name, after)
    void after.then(() => {
      if (this.#turns.get(name) === after) this.#turns.delete(name)
    })
    return turn
  }
}
