import { DatabaseSync } from 'node:sqlite'

const STATES = ['ready', 'parked', 'scheduled', 'claimed']
const COUNTED = STATES.map((state, at) => `count(*) FILTER (WHERE state = ${at}) AS ${state}`).join(', ')
const SUM = STATES.join(' + ')

/** Counters by their table, and what they should be. */
const CHECKS: Readonly<Record<string, { readonly columns: string; readonly of: string; readonly where?: string }>> = {
  queues: { columns: 'queue', of: 'queue' },
  keys: { columns: 'queue, key', of: 'queue, key' },
  lanes: {
    columns: 'lane, tenant, queue, key, interactive',
    of: 'lane, tenant, queue, key, priority >= 5',
  },
  gates: { columns: 'gate', of: 'gate', where: 'WHERE gate IS NOT NULL' },
}

const HEADS = `
SELECT lanes.tenant, lanes.queue, lanes.key, interactive, head, (
  SELECT accepted FROM tasks WHERE tasks.lane = lanes.lane AND state = 0
  ORDER BY priority DESC, accepted LIMIT 1) AS expected
FROM lanes WHERE head IS NOT expected OR (head IS NULL) <> (ready = 0)
OR (head IS NOT NULL AND head_priority IS NOT (SELECT priority FROM tasks WHERE accepted = head))`

const UNEQUAL_SHARES = `
SELECT tenant, queue, interactive FROM lanes WHERE head IS NOT NULL
GROUP BY tenant, queue, interactive HAVING min(pass) <> max(pass)`

const OVERFULL_GATES = `
SELECT gate, ready, claimed, max_claimed FROM gates WHERE ready > max(0, max_claimed - claimed)
OR (ready + claimed < max_claimed AND parked > 0 AND rate_count IS NULL)`

const INTERACTIVE = `
SELECT queue, interactive_ready FROM queues WHERE interactive_ready <>
(SELECT count(*) FROM tasks WHERE tasks.queue = queues.queue AND state = 0 AND priority >= 5)`

/** What the queue's tables have counted otherwise than their tasks are. */
export function findQueueDrift(path: string): string[] {
  using database = new DatabaseSync(path, { readOnly: true })
  const list = (name: string, sql: string): string[] =>
    database
      .prepare(sql)
      .all()
      .map((row) => `${name}: ${JSON.stringify(row)}`)
  const counts = Object.entries(CHECKS).flatMap(([table, { columns, of, where = '' }]) => {
    const counted = `SELECT ${columns}, ${STATES.join(', ')} FROM ${table} WHERE ${SUM} <> 0`
    const real = `SELECT ${of}, ${COUNTED} FROM tasks ${where} GROUP BY ${of}`
    return [
      ...list(`${table} counted`, `${counted} EXCEPT ${real}`),
      ...list(`${table} are`, `${real} EXCEPT ${counted}`),
    ]
  })
  return [
    ...counts,
    ...list('heads', HEADS),
    ...list('shares', UNEQUAL_SHARES),
    ...list('gates', OVERFULL_GATES),
    ...list('interactive', INTERACTIVE),
  ]
}
