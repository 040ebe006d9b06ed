import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AnyCollection } from '../../src/adapters/sqlite/collection-layout.js'
import { openConnection, type Connection } from '../../src/adapters/sqlite/connection.js'
import { LAPSED_CLAIMS } from '../../src/adapters/sqlite/queue-reads.js'
import { openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { CHUNK_SETS, DOCUMENT_VERSIONS } from '../../src/services/knowledge/knowledge-collections.js'
import { UPLOAD_PARTS } from '../../src/services/knowledge/uploads/upload-store.js'
import { TASKS } from '../../src/services/tasks/task-store.js'
import { planOf, type PlannedRead } from '../support/read-plan.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const COLLECTIONS = [CHUNK_SETS, DOCUMENT_VERSIONS, TASKS, UPLOAD_PARTS]

const stack = new AsyncDisposableStack()
let reader: Connection
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('read-plans'))
  const database = stack.use(await openSqliteDatabase({ directory: folder.path, logger, collections: COLLECTIONS }))
  reader = stack.use(openConnection(database.path, 'read'))
})
afterAll(() => stack.disposeAsync())

const reads: [string, AnyCollection, PlannedRead, string][] = [
  [
    'versions of a document, the latest first',
    DOCUMENT_VERSIONS,
    {
      filter: { documentId: { eq: 'doc_1' }, number: { gte: 1 } },
      orderBy: [{ field: 'number', direction: 'desc' }],
    },
    'documentVersions_document (tenant=? AND f_documentId=? AND f_number>?)',
  ],
  [
    'parts of an upload in their order',
    UPLOAD_PARTS,
    { filter: { uploadId: { eq: 'up_1' }, from: { gte: 0 } }, orderBy: [{ field: 'from', direction: 'asc' }] },
    'upload_parts_from (tenant=? AND f_uploadId=? AND f_from>?)',
  ],
  [
    'chunk sets of a base',
    CHUNK_SETS,
    { filter: { knowledgeBaseId: { eq: 'kb_1' } }, position: ['dver_1/1'] },
    'chunkSets_base (tenant=? AND f_knowledgeBaseId=? AND id>?)',
  ],
  [
    'tasks of workers',
    TASKS,
    { filter: { workerId: { in: ['worker_1', 'worker_2'] } } },
    'tasks_worker (tenant=? AND f_workerId=?)',
  ],
]
test('claims whose lease passed are found without a look at what waits', () => {
  const plan = reader
    .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${LAPSED_CLAIMS}`, [0, 10])
    .map(({ detail }) => detail)
  expect(plan.filter((step) => step.includes('tasks'))).toEqual([
    'SEARCH tasks USING INDEX tasks_lapsed (at<?)',
    'SEARCH tasks USING INDEX tasks_due (queue=? AND at<?)',
  ])
})

test.each(reads)('%s are read by their index', (_name, collection, read, expected) => {
  expect(planOf(reader, collection, read)).toContain(expected)
})
