import type { ChunkRow } from '../../src/domain/chunk-row.js'
import type {
  Metadata,
  MetadataField,
  MetadataFilter,
  MetadataValue,
  ScalarValue,
} from '../../src/domain/metadata-filter.js'

export const METADATA_FIELDS: readonly MetadataField[] = [
  { name: 'author', kind: 'TEXT' },
  { name: 'year', kind: 'NUMBER' },
  { name: 'draft', kind: 'BOOLEAN' },
  { name: 'published', kind: 'DATE' },
  { name: 'tags', kind: 'LIST' },
]

type Random = () => number

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!

const VALUES: Readonly<Record<string, readonly ScalarValue[]>> = {
  author: ['Ada', "O'Brien", 'Zoë', ''],
  year: [1999, 2000.5, -3, 0],
  draft: [true, false],
  published: [0, 1_700_000_000_000, -86_400_000],
  tags: ['red', "it's", 'blue'],
}

export function randomMetadata(random: Random): Metadata {
  const entries = METADATA_FIELDS.filter(() => random() < 0.8).map(({ name, kind }): [string, MetadataValue] => {
    const values = VALUES[name]!
    return [name, kind === 'LIST' ? (values.filter(() => random() < 0.5) as string[]) : pick(random, values)]
  })
  return Object.fromEntries(entries)
}

const READERS = ['user:ada', "user:o'neil", 'group:staff']

export const randomReaders = (random: Random): readonly string[] | null =>
  random() < 0.4 ? null : READERS.filter(() => random() < 0.4)

export const someReaders = (random: Random): readonly string[] => READERS.filter(() => random() < 0.5)

export function randomFilter(random: Random, depth = 3): MetadataFilter {
  const kind = random()
  if (depth > 0 && kind < 0.15) return { op: 'NOT', part: randomFilter(random, depth - 1) }
  if (depth > 0 && kind < 0.5) {
    const parts = Array.from({ length: Math.floor(random() * 3) + 1 }, () => randomFilter(random, depth - 1))
    return { op: pick(random, ['AND', 'OR']), parts }
  }
  const field = pick(random, METADATA_FIELDS)
  const values = VALUES[field.name]!
  if (random() < 0.1) return { op: 'MISSING', field }
  if (field.kind === 'LIST') return { op: 'CONTAINS', field, value: pick(random, values) }
  if (random() < 0.2) return { op: 'IN', field, values: values.filter(() => random() < 0.5) }
  if (field.kind === 'BOOLEAN') return { op: 'EQ', field, value: pick(random, values) }
  return { op: pick(random, ['EQ', 'LT', 'LTE', 'GT', 'GTE']), field, value: pick(random, values) }
}

const compare = (a: ScalarValue, b: ScalarValue): number =>
  typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : Number(a) - Number(b)

/** What a filter means, told apart from the adapters. */
export function matches(filter: MetadataFilter, metadata: Metadata): boolean {
  if ('parts' in filter) {
    const hold = filter.parts.map((part) => matches(part, metadata))
    return filter.op === 'AND' ? hold.every(Boolean) : hold.some(Boolean)
  }
  if ('part' in filter) return !matches(filter.part, metadata)
  const value = metadata[filter.field.name] ?? null
  if (filter.op === 'MISSING') return value === null
  if (value === null) return false
  if (filter.op === 'CONTAINS') return (value as readonly string[]).includes(String(filter.value))
  if ('values' in filter) return filter.values.includes(value as ScalarValue)
  const order = compare(value as ScalarValue, filter.value)
  const holds = { EQ: order === 0, LT: order < 0, LTE: order <= 0, GT: order > 0, GTE: order >= 0 }
  return holds[filter.op]
}

export const isVisible = ({ readers }: Pick<ChunkRow, 'readers'>, names: readonly string[]): boolean =>
  readers === null || readers.some((reader) => names.includes(reader))

export const toRow = (versionId: string, ordinal: number, parts: Partial<ChunkRow> = {}): ChunkRow => ({
  id: `${versionId}/${ordinal}`,
  documentId: `of ${versionId}`,
  versionId,
  ordinal,
  readers: null,
  metadata: {},
  ...parts,
})
