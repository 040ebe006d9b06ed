import type { Logger } from 'pino'
import type { VectorIndex } from '../../ports/vector-index.js'

export interface IndexUpkeepOptions {
  readonly vectorIndex: VectorIndex
  readonly logger: Logger
}

export interface UpkeepRequest {
  readonly name: string
  /** Does work while nothing else is written to the index. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>
}

interface Kept {
  noted: number
  /** Since it was compacted. */
  writes: number
  searches: number
  timer: NodeJS.Timeout | undefined
  running: Promise<void> | null
}

/** Each leaves files that a search has to look into. */
const WRITES_BEFORE_COMPACTION = 24
/** Rows that searches compare one by one beside the index; compaction takes them into it. */
const MOST_UNINDEXED_ROWS = 2_000
/** An index is looked after when nothing was written for so long, milliseconds, or when it is to be compacted. */
const QUIET_MS = 2_000
/** Searches from which on an index is looked after each time they have doubled: it is measured by what is asked. */
const FIRST_SEARCHES = 32

/** Looks after indexes of vectors: joins what small writes left, and has fast search made, extended and measured. */
export class IndexUpkeep implements Disposable {
  readonly #options: IndexUpkeepOptions
  readonly #kept = new Map<string, Kept>()
  #isOver = false

  constructor(options: IndexUpkeepOptions) {
    this.#options = options
  }

  /** Something was written, or what was written before has been found. */
  note(request: UpkeepRequest): void {
    if (this.#isOver) return
    const kept = this.#keptOf(request.name)
    kept.noted++
    kept.writes++
    this.#schedule(request, kept)
  }

  noteSearch(request: UpkeepRequest): void {
    if (this.#isOver) return
    const kept = this.#keptOf(request.name)
    kept.searches++
    const isDoubled = kept.searches >= FIRST_SEARCHES && Number.isInteger(Math.log2(kept.searches))
    if (!isDoubled) return
    kept.noted++
    this.#schedule(request, kept)
  }

  /** Compacts when nothing else is being done; see `VectorIndex.compact`. */
  async compact({ name, inTurn }: UpkeepRequest, keptMs: number): Promise<void> {
    const { vectorIndex } = this.#options
    while (this.#kept.get(name)?.running) await this.#kept.get(name)?.running
    await inTurn(() => vectorIndex.compact(name, keptMs))
  }

  forget(name: string): void {
    clearTimeout(this.#kept.get(name)?.timer)
    this.#kept.delete(name)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    for (const name of this.#kept.keys()) this.forget(name)
  }

  #keptOf(name: string): Kept {
    let kept = this.#kept.get(name)
    if (!kept) {
      // What was left before this process is not known.
      kept = { noted: 0, writes: WRITES_BEFORE_COMPACTION - 1, searches: 0, timer: undefined, running: null }
      this.#kept.set(name, kept)
    }
    return kept
  }

  #schedule(request: UpkeepRequest, kept: Kept): void {
    clearTimeout(kept.timer)
    if (kept.running || this.#kept.get(request.name) !== kept) return
    if (kept.writes >= WRITES_BEFORE_COMPACTION) this.#begin(request, kept)
    else kept.timer = setTimeout(() => this.#begin(request, kept), QUIET_MS).unref()
  }

  #begin(request: UpkeepRequest, kept: Kept): void {
    const writes = kept.noted
    kept.running = this.#run(request, kept).finally(() => {
      kept.running = null
      if (kept.noted > writes) this.#schedule(request, kept)
    })
  }

  async #run(request: UpkeepRequest, kept: Kept): Promise<void> {
    const { vectorIndex, logger } = this.#options
    const { name, inTurn } = request
    const compact = async (): Promise<void> => {
      kept.writes = 0
      await inTurn(() => vectorIndex.compact(name))
    }
    try {
      if (kept.writes >= WRITES_BEFORE_COMPACTION) await compact()
      await vectorIndex.tend(name)
      const figures = await vectorIndex.figures(name)
      if (figures && figures.unindexedRows >= MOST_UNINDEXED_ROWS) {
        await compact()
        await vectorIndex.tend(name)
      }
    } catch (err) {
      if (this.#kept.get(name) === kept) logger.warn({ err, index: name }, 'an index could not be looked after')
    }
  }
}
