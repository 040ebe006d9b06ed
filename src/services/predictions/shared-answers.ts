import { LRUCache } from 'lru-cache'
import { isInteractive } from '../../kernel/fair-queue.js'
import { joinByChoice } from './tokens-data.js'
import { SharedAnswer } from './shared-answer.js'

export interface SharedAnswersOptions {
  /** Memory for answers that are kept, bytes; estimated. */
  readonly maxBytes: number
  readonly maxEntries: number
  /** How long one is kept at most, milliseconds; at least 1. */
  readonly maxAgeMs: number
}

/**
 * Answers that are being computed, and the latest that were, by the key of their question. Both live in the memory of
 * this process only. What was used least recently goes when there is no room.
 */
export class SharedAnswers {
  readonly #computed = new Map<string, SharedAnswer>()
  readonly #kept: LRUCache<string, SharedAnswer>
  /** Those that are being computed, also where a more urgent one has taken their place under their key. */
  readonly #open = new Set<SharedAnswer>()

  constructor({ maxBytes, maxEntries, maxAgeMs }: SharedAnswersOptions) {
    this.#kept = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: sizeOf, ttl: maxAgeMs })
  }

  /** Answers that are kept. */
  get size(): number {
    return this.#kept.size
  }

  /** What they take, bytes; estimated. */
  get bytes(): number {
    return this.#kept.calculatedSize
  }

  /** Whether there is an answer. */
  has(key: string): boolean {
    return this.#kept.has(key)
  }

  /** The answer that is there, or is being computed with no less priority, or else one that is to be computed. */
  join({ key, versionId, priority }: { readonly key: string; readonly versionId: string; readonly priority: number }) {
    const kept = this.#kept.get(key)
    if (kept) return kept
    const computed = this.#computed.get(key)
    // Interactive work does not wait for bulk work.
    if (computed && (isInteractive(computed) || !isInteractive({ priority }))) return computed
    const answer = new SharedAnswer({ key, versionId, priority, onEnd: (ended) => this.#end(ended) })
    this.#computed.set(key, answer)
    this.#open.add(answer)
    return answer
  }

  forget(key: string): void {
    this.#kept.delete(key)
    for (const answer of this.#open) if (answer.key === key) answer.isKept = false
  }

  /** Forgets all answers of a version; those that are being computed are given to who waits for them only. */
  forgetVersion(versionId: string): void {
    for (const [key, answer] of this.#kept.entries()) if (answer.versionId === versionId) this.#kept.delete(key)
    for (const answer of this.#open) if (answer.versionId === versionId) answer.isKept = false
  }

  #end(answer: SharedAnswer): void {
    this.#open.delete(answer)
    if (this.#computed.get(answer.key) === answer) this.#computed.delete(answer.key)
    if (answer.whole && answer.isKept) this.#kept.set(answer.key, toKept(answer))
  }
}

/** With all of a text in one part. */
function toKept({ key, versionId, priority, parts, whole }: SharedAnswer): SharedAnswer {
  const kept = new SharedAnswer({ key, versionId, priority, onEnd: () => undefined })
  kept.push(...joinByChoice(parts))
  kept.finish(whole!)
  return kept
}

const VALUE_BYTES = 16

const sizeOf = ({ parts, whole }: SharedAnswer): number => sizeOfValue(parts) + sizeOfValue(whole)

/** About what a value takes in memory. */
function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES + 2 * value.length
  if (ArrayBuffer.isView(value)) return VALUE_BYTES + value.byteLength
  if (typeof value !== 'object' || value === null) return VALUE_BYTES / 2
  let bytes = VALUE_BYTES
  for (const part of Object.values(value)) bytes += sizeOfValue(part)
  return bytes
}
