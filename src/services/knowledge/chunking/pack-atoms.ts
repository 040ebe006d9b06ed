import type { ChunkingSettings } from '../../../domain/chunking.js'
import type { TextSegment } from '../../../domain/document-text.js'
import type { Atom } from './atoms.js'

export interface PackOptions extends Pick<ChunkingSettings, 'method' | 'overlapTokens'> {
  readonly segments: readonly TextSegment[]
  /** Of a chunk, without special tokens. */
  readonly maxTokens: number
}

/** Atoms of a chunk, in order; the first of them may be of the chunk before it. */
export interface Packed {
  readonly atoms: readonly Atom[]
  /** How many of them are overlap. */
  readonly overlap: number
}

/** Fills chunks one after the other: a paragraph that fits into a chunk of its own is not parted. */
export function packAtoms(atoms: readonly Atom[], options: PackOptions): Packed[] {
  const { segments, method, maxTokens } = options
  const packed: Packed[] = []
  let open: Atom[] = []
  let overlap = 0
  let size = 0
  const close = (keepsOverlap: boolean): void => {
    if (open.length > overlap) packed.push({ atoms: open, overlap })
    open = keepsOverlap ? takeOverlap({ atoms: open, overlap }, options) : []
    overlap = open.length
    size = sumTokens(open)
  }
  for (let at = 0; at < atoms.length;) {
    const group = takeGroup(atoms, at, method)
    const groupSize = sumTokens(group)
    const first = segments[group[0]!.segment]!
    const last = open.at(-1)
    if (last && isBreak(first, segments[last.segment]!, method)) close(false)
    if (size + groupSize > maxTokens && groupSize <= maxTokens) close(true)
    for (const atom of group) {
      if (size + atom.tokens > maxTokens) close(true)
      // An overlap that leaves no room for what is new is given up.
      if (size + atom.tokens > maxTokens) close(false)
      open.push(atom)
      size += atom.tokens
    }
    at += group.length
  }
  close(false)
  return packed
}

/** What is kept together when it fits: the atoms of a segment; of fixed chunks each for itself. */
function takeGroup(atoms: readonly Atom[], at: number, method: PackOptions['method']): Atom[] {
  if (method === 'FIXED') return [atoms[at]!]
  let end = at + 1
  while (end < atoms.length && atoms[end]!.segment === atoms[at]!.segment) end++
  return atoms.slice(at, end)
}

function isBreak(next: TextSegment, last: TextSegment, method: PackOptions['method']): boolean {
  if (method === 'FIXED' || next === last) return false
  return method === 'ROW' || (next.kind === 'HEADING' && last.kind !== 'HEADING')
}

/** The last atoms of a chunk that have no more tokens than the overlap. */
function takeOverlap({ atoms, overlap }: Packed, { overlapTokens }: PackOptions): Atom[] {
  let from = atoms.length
  let size = 0
  // All that is new in the chunk again would be no overlap.
  while (from > overlap + 1 && size + atoms[from - 1]!.tokens <= overlapTokens) size += atoms[--from]!.tokens
  return atoms.slice(from)
}

const sumTokens = (atoms: readonly Atom[]): number => atoms.reduce((sum, { tokens }) => sum + tokens, 0)
