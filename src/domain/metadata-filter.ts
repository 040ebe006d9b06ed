/** What a metadata field of a knowledge base holds. */
export const METADATA_KINDS = ['TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'LIST'] as const
export type MetadataKind = (typeof METADATA_KINDS)[number]

export interface MetadataField {
  /** A letter, then letters, digits and underscores; at most 64 characters. */
  readonly name: string
  readonly kind: MetadataKind
}

/** As it is stored: a date is its Unix milliseconds, a list is one of texts. */
export type MetadataValue = string | number | boolean | readonly string[] | null
export type Metadata = Readonly<Record<string, MetadataValue>>

export type ScalarValue = string | number | boolean

/**
 * What chunks have to fulfil. A comparison with a field that has no value is false, so its `not` is true; CONTAINS is
 * of lists alone, comparisons of order of texts, numbers and dates.
 */
export type MetadataFilter =
  | { readonly op: 'AND' | 'OR'; readonly parts: readonly MetadataFilter[] }
  | { readonly op: 'NOT'; readonly part: MetadataFilter }
  | { readonly op: 'MISSING'; readonly field: MetadataField }
  | {
      readonly op: 'EQ' | 'LT' | 'LTE' | 'GT' | 'GTE' | 'CONTAINS'
      readonly field: MetadataField
      readonly value: ScalarValue
    }
  | { readonly op: 'IN'; readonly field: MetadataField; readonly values: readonly ScalarValue[] }
