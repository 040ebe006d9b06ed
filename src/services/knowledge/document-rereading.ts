import { GraphloomError } from '../../kernel/errors.js'
import type { Payloads } from '../payloads.js'
import type { AcceptedDocument } from './document-acceptance.js'
import type { ReadDocument } from './document-preparation.js'
import type { DocumentRecords } from './document-records.js'

const PAGE_ITEMS = 100

/**
 * The content that another version of the document has.
 * @throws GraphloomError `CONFLICT` when that is gone, or another content came between the two.
 */
export async function readAgain(
  { records, payloads }: { readonly records: DocumentRecords; readonly payloads: Payloads },
  { given, version }: AcceptedDocument,
): Promise<ReadDocument> {
  const scope = { tenantId: version.tenantId }
  const before = await records.getVersion(scope, given.contentOf ?? '')
  if (!before?.content || before.documentId !== version.documentId) throw changedMeanwhile()
  const page = { limit: PAGE_ITEMS, cursor: null, backward: false }
  const { items } = await records.listVersions(scope, version.documentId, page)
  const between = items.filter(({ node }) => node.number > before.number && node.number < version.number)
  if (given.isRestored !== true && between.some(({ node }) => node.state !== 'FAILED')) throw changedMeanwhile()
  const content = await payloads.get(before.content)
  return {
    content,
    contentSha256: before.contentSha256 ?? '',
    title: given.title ?? before.title,
  }
}

const changedMeanwhile = (): GraphloomError =>
  new GraphloomError('CONFLICT', 'Another version came meanwhile; look at it, and ask again.')
