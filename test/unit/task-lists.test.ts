import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openConnection, type Connection } from '../../src/adapters/sqlite/connection.js'
import { MAX_SORTED } from '../../src/adapters/sqlite/order-hint.js'
import { openSqliteDatabase } from '../../src/adapters/sqlite/sqlite-database.js'
import { NEW_TASK, type TaskDocument } from '../../src/domain/task.js'
import type { DocumentBody } from '../../src/ports/document-store.js'
import { toListRequest, type TaskFilter, type TaskOrder } from '../../src/services/tasks/task-list.js'
import { TASKS } from '../../src/services/tasks/task-store.js'
import { planOf, PLANNED_SCOPE } from '../support/read-plan.js'
import { silentLogger as logger } from '../support/state.js'
import { createTemporaryFolder } from '../support/temporary.js'

const COUNT = MAX_SORTED + 200
const FEW = 10

const stack = new AsyncDisposableStack()
let reader: Connection
beforeAll(async () => {
  const folder = stack.use(await createTemporaryFolder('task-lists'))
  const database = stack.use(await openSqliteDatabase({ directory: folder.path, logger, collections: [TASKS] }))
  await database.documents.insertAll(
    Array.from({ length: COUNT }, (_, at) => ({ collection: TASKS, document: toTask(at) })),
  )
  reader = stack.use(openConnection(database.path, 'read'))
})
afterAll(() => stack.disposeAsync())

/** What lists look at. */
const toTask = (at: number): DocumentBody<TaskDocument> =>
  ({
    ...NEW_TASK,
    ...PLANNED_SCOPE,
    id: `task_${String(at).padStart(6, '0')}`,
    type: 'sleep',
    queue: 'default',
    state: at < FEW ? 'FAILED' : 'SUCCEEDED',
    endedAt: at,
    runAt: at,
    scheduleId: at < FEW ? 'schedule_1' : null,
  }) as unknown as DocumentBody<TaskDocument>

/** How a page of a list behind another is read. */
const planOfList = (order: TaskOrder, asked: TaskFilter): string =>
  planOf(reader, TASKS, { ...toListRequest(asked, order), position: [500, 'task_000500'] })

const many: [TaskOrder, TaskFilter, string][] = [
  ['CREATED_AT_DESC', {}, 'tasks_created (tenant=? AND (created_at,id)<(?,?))'],
  ['CREATED_AT_ASC', { type: 'sleep' }, 'tasks_type (tenant=? AND f_type=? AND (created_at,id)>(?,?))'],
  ['CREATED_AT_ASC', { endedAfter: 1 }, 'tasks_created (tenant=? AND (created_at,id)>(?,?))'],
  [
    'CREATED_AT_DESC',
    { state: ['SUCCEEDED'], endedAfter: 1 },
    'tasks_state (tenant=? AND f_state=? AND (created_at,id)<(?,?))',
  ],
  ['ENDED_AT_DESC', {}, 'tasks_ended_at (tenant=? AND f_endedAt>? AND (f_endedAt,id)<(?,?))'],
  ['ENDED_AT_DESC', { type: 'sleep', queue: 'default' }, 'tasks_ended_at (tenant=? AND'],
  ['ENDED_AT_ASC', { state: ['SUCCEEDED', 'CANCELLED'] }, 'tasks_ended_at (tenant=? AND (f_endedAt,id)>(?,?))'],
  ['ENDED_AT_ASC', { endedAfter: 1, endedBefore: 1_000 }, 'tasks_ended_at (tenant=? AND (f_endedAt,id)>(?,?)'],
  ['RUN_AT_ASC', { type: 'sleep' }, 'tasks_run_at (tenant=? AND (f_runAt,id)>(?,?))'],
  ['RUN_AT_DESC', {}, 'tasks_run_at (tenant=? AND f_runAt>? AND (f_runAt,id)<(?,?))'],
]
test.each(many)('%s of many, %j, goes through an index in its order', (order, filter, expected) => {
  const plan = planOfList(order, filter)
  expect(plan).toContain(expected)
  expect(plan).not.toContain('TEMP B-TREE')
})

const few: [TaskOrder, TaskFilter, string][] = [
  ['ENDED_AT_DESC', { scheduleId: 'schedule_1', type: 'sleep' }, 'tasks_schedule (tenant=? AND f_scheduleId=?'],
  ['ENDED_AT_ASC', { state: ['FAILED', 'CANCELLED'], type: 'sleep' }, 'tasks_state (tenant=? AND f_state=?'],
  ['CREATED_AT_ASC', { endedBefore: FEW }, 'tasks_ended_at (tenant=? AND f_endedAt<?'],
]
describe('few are found by the filter', () => {
  test.each(few)('%s, %j', (order, filter, expected) => {
    expect(planOfList(order, filter)).toContain(expected)
  })
})
