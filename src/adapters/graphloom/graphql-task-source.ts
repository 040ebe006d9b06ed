import { hostname } from 'node:os'
import { ERROR_CATALOGUE, type ErrorCode } from '../../kernel/error-catalogue.js'
import { GraphloomError } from '../../kernel/errors.js'
import type { TaskSource, WorkItem } from '../../ports/task-source.js'

export interface GraphqlTaskSourceOptions {
  /** Address of the server's API, with its path. */
  readonly url: string
  /** Bearer token; null for a server that asks for none. */
  readonly token: string | null
  readonly workerName: string
  /** Tasks of all tenants; the token must be an administrator's. */
  readonly allTenants: boolean
}

const PROBLEM = '... on Problem { code message retryable }'
const CLAIM = `mutation ($input: ClaimTasksInput!) { claimTasks(input: $input) { __typename ${PROBLEM} ... on ClaimedTasks {
  tasks { token task { id type tenantId input attempt timeoutMs } } } } }`
const HEARTBEAT = `mutation ($input: HeartbeatTaskInput!) { heartbeatTask(input: $input) { __typename ${PROBLEM}
  ... on TaskClaimStates { claims { id isLost isCancelled } } } }`
const toChange = (field: string, inputType: string): string =>
  `mutation ($input: ${inputType}!) { ${field}(input: $input) { __typename ${PROBLEM} } }`
const REPORT = toChange('reportTaskProgress', 'ReportTaskProgressInput')
const COMPLETE = toChange('completeTask', 'CompleteTaskInput')
const FAIL = toChange('failTask', 'FailTaskInput')
const RELEASE = toChange('releaseTask', 'ReleaseTaskInput')

const CALL_LIMIT_MS = 30_000

interface Answer {
  readonly data?: Readonly<Record<string, Result>> | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

interface Result {
  readonly code?: string
  readonly message?: string
  readonly tasks?: readonly {
    readonly token: string
    readonly task: Omit<WorkItem, 'token'>
  }[]
  readonly claims?: Awaited<ReturnType<TaskSource['heartbeat']>>
}

/** Tasks of a server elsewhere, by its GraphQL API. */
export function createGraphqlTaskSource({ url, token, workerName, allTenants }: GraphqlTaskSourceOptions): TaskSource {
  const worker = { name: workerName, host: hostname(), pid: process.pid }
  const ask = async (query: string, input: object, signal: AbortSignal = AbortSignal.timeout(CALL_LIMIT_MS)) => {
    const headers = { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) }
    const body = JSON.stringify({ query, variables: { input } })
    const response = await fetch(url, { method: 'POST', headers, body, signal }).catch((error: unknown) => {
      throw signal.aborted && !(signal.reason instanceof DOMException) ? signal.reason : unreachable(url, error)
    })
    return toResult(
      (await response.json().catch((error: unknown) => Promise.reject(unreachable(url, error)))) as Answer,
    )
  }
  return {
    claim: async ({ types, count, leaseMs, waitMs }, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(waitMs + CALL_LIMIT_MS)])
      const { tasks = [] } = await ask(CLAIM, { types, count, leaseMs, waitMs, worker, allTenants }, limited)
      return tasks.map((claimed) => ({ ...claimed.task, token: claimed.token }))
    },
    heartbeat: async (items, leaseMs) => {
      const claims = items.map(({ id, token: claimToken }) => ({ id, token: claimToken }))
      return (await ask(HEARTBEAT, { claims, leaseMs })).claims ?? []
    },
    report: async ({ id, token: claimToken }, { progress, lines }) => {
      await ask(REPORT, { id, token: claimToken, progress, log: lines })
    },
    complete: async ({ id, token: claimToken }, output) => {
      await ask(COMPLETE, { id, token: claimToken, output })
    },
    fail: async ({ id, token: claimToken }, { code, message, retryable, details }) => {
      const error = { code, message, retryable, retryAfterMs: details?.retryAfterMs ?? null }
      await ask(FAIL, { id, token: claimToken, error })
    },
    release: async ({ id, token: claimToken }) => {
      await ask(RELEASE, { id, token: claimToken })
    },
  }
}

/** @throws GraphloomError with the code that the server gave. */
function toResult({ data, errors }: Answer): Result {
  const [error] = errors ?? []
  if (error) throw new GraphloomError(toCode(error.extensions?.code), error.message)
  const result = Object.values(data ?? {})[0]
  if (!result) throw new GraphloomError('UNAVAILABLE', 'The server gave an answer that is none.')
  if (result.code !== undefined) throw new GraphloomError(toCode(result.code), result.message ?? '')
  return result
}

const toCode = (code: string | undefined): ErrorCode =>
  code !== undefined && Object.hasOwn(ERROR_CATALOGUE, code) ? (code as ErrorCode) : 'INTERNAL'

const unreachable = (url: string, cause: unknown): GraphloomError =>
  new GraphloomError('UNAVAILABLE', `The server at ${new URL(url).origin} cannot be reached.`, { cause })
