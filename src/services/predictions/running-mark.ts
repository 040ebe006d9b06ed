import type { PredictionDocument } from '../../domain/prediction.js'
import type { PredictionStore } from './prediction-store.js'

/** What is done sooner, and followed by nobody, is stored as ended without having been stored as running. */
const MARKED_AFTER_MS = 1_000

/** Stores that a prediction runs: at once where that is seen, else when it has run for a while. */
export class RunningMark {
  readonly #store: Pick<PredictionStore, 'update'>
  readonly #running: PredictionDocument
  readonly #toWrite: () => Promise<PredictionDocument>
  #writing: Promise<PredictionDocument> | null = null
  #timer: NodeJS.Timeout | null = null

  /** `running` is the prediction as it was read, with what is to be stored of its running; `toWrite` gives it when it may be. */
  constructor(
    store: Pick<PredictionStore, 'update'>,
    running: PredictionDocument,
    toWrite = (): Promise<PredictionDocument> => Promise.resolve(running),
  ) {
    this.#store = store
    this.#running = running
    this.#toWrite = toWrite
  }

  async set(isSeen: boolean): Promise<void> {
    if (isSeen) await this.#write()
    else this.#timer = setTimeout(() => void this.#write().catch(() => undefined), MARKED_AFTER_MS)
  }

  /**
   * The prediction as it is stored, for the write that ends it.
   * @throws GraphloomError `CONFLICT` or `NOT_FOUND` when another has ended it; `UNAVAILABLE`.
   */
  async settle(): Promise<PredictionDocument> {
    if (this.#timer) clearTimeout(this.#timer)
    return (await this.#writing) ?? this.#running
  }

  #write(): Promise<PredictionDocument> {
    this.#writing ??= this.#toWrite().then((running) => this.#store.update(running))
    return this.#writing
  }
}
