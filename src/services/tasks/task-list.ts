import { invalidInput } from '../../kernel/errors.js'
import { checkSearchText, toSearchText } from '../../kernel/search-text.js'
import type { TaskState } from '../../domain/task.js'
import type { FieldCondition, Filter, Order } from '../../ports/document-store.js'

/** Times are exclusive. */
export interface TaskFilter {
  readonly state?: readonly TaskState[] | undefined
  readonly type?: string | undefined
  readonly queue?: string | undefined
  readonly concurrencyKey?: string | undefined
  readonly graphId?: string | undefined
  readonly scheduleId?: string | undefined
  readonly isDeadLetter?: boolean | undefined
  readonly createdAfter?: number | undefined
  readonly createdBefore?: number | undefined
  readonly endedAfter?: number | undefined
  readonly endedBefore?: number | undefined
  readonly runAfter?: number | undefined
  readonly runBefore?: number | undefined
  /** In the error's code or message, whatever their case. */
  readonly errorContains?: string | undefined
}

const ORDERS = {
  CREATED_AT_DESC: { field: 'createdAt', direction: 'desc' },
  CREATED_AT_ASC: { field: 'createdAt', direction: 'asc' },
  ENDED_AT_DESC: { field: 'endedAt', direction: 'desc' },
  ENDED_AT_ASC: { field: 'endedAt', direction: 'asc' },
  RUN_AT_ASC: { field: 'runAt', direction: 'asc' },
  RUN_AT_DESC: { field: 'runAt', direction: 'desc' },
} as const satisfies Record<string, Order>

/** A list by a time has only tasks that have this time. */
export type TaskOrder = keyof typeof ORDERS

const EQUALS = ['type', 'queue', 'concurrencyKey', 'graphId', 'scheduleId', 'isDeadLetter'] as const
const TIMES = [
  ['createdAt', 'createdAfter', 'createdBefore'],
  ['endedAt', 'endedAfter', 'endedBefore'],
  ['runAt', 'runAfter', 'runBefore'],
] as const

/** What the store is asked for. @throws GraphloomError `INVALID_INPUT` that names the condition. */
export function toListRequest(
  filter: TaskFilter,
  order: TaskOrder,
): { readonly filter: Filter; readonly orderBy: readonly Order[] } {
  const conditions: Record<string, FieldCondition> = {}
  const { state, errorContains } = filter
  if (state) conditions['state'] = { in: state }
  for (const name of EQUALS) {
    const value = filter[name]
    if (value !== undefined) conditions[name] = { eq: value }
  }
  if (errorContains !== undefined) {
    checkSearchText('filter.errorContains', errorContains)
    conditions['errorText'] = { contains: toSearchText(errorContains) }
  }
  const { field: ordered } = ORDERS[order]
  for (const [field, afterName, beforeName] of TIMES) {
    const [after, before] = [filter[afterName], filter[beforeName]]
    if (after !== undefined && before !== undefined && after >= before)
      throw invalidInput(`filter.${beforeName}`, `is not after \`${afterName}\`.`)
    if (after !== undefined || before !== undefined)
      conditions[field] = { ...(after !== undefined && { gt: after }), ...(before !== undefined && { lt: before }) }
    else if (field === ordered && field !== 'createdAt') conditions[field] = { gte: 0 }
  }
  return { filter: conditions, orderBy: [ORDERS[order]] }
}
