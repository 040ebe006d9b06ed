/** A word as it is compared: its stem, and where it stands in the text, UTF-16 offsets. */
export interface TextTerm {
  readonly term: string
  readonly start: number
  readonly end: number
}
