import type { ChunkingSettings, CountTokens, TextChunk } from '../../../domain/chunking.js'
import type { DocumentText } from '../../../domain/document-text.js'
import { invalidInput } from '../../../kernel/errors.js'
import { findAtoms, TokenCounter, type Atom } from './atoms.js'
import { trimRange } from './cuts.js'
import { packAtoms, type Packed } from './pack-atoms.js'

const MIN_TOKENS = 8

export interface ChunkRequest {
  readonly document: Pick<DocumentText, 'text' | 'segments'>
  readonly settings: ChunkingSettings
  readonly countTokens: CountTokens
  readonly signal: AbortSignal
}

/**
 * Cuts a document into chunks, in order: together they have all of its text but white space. A text is counted twice,
 * and what is too large a few times more. Only a single character, as readers see them, can have more tokens than
 * allowed.
 * @throws GraphloomError `INVALID_INPUT` for settings that are not possible.
 */
export async function chunkDocument(request: ChunkRequest): Promise<TextChunk[]> {
  const { document, settings, countTokens, signal } = request
  checkChunking(settings)
  const counter = new TokenCounter(countTokens, signal)
  const maxTokens = settings.maxTokens - (await counter.special())
  if (maxTokens < 1) throw invalidInput('maxTokens', 'the special tokens of the model leave no room for text')
  const { method, overlapTokens } = settings
  const atoms = await findAtoms({ document, method, maxTokens, counter })
  const { segments } = document
  let packed = packAtoms(atoms, { segments, method, overlapTokens, maxTokens })
  for (;;) {
    const chunks = await countChunks(packed, document, { counter, method })
    const fitted = packed.flatMap((one, index) => (chunks[index]!.tokens > settings.maxTokens ? halve(one) : [one]))
    if (fitted.length === packed.length && fitted.every((one, index) => one === packed[index])) return chunks
    packed = fitted
  }
}

/** @throws GraphloomError `INVALID_INPUT`. */
export function checkChunking({ maxTokens, overlapTokens }: ChunkingSettings): void {
  if (!Number.isInteger(maxTokens) || maxTokens < MIN_TOKENS)
    throw invalidInput('maxTokens', `must be a whole number of at least ${MIN_TOKENS}`)
  if (!Number.isInteger(overlapTokens) || overlapTokens < 0 || overlapTokens * 2 >= maxTokens)
    throw invalidInput('overlapTokens', 'must be a whole number of less than half of maxTokens')
}

/** Joined, atoms can have more tokens than one by one. Overlap goes first; then the chunk is parted. */
function halve(packed: Packed): Packed[] {
  const { atoms, overlap } = packed
  if (overlap > 0) return [{ atoms: atoms.slice(overlap), overlap: 0 }]
  if (atoms.length === 1) return [packed]
  const middle = Math.ceil(atoms.length / 2)
  return [
    { atoms: atoms.slice(0, middle), overlap: 0 },
    { atoms: atoms.slice(middle), overlap: 0 },
  ]
}

async function countChunks(
  packed: readonly Packed[],
  { text, segments }: ChunkRequest['document'],
  { counter, method }: { readonly counter: TokenCounter; readonly method: ChunkingSettings['method'] },
): Promise<TextChunk[]> {
  const ranges = packed.map(({ atoms }) => trimRange(text, { start: atoms[0]!.start, end: atoms.at(-1)!.end }))
  const counts = await counter.count(ranges.map(({ start, end }) => text.slice(start, end)))
  return packed.map(({ atoms }, index) => {
    const { start, end } = ranges[index]!
    const [first, last] = [atoms[0]!, atoms.at(-1)!].map((atom: Atom) => segments[atom.segment]!)
    const { page } = first!
    const metadata = first === last ? first!.metadata : undefined
    return {
      start,
      end,
      text: text.slice(start, end),
      tokens: counts[index]!,
      ...(page !== undefined && { page }),
      headingPath: headingPathOf(method === 'STRUCTURE' ? last! : first!, text),
      ...(metadata !== undefined && { metadata }),
    }
  })
}

/** Of a heading: with itself. */
const headingPathOf = ({ kind, headingPath, start, end }: DocumentText['segments'][number], text: string): string[] =>
  kind === 'HEADING' ? [...headingPath, text.slice(start, end)] : [...headingPath]
