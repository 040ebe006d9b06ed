import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'

/**
 * A worker as a user would write one, in any language: it asks the server's API for tasks, does them, and says what
 * became of them. Started by tests as a process of its own.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    type: { type: 'string' },
    name: { type: 'string' },
    /** Address that is told of each effect, and of each beginning and end. */
    ledger: { type: 'string' },
    /** How long a task takes, milliseconds. */
    pause: { type: 'string' },
  },
})
const { url = 'http://127.0.0.1:4000/graphql', type = 'sum', name = 'example', ledger, pause = '0' } = values
const LEASE_MS = 2_000

interface Claimed {
  readonly token: string
  readonly task: { readonly id: string; readonly attempt: number; readonly input: { readonly numbers: number[] } }
}

async function ask<T>(query: string, input: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  })
  const { data, errors } = (await response.json()) as { data?: Record<string, T>; errors?: { message: string }[] }
  if (errors?.[0]) throw new Error(errors[0].message)
  return Object.values(data ?? {})[0]!
}

const CLAIM = `mutation ($input: ClaimTasksInput!) {
  claimTasks(input: $input) { ... on ClaimedTasks { tasks { token task { id attempt input } } } } }`
const HEARTBEAT = `mutation ($input: HeartbeatTaskInput!) {
  heartbeatTask(input: $input) { ... on TaskClaimStates { claims { isLost isCancelled } } } }`
const PROGRESS = `mutation ($input: ReportTaskProgressInput!) { reportTaskProgress(input: $input) { __typename } }`
const COMPLETE = `mutation ($input: CompleteTaskInput!) {
  completeTask(input: $input) { __typename ... on Problem { message } } }`
const FAIL = `mutation ($input: FailTaskInput!) { failTask(input: $input) { __typename } }`

async function tellLedger(what: string, body: object): Promise<void> {
  if (ledger !== undefined) await fetch(`${ledger}/${what}`, { method: 'POST', body: JSON.stringify(body) })
}

async function work({ token, task }: Claimed): Promise<void> {
  const { id, attempt, input } = task
  const claim = { id, token }
  let stopped = false
  const heart = setInterval(() => {
    void ask<{ claims: { isLost: boolean; isCancelled: boolean }[] }>(HEARTBEAT, { claims: [claim], leaseMs: LEASE_MS })
      .then(({ claims }) => (stopped = claims[0]!.isLost || claims[0]!.isCancelled))
      .catch(() => undefined)
  }, LEASE_MS / 3)
  try {
    let sum = 0
    for (const [done, number] of input.numbers.entries()) {
      if (stopped) {
        await ask(FAIL, { ...claim, error: { message: 'stopped', retryable: false } })
        console.log(`stopped ${id}`)
        return
      }
      sum += number
      await ask(PROGRESS, { ...claim, progress: { done: done + 1, total: input.numbers.length } })
    }
    await tellLedger('begin', {})
    await delay(Number(pause))
    await tellLedger('end', {})
    // The effect in the world outside: the attempt's number lets it refuse a worker that is late.
    await tellLedger('effect', { id, attempt, sum })
    const told = await ask<{ __typename: string; message?: string }>(COMPLETE, { ...claim, output: { sum } })
    console.log(told.__typename === 'Task' ? `done ${id}` : `refused ${id}: ${told.message ?? ''}`)
  } catch (error) {
    await ask(FAIL, { ...claim, error: { message: String(error) } }).catch(() => undefined)
    console.log(`failed ${id}: ${String(error)}`)
  } finally {
    clearInterval(heart)
  }
}

const worker = { name, host: 'example', pid: process.pid }
console.log('working')
for (;;) {
  try {
    const { tasks = [] } = await ask<{ tasks?: Claimed[] }>(CLAIM, {
      types: [type],
      count: 5,
      leaseMs: LEASE_MS,
      waitMs: 10_000,
      worker,
    })
    await Promise.all(tasks.map(work))
  } catch {
    await delay(200)
  }
}
