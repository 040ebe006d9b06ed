import { LRUCache } from 'lru-cache'
import { VersionChunks, type VersionChunksOptions } from './version-chunks.js'

interface TenantScope {
  readonly tenantId: string
}

/** Where a chunk is: a version as one generation has it. */
export interface VersionPlace {
  readonly versionId: string
  readonly generation: number
}

const MAX_BYTES = 32 * 1_048_576
const MAX_ENTRY_BYTES = MAX_BYTES / 8

/**
 * Versions as searches show them. What a version that is served was cut into never changes, so those that were shown last
 * are kept, and are known by whoever may see their document; `forget` after a deletion.
 */
export class VersionReader {
  readonly #options: VersionChunksOptions
  readonly #kept = new LRUCache<string, VersionChunks>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ENTRY_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  })
  #deletions = 0

  constructor(options: VersionChunksOptions) {
    this.#options = options
  }

  /** By version; those that are gone are left out. */
  async read(scope: TenantScope, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, VersionChunks>> {
    const { records } = this.#options
    const found = new Map<string, VersionChunks>()
    const unread: VersionPlace[] = []
    for (const place of places) {
      const kept = this.#kept.get(keyOf(scope, place))
      if (kept) found.set(place.versionId, kept)
      else unread.push(place)
    }
    if (unread.length === 0) return found
    const deletions = this.#deletions
    const ids = unread.map(({ versionId }) => versionId)
    const [versions, sets] = await Promise.all([records.getVersions(scope, ids), records.sets.getMany(scope, unread)])
    const opening = unread.map(async (place, i) => {
      const [version, set] = [versions[i], sets[i]]
      if (!version) return
      const chunks = await VersionChunks.open(this.#options, version, set ?? null)
      found.set(place.versionId, chunks)
      const isForgotten = this.#deletions > deletions
      if (version.content && set && !isForgotten) this.#kept.set(keyOf(scope, place), chunks)
    })
    await Promise.all(opening)
    return found
  }

  /** Also what is being read. */
  forget(): void {
    this.#deletions++
    this.#kept.clear()
  }
}

const keyOf = ({ tenantId }: TenantScope, { versionId, generation }: VersionPlace): string =>
  `${tenantId} ${versionId} ${generation}`
