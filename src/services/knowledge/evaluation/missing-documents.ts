import { parseIdKind } from '../../../kernel/ids.js'
import type { Principal } from '../../../domain/principal.js'
import type { DocumentAcceptance } from '../document-acceptance.js'
import type { DocumentRecords } from '../document-records.js'
import { isInAudience, readersOf } from '../knowledge-access.js'
import type { EvaluationSet } from './evaluation-set.js'

export interface MissingDocumentsOptions {
  readonly records: Pick<DocumentRecords, 'getDocuments'>
  readonly documents: Pick<DocumentAcceptance, 'idOf'>
}

export interface JudgedDocuments extends Pick<EvaluationSet, 'queries'> {
  readonly principal: Principal
  readonly knowledgeBaseIds: readonly string[]
  readonly relevantFrom: number
}

/** Ids of one read. */
const READ_IDS = 1_000

/** How many documents were judged to be relevant, and are not there for the principal: their names may be wrong. */
export async function countMissing(options: MissingDocumentsOptions, judged: JudgedDocuments): Promise<number> {
  const { knowledgeBaseIds } = judged
  const names = listRelevant(judged)
  const namesAtOnce = Math.floor(READ_IDS / (knowledgeBaseIds.length + 1))
  let missing = 0
  for (let at = 0; at < names.length; at += namesAtOnce)
    missing += await countMissingOf(options, judged, names.slice(at, at + namesAtOnce))
  return missing
}

function listRelevant({ queries, relevantFrom }: JudgedDocuments): string[] {
  const names = new Set<string>()
  for (const { grades } of queries) for (const [name, grade] of grades) if (grade >= relevantFrom) names.add(name)
  return [...names]
}

async function countMissingOf(
  { records, documents }: MissingDocumentsOptions,
  { principal, knowledgeBaseIds }: JudgedDocuments,
  names: readonly string[],
): Promise<number> {
  const readers = readersOf(principal)
  const nameOf = new Map<string, string>()
  for (const name of names) {
    if (parseIdKind(name) === 'document') nameOf.set(name, name)
    for (const id of knowledgeBaseIds) nameOf.set(documents.idOf({ id }, { key: name })!, name)
  }
  const found = new Set<string>()
  for (const document of await records.getDocuments({ tenantId: principal.tenantId }, [...nameOf.keys()])) {
    const isThere = document && document.versionId !== null && knowledgeBaseIds.includes(document.knowledgeBaseId)
    if (isThere && isInAudience(document.audience, readers)) found.add(nameOf.get(document.id)!)
  }
  return names.length - found.size
}
