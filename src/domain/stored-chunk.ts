import type { Metadata } from './metadata-filter.js'

export interface StoredChunk {
  readonly start: number
  readonly end: number
  readonly tokens: number
  readonly page: number | null
  readonly headings: readonly string[]
  /** Whether the title and the headings are embedded and searched with it. */
  readonly hasHead: boolean
  /** Of what was embedded: equal hashes have equal vectors. */
  readonly hash: string
  readonly metadata: Metadata
}

/** A chunk as text on disk: what is null, false or empty is left out, as there are many. */
export type KeptChunk = Pick<StoredChunk, 'start' | 'end' | 'tokens' | 'hash'> & Partial<StoredChunk>

const LEFT_OUT = { page: null, headings: [], hasHead: false, metadata: {} } as const

export const toKeptChunk = ({ page, headings, hasHead, metadata, ...chunk }: StoredChunk): KeptChunk => ({
  ...chunk,
  ...(page !== null && { page }),
  ...(headings.length > 0 && { headings }),
  ...(hasHead && { hasHead }),
  ...(Object.keys(metadata).length > 0 && { metadata }),
})

export const fromKeptChunk = (chunk: KeptChunk): StoredChunk => ({ ...LEFT_OUT, ...chunk })
