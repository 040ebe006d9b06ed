import { groupReader, userReader } from '../../domain/knowledge.js'
import type { Principal } from '../../domain/principal.js'
import type { FieldValue } from '../../ports/document-store.js'

/** The names by which a principal is found in lists of readers. */
export const readersOf = ({ subject, groups = [] }: Principal): readonly string[] => [
  userReader(subject),
  ...groups.map(groupReader),
]

/** The audience of what is for one user alone. */
export const toSoleAudience = (subject: string): string => JSON.stringify([userReader(subject)])

/** Whether a document of this audience is there for the readers. */
export function isInAudience(audience: FieldValue, readers: readonly string[]): boolean {
  if (typeof audience !== 'string') return true
  return (JSON.parse(audience) as readonly string[]).some((reader) => readers.includes(reader))
}
