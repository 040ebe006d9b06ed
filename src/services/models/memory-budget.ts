import { setTimeout as delay } from 'node:timers/promises'
import { GraphloomError, isErrorWithCode } from '../../kernel/errors.js'

/** A version that takes memory. */
export interface MemoryHolder {
  /** As people know it, e.g. `name:version`. */
  readonly name: string
  /** Memory of its processes at the moment, bytes. */
  readonly residentBytes: number
  /** Whether it can be unloaded for others: no work runs or waits, and nobody pinned it. */
  readonly isEvictable: boolean
  /** Unix milliseconds. */
  readonly lastUsedAt: number
  /** Ends its processes and gives its memory back. */
  evict(): Promise<void>
}

export interface MemoryRequest {
  readonly holder: MemoryHolder
  readonly bytes: number
  readonly wish: MemoryWish
  readonly signal: AbortSignal
}

/** What may be done to get memory. */
export interface MemoryWish {
  /** Whether versions without work are unloaded for it. */
  readonly mayEvict: boolean
  /** How long to wait for versions with work to come to their end, milliseconds. */
  readonly waitMs: number
}

/** Memory that was promised to a version's process. */
export interface MemoryReservation {
  release(): void
}

const MIB = 2 ** 20

/**
 * Memory of all model processes together. A version counts with what was reserved for it before it was loaded, or with
 * what its processes take, where that is more. For one that does not fit, versions without work are unloaded, the one
 * that was used least lately first.
 */
export class MemoryBudget {
  readonly totalBytes: number
  readonly #reservations = new Set<{ readonly holder: MemoryHolder; readonly bytes: number }>()
  /** Requests are decided one after the other: what one frees is not given to another. */
  #turn: Promise<unknown> = Promise.resolve()
  #changed = Promise.withResolvers<void>()

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes
  }

  get usedBytes(): number {
    let used = 0
    for (const holder of this.#holders()) used += this.#bytesOf(holder)
    return used
  }

  /** What a version could have now, if others were unloaded for it. */
  availableBytesFor(holder: MemoryHolder): number {
    const evictable = this.#evictable(holder).reduce((bytes, other) => bytes + this.#bytesOf(other), 0)
    return Math.max(0, this.totalBytes - this.usedBytes + evictable)
  }

  /** @throws GraphloomError `OUT_OF_MEMORY`. */
  check(holder: MemoryHolder, bytes: number): void {
    const availableBytes = this.availableBytesFor(holder)
    if (bytes > availableBytes) throw outOfMemory(holder, bytes, availableBytes)
  }

  /**
   * Promises memory to a version.
   * @throws GraphloomError `OUT_OF_MEMORY` when it cannot be had (in time); or the signal's reason.
   */
  async reserve(request: MemoryRequest): Promise<MemoryReservation> {
    const until = Date.now() + request.wish.waitMs
    for (;;) {
      const changed = this.#changed.promise
      try {
        return await this.#inTurn(() => this.#tryReserve(request))
      } catch (error) {
        const left = until - Date.now()
        if (!isErrorWithCode(error, 'OUT_OF_MEMORY') || left <= 0 || request.bytes > this.totalBytes) throw error
        await waitFor(changed, left, request.signal)
      }
    }
  }

  /** Work has ended or something was unloaded: who waits tries again. */
  noteChange(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async #tryReserve({ holder, bytes, wish, signal }: MemoryRequest): Promise<MemoryReservation> {
    for (;;) {
      signal.throwIfAborted()
      const free = this.totalBytes - this.usedBytes
      if (bytes <= free) return this.#add(holder, bytes)
      const available = wish.mayEvict ? this.availableBytesFor(holder) : Math.max(0, free)
      if (bytes > available) throw outOfMemory(holder, bytes, available)
      const [leastUsed] = this.#evictable(holder).sort((a, b) => a.lastUsedAt - b.lastUsedAt)
      await leastUsed?.evict()
    }
  }

  #add(holder: MemoryHolder, bytes: number): MemoryReservation {
    const reservation = { holder, bytes }
    this.#reservations.add(reservation)
    return {
      release: () => {
        if (this.#reservations.delete(reservation)) this.noteChange()
      },
    }
  }

  #holders(): Set<MemoryHolder> {
    return new Set(Array.from(this.#reservations, ({ holder }) => holder))
  }

  #evictable(except: MemoryHolder): MemoryHolder[] {
    return [...this.#holders()].filter((holder) => holder !== except && holder.isEvictable)
  }

  #bytesOf(holder: MemoryHolder): number {
    let reserved = 0
    for (const reservation of this.#reservations) if (reservation.holder === holder) reserved += reservation.bytes
    return Math.max(reserved, holder.residentBytes)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}

async function waitFor(changed: Promise<void>, limitMs: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController()
  try {
    await Promise.race([changed, delay(limitMs, null, { signal: AbortSignal.any([signal, enough.signal]) })])
  } catch {
    signal.throwIfAborted()
  } finally {
    enough.abort()
  }
}

function outOfMemory({ name }: MemoryHolder, requiredBytes: number, availableBytes: number): GraphloomError {
  const toMib = (bytes: number): number => Math.round(bytes / MIB)
  const message = `${name} needs ${toMib(requiredBytes)} MiB of memory; ${toMib(availableBytes)} MiB can be had. Unload or unpin other versions, or raise GRAPHLOOM_MODEL_MEMORY_BYTES.`
  return new GraphloomError('OUT_OF_MEMORY', message, { details: { requiredBytes, availableBytes } })
}
