import type { NewDocument } from './document-input.js'

/** Documents that go through together, and the characters that they may have together. */
const SLICE_DOCUMENTS = 16
const SLICE_CHARACTERS = 1 << 20
/** Counted for a document that has not come yet. */
const UNKNOWN_CHARACTERS = SLICE_CHARACTERS / 4

/** A document with its place in the task's input. */
export type PlacedDocument = readonly [number, NewDocument]

export type Slice = readonly PlacedDocument[]

/** What goes through together, in order. */
export function toSlices(documents: readonly PlacedDocument[]): Slice[] {
  const slices: PlacedDocument[][] = []
  let characters = 0
  for (const [i, document] of documents) {
    const last = slices.at(-1)
    const length = document.text?.length ?? UNKNOWN_CHARACTERS
    characters += length
    if (last && last.length < SLICE_DOCUMENTS && characters <= SLICE_CHARACTERS) last.push([i, document])
    else {
      slices.push([[i, document]])
      characters = length
    }
  }
  return slices
}
