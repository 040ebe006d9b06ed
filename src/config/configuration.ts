import { availableParallelism, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { GatewayLimits, RateLimits } from '../domain/limits.js'
import { ConfigurationError, toMistake, type ConfigurationMistake } from './mistakes.js'
import { listRuleMistakes } from './rules.js'
import { nearestName } from './nearest-name.js'
import { VARIABLES } from './table.js'

export { ConfigurationError } from './mistakes.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where tokens' keys come from. */
export type JwtKey =
  | { readonly secret: string }
  | { readonly pemFile: string }
  | { readonly jwksFile: string }
  | { readonly jwksUrl: string }

export interface JwtConfiguration {
  readonly key: JwtKey
  readonly algorithms: readonly string[] | null
  readonly issuer: string | null
  readonly audience: string | null
  readonly tenantClaim: string
  readonly rolesClaim: string
  readonly groupsClaim: string
  readonly clockToleranceSeconds: number
}

/** What the server is to be, checked. Units are in the names. */
export interface Configuration {
  readonly server: {
    readonly host: string
    readonly port: number
    readonly dataDirectory: string
    readonly modelsDirectory: string
    readonly logLevel: string
    readonly shutdownTimeoutMs: number
    readonly allowedHosts: readonly string[]
    readonly allowedOrigins: readonly string[]
  }
  readonly access: { readonly jwt: JwtConfiguration | null; readonly rateLimits: RateLimits }
  readonly limits: GatewayLimits
  readonly models: {
    readonly threads: number
    readonly batchTokens: number
    readonly timeoutMs: number
    readonly queueLength: number
    readonly concurrentGenerations: number
    readonly memoryBytes: number
    readonly runningTextBytes: number
    readonly keptTextBytes: number
    readonly idleTtlMs: number
    readonly preload: readonly string[]
    /** Absolute paths. */
    readonly folders: readonly string[]
    readonly hub: {
      /** Without a slash at its end; null when it is switched off. */
      readonly url: string | null
      readonly token: string | null
      readonly maxModelBytes: number
    }
  }
  readonly work: {
    readonly admissionWindow: number
    readonly taskLeaseMs: number
    readonly parallelTasks: number
    readonly taskQueueLength: number
    readonly taskTypesFile: string | null
    /** Where a worker process gets its tasks from. */
    readonly remote: {
      readonly url: string
      readonly token: string | null
      readonly name: string | null
      readonly allTenants: boolean
      /** Those of the one tenant that it works for. */
      readonly signingSecrets: readonly string[]
    }
    readonly streamBacklogEvents: number
    readonly streamJoinBytes: number
    readonly maxPayloadBytes: number
    readonly indexCacheBytes: number
  }
  readonly uploads: { readonly maxBytes: number; readonly ttlMs: number }
  readonly fetching: {
    readonly maxBytes: number
    readonly timeoutMs: number
    /** Hosts that documents come from; null for any. */
    readonly onlyHosts: readonly string[] | null
  }
  readonly web: {
    /** Blocks of addresses and host names that may be called beside public addresses. */
    readonly allowed: readonly string[]
    readonly maxResponseBytes: number
    readonly maxConnections: number
    /** The current one first; none where nothing is signed. */
    readonly signingSecrets: readonly string[]
  }
  readonly responseCache: { readonly maxBytes: number; readonly maxEntries: number }
  readonly retention: {
    readonly eraseAfterMs: number
    readonly predictionMs: number
    readonly taskMs: number
    readonly failedTaskMs: number
    readonly taskCount: number
    readonly eventMs: number
    readonly openStreamMaxEvents: number
    readonly intervalMs: number
  }
  readonly state: { readonly mongodbUri: string | null }
  readonly telemetry: {
    /** Address that spans are sent to by OTLP over HTTP; null sends none. */
    readonly tracesUrl: string | null
    readonly serviceName: string
  }
}

const PROJECT_MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const MAX_DEFAULT_THREADS = 4
const MEMORY_SHARE = 0.75
const MAX_DEFAULT_RUNNING_TEXT_BYTES = 1_536 * 2 ** 20
const MAX_DEFAULT_KEPT_TEXT_BYTES = 256 * 2 ** 20

/** @throws ConfigurationError that lists every mistake. */
export function parseConfiguration(environment: Environment): Configuration {
  const mistakes = listUnknownVariables(environment)
  const values = new Map<string, unknown>()
  const given = new Map<string, string>()
  for (const variable of VARIABLES) {
    const found = environment[variable.name]
    if (found) given.set(variable.name, found)
    const text = found ? found : variable.fallback
    if (text === null) continue
    const value = variable.parse(text)
    if (value !== undefined) values.set(variable.name, value)
    else mistakes.push(toMistake(variable, found ?? null, `must be ${variable.allowed}`))
  }
  mistakes.push(...listRuleMistakes(given, values))
  if (mistakes.length > 0) throw new ConfigurationError(mistakes)
  return toConfiguration(values)
}

function listUnknownVariables(environment: Environment): ConfigurationMistake[] {
  const known = VARIABLES.map(({ name }) => name)
  return Object.keys(environment)
    .filter((name) => name.startsWith('GRAPHLOOM_') && !name.startsWith('GRAPHLOOM_TEST_') && !known.includes(name))
    .map((name) => ({
      variable: name,
      // It could be a secret under a wrong name.
      found: '(not read)',
      problem: `there is no such variable; the nearest is ${nearestName(name, known)}`,
      example: null,
    }))
}

function toConfiguration(values: ReadonlyMap<string, unknown>): Configuration {
  const number = (name: string): number => values.get(name) as number
  const string = (name: string): string => values.get(name) as string
  const optional = (name: string): string | null => (values.get(name) as string | undefined) ?? null
  const parts = (name: string): readonly string[] => (values.get(name) as readonly string[] | undefined) ?? []
  const limit = (name: string): number => number(`GRAPHLOOM_LIMIT_${name}`)
  return {
    server: {
      host: string('GRAPHLOOM_HOST'),
      port: number('GRAPHLOOM_PORT'),
      dataDirectory: string('GRAPHLOOM_DATA_DIR'),
      modelsDirectory: optional('GRAPHLOOM_MODELS_DIR') ?? PROJECT_MODELS,
      logLevel: string('GRAPHLOOM_LOG_LEVEL'),
      shutdownTimeoutMs: number('GRAPHLOOM_SHUTDOWN_TIMEOUT_MS'),
      allowedHosts: parts('GRAPHLOOM_ALLOWED_HOSTS'),
      allowedOrigins: parts('GRAPHLOOM_ALLOWED_ORIGINS'),
    },
    access: {
      jwt: toJwt(values),
      rateLimits: {
        perMinute: number('GRAPHLOOM_RATE_LIMIT_PER_MINUTE'),
        queriesPerMinute: number('GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE'),
      },
    },
    limits: {
      documentBytes: limit('DOCUMENT_BYTES'),
      documentTokens: limit('DOCUMENT_TOKENS'),
      operationDepth: limit('OPERATION_DEPTH'),
      operationAliases: limit('OPERATION_ALIASES'),
      operationRootFields: limit('OPERATION_ROOT_FIELDS'),
      directivesPerNode: limit('DIRECTIVES_PER_NODE'),
      operationCost: limit('OPERATION_COST'),
      listItems: limit('LIST_ITEMS'),
      variablesBytes: limit('VARIABLES_BYTES'),
      batchOperations: limit('BATCH_OPERATIONS'),
      bodyBytes: limit('BODY_BYTES'),
      messageBytes: limit('MESSAGE_BYTES'),
      headersTimeoutMs: limit('HEADERS_TIMEOUT_MS'),
      requestTimeoutMs: limit('REQUEST_TIMEOUT_MS'),
      idleTimeoutMs: limit('IDLE_TIMEOUT_MS'),
      connectionInitTimeoutMs: limit('CONNECTION_INIT_TIMEOUT_MS'),
      pingIntervalMs: limit('PING_INTERVAL_MS'),
      connectionsPerAddress: limit('CONNECTIONS_PER_ADDRESS'),
      subscriptionsPerConnection: limit('SUBSCRIPTIONS_PER_CONNECTION'),
      operationsPerSocketPerSecond: limit('OPERATIONS_PER_SOCKET_PER_SECOND'),
      sendBufferBytes: limit('SEND_BUFFER_BYTES'),
      introspection: values.get('GRAPHLOOM_INTROSPECTION') as boolean,
    },
    models: toModels(values),
    work: {
      admissionWindow: number('GRAPHLOOM_ADMISSION_WINDOW'),
      taskLeaseMs: number('GRAPHLOOM_TASK_LEASE_MS'),
      parallelTasks: number('GRAPHLOOM_PARALLEL_TASKS'),
      taskQueueLength: number('GRAPHLOOM_TASK_QUEUE_LENGTH'),
      taskTypesFile: optional('GRAPHLOOM_TASK_TYPES_FILE'),
      remote: {
        url: string('GRAPHLOOM_SERVER_URL'),
        token: optional('GRAPHLOOM_SERVER_TOKEN'),
        name: optional('GRAPHLOOM_WORKER_NAME'),
        allTenants: values.get('GRAPHLOOM_WORKER_ALL_TENANTS') as boolean,
        signingSecrets: parts('GRAPHLOOM_WORKER_SIGNING_SECRET'),
      },
      streamBacklogEvents: number('GRAPHLOOM_STREAM_BACKLOG_EVENTS'),
      streamJoinBytes: number('GRAPHLOOM_STREAM_JOIN_BYTES'),
      maxPayloadBytes: number('GRAPHLOOM_MAX_PAYLOAD_BYTES'),
      indexCacheBytes: number('GRAPHLOOM_INDEX_CACHE_BYTES'),
    },
    uploads: { maxBytes: number('GRAPHLOOM_DOCUMENT_MAX_BYTES'), ttlMs: number('GRAPHLOOM_UPLOAD_TTL_MS') },
    fetching: {
      maxBytes: number('GRAPHLOOM_DOCUMENT_MAX_BYTES'),
      timeoutMs: number('GRAPHLOOM_DOCUMENT_FETCH_TIMEOUT_MS'),
      onlyHosts: parts('GRAPHLOOM_DOCUMENT_HOSTS').length > 0 ? parts('GRAPHLOOM_DOCUMENT_HOSTS') : null,
    },
    web: {
      allowed: parts('GRAPHLOOM_WEB_ALLOWED_ADDRESSES'),
      maxResponseBytes: number('GRAPHLOOM_WEB_MAX_RESPONSE_BYTES'),
      maxConnections: number('GRAPHLOOM_WEB_CONNECTIONS'),
      signingSecrets: parts('GRAPHLOOM_SIGNING_SECRET'),
    },
    responseCache: {
      maxBytes: number('GRAPHLOOM_RESPONSE_CACHE_BYTES'),
      maxEntries: number('GRAPHLOOM_RESPONSE_CACHE_ENTRIES'),
    },
    retention: {
      eraseAfterMs: number('GRAPHLOOM_ERASE_AFTER_MS'),
      predictionMs: number('GRAPHLOOM_PREDICTION_RETENTION_MS'),
      taskMs: number('GRAPHLOOM_TASK_RETENTION_MS'),
      failedTaskMs: number('GRAPHLOOM_FAILED_TASK_RETENTION_MS'),
      taskCount: number('GRAPHLOOM_TASK_RETENTION_COUNT'),
      eventMs: number('GRAPHLOOM_EVENT_RETENTION_MS'),
      openStreamMaxEvents: number('GRAPHLOOM_EVENT_OPEN_STREAM_MAX_EVENTS'),
      intervalMs: number('GRAPHLOOM_RETENTION_INTERVAL_MS'),
    },
    state: { mongodbUri: optional('MONGODB_URI') },
    telemetry: { tracesUrl: toTracesUrl(values), serviceName: string('OTEL_SERVICE_NAME') },
  }
}

function toModels(values: ReadonlyMap<string, unknown>): Configuration['models'] {
  const number = (name: string): number => values.get(name) as number
  const optional = (name: string): number | null => (values.get(name) as number | undefined) ?? null
  const parts = (name: string): readonly string[] => (values.get(name) as readonly string[] | undefined) ?? []
  const memoryBytes = optional('GRAPHLOOM_MODEL_MEMORY_BYTES') ?? Math.round(MEMORY_SHARE * machineBytes())
  return {
    threads: optional('GRAPHLOOM_MODEL_THREADS') ?? Math.min(MAX_DEFAULT_THREADS, availableParallelism()),
    batchTokens: number('GRAPHLOOM_MODEL_BATCH_TOKENS'),
    timeoutMs: number('GRAPHLOOM_MODEL_TIMEOUT_MS'),
    queueLength: number('GRAPHLOOM_MODEL_QUEUE_LENGTH'),
    concurrentGenerations: number('GRAPHLOOM_MODEL_CONCURRENT_GENERATIONS'),
    memoryBytes,
    runningTextBytes:
      optional('GRAPHLOOM_MODEL_RUNNING_TEXT_BYTES') ??
      Math.round(Math.min(MAX_DEFAULT_RUNNING_TEXT_BYTES, memoryBytes / 4)),
    keptTextBytes:
      optional('GRAPHLOOM_MODEL_KEPT_TEXT_BYTES') ??
      Math.round(Math.min(MAX_DEFAULT_KEPT_TEXT_BYTES, memoryBytes / 16)),
    idleTtlMs: number('GRAPHLOOM_MODEL_IDLE_TTL_MS'),
    preload: parts('GRAPHLOOM_PRELOAD_MODELS'),
    folders: parts('GRAPHLOOM_MODEL_FOLDERS'),
    hub: {
      url: toHubUrl(values.get('GRAPHLOOM_HUB_URL') as string),
      token: (values.get('GRAPHLOOM_HUB_TOKEN') as string | undefined) ?? null,
      maxModelBytes: number('GRAPHLOOM_HUB_MAX_MODEL_BYTES'),
    },
  }
}

/** What this process may use: of the machine, or of the container that it is in. */
function machineBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}

function toJwt(values: ReadonlyMap<string, unknown>): JwtConfiguration | null {
  const get = (name: string): string | null => (values.get(`GRAPHLOOM_JWT_${name}`) as string | undefined) ?? null
  const key = toKey(get('SECRET'), get('PUBLIC_KEY_FILE'), get('JWKS'))
  return (
    key && {
      key,
      algorithms: (values.get('GRAPHLOOM_JWT_ALGORITHMS') as readonly string[] | undefined) ?? null,
      issuer: get('ISSUER'),
      audience: get('AUDIENCE'),
      tenantClaim: get('TENANT_CLAIM') ?? '',
      rolesClaim: get('ROLES_CLAIM') ?? '',
      groupsClaim: get('GROUPS_CLAIM') ?? '',
      clockToleranceSeconds: values.get('GRAPHLOOM_JWT_CLOCK_TOLERANCE_SECONDS') as number,
    }
  )
}

function toKey(secret: string | null, pemFile: string | null, jwks: string | null): JwtKey | null {
  if (secret !== null) return { secret }
  if (pemFile !== null) return { pemFile }
  if (jwks === null) return null
  return /^https?:\/\//i.test(jwks) ? { jwksUrl: jwks } : { jwksFile: jwks }
}

const toHubUrl = (text: string): string | null => (text === 'off' ? null : text.replace(/\/+$/, ''))

function toTracesUrl(values: ReadonlyMap<string, unknown>): string | null {
  const endpoint = values.get('OTEL_EXPORTER_OTLP_ENDPOINT') as string | undefined
  const traces = values.get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') as string | undefined
  if (values.get('OTEL_SDK_DISABLED') === true) return null
  return traces ?? (endpoint === undefined ? null : `${endpoint.replace(/\/+$/, '')}/v1/traces`)
}
