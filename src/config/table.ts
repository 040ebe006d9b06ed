import { choice, flag, integer, list, text, type Variable } from './variables.js'

const DAY_MS = 86_400_000
const YEAR_MS = 366 * DAY_MS
const GIB = 2 ** 30

const anything = { allowed: 'text that is not empty', pattern: /^[\s\S]+$/ }
const claim = {
  allowed: 'the name of a claim, with dots between the parts of a nested one',
  pattern: /^[A-Za-z0-9_:/.-]{1,200}$/,
}
const host = /^(\*|\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(:\d{1,5})?$/
const origin = /^https?:\/\/[A-Za-z0-9.[\]:-]+$/
const modelReference = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}([:@][A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/

const server: Variable[] = [
  text(
    'Server',
    'GRAPHLOOM_HOST',
    { allowed: 'an address or host name of this machine', pattern: /^[A-Za-z0-9.:-]{1,253}$/ },
    {
      description: 'Address to listen on. Any but a loopback address needs authentication.',
      example: '0.0.0.0',
      fallback: '127.0.0.1',
    },
  ),
  integer('Server', 'GRAPHLOOM_PORT', [0, 65_535], {
    description: 'Port to listen on; 0 takes a free one.',
    example: '4000',
    fallback: '4000',
  }),
  text(
    'Server',
    'GRAPHLOOM_DATA_DIR',
    { allowed: 'a path', pattern: /^[^\0]+$/ },
    {
      description: 'Folder of everything that the server keeps; made where it is missing.',
      example: '/var/lib/graphloom',
      fallback: 'data',
    },
  ),
  text(
    'Server',
    'GRAPHLOOM_MODELS_DIR',
    { allowed: 'a path', pattern: /^[^\0]+$/ },
    {
      description: 'Folder of the bundled models; the one that comes with the server when unset.',
      example: '/opt/graphloom/models',
    },
  ),
  choice('Server', 'GRAPHLOOM_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
    description: 'Least level of what is logged.',
    example: 'debug',
    fallback: 'info',
  }),
  integer('Server', 'GRAPHLOOM_SHUTDOWN_TIMEOUT_MS', [0, 3_600_000], {
    description:
      'How long a stopping server waits for running work, milliseconds; what is left goes on at the next start.',
    example: '30000',
    fallback: '25000',
  }),
  list(
    'Server',
    'GRAPHLOOM_ALLOWED_HOSTS',
    { allowed: 'host names, with a port or without', pattern: host, max: 100 },
    {
      description: 'Host headers that are answered beside those of loopback addresses.',
      example: 'graphloom.example.com',
    },
  ),
  list(
    'Server',
    'GRAPHLOOM_ALLOWED_ORIGINS',
    { allowed: 'origins', pattern: origin, max: 100 },
    {
      description: 'Web pages that may call the server beside its own.',
      example: 'https://console.example.com',
    },
  ),
]

const access: Variable[] = [
  text(
    'Access',
    'GRAPHLOOM_JWT_SECRET',
    { allowed: 'at least 32 characters', pattern: /^[\s\S]{32,}$/ },
    {
      description: 'Secret that tokens are signed with (HS256, HS384, HS512).',
      example: 'replace-this-by-32-random-bytes-or-more',
      secret: true,
    },
  ),
  text(
    'Access',
    'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    { allowed: 'the path of a PEM file that can be read', pattern: /^[^\0]+$/ },
    {
      description: 'Public key that tokens are checked with (RS, PS, ES, EdDSA).',
      example: '/etc/graphloom/jwt.pem',
    },
  ),
  text(
    'Access',
    'GRAPHLOOM_JWT_JWKS',
    { allowed: 'the path of a JWKS file that can be read, or an https URL (http on loopback)', pattern: /^[^\0]+$/ },
    {
      description: 'Set of public keys that tokens are checked with, by their key id.',
      example: 'https://login.example.com/.well-known/jwks.json',
    },
  ),
  list(
    'Access',
    'GRAPHLOOM_JWT_ALGORITHMS',
    {
      allowed: 'names of algorithms as in RFC 7518',
      pattern: /^(HS256|HS384|HS512|RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA)$/,
      max: 13,
    },
    { description: 'Signatures that are accepted; all that fit the kind of key when unset.', example: 'RS256, ES256' },
  ),
  text('Access', 'GRAPHLOOM_JWT_ISSUER', anything, {
    description: 'The `iss` that tokens must have.',
    example: 'https://login.example.com/',
  }),
  text('Access', 'GRAPHLOOM_JWT_AUDIENCE', anything, {
    description: 'The `aud` that tokens must have.',
    example: 'graphloom',
  }),
  text('Access', 'GRAPHLOOM_JWT_TENANT_CLAIM', claim, {
    description: 'Claim with the tenant, 1 to 128 characters.',
    example: 'org_id',
    fallback: 'tenant',
  }),
  text('Access', 'GRAPHLOOM_JWT_ROLES_CLAIM', claim, {
    description: 'Claim with the roles, a list of ADMIN and MEMBER; others are passed over.',
    example: 'realm_access.roles',
    fallback: 'roles',
  }),
  text('Access', 'GRAPHLOOM_JWT_GROUPS_CLAIM', claim, {
    description: 'Claim with the groups that the caller is in, a list of texts; access lists of documents name them.',
    example: 'groups',
    fallback: 'groups',
  }),
  integer('Access', 'GRAPHLOOM_JWT_CLOCK_TOLERANCE_SECONDS', [0, 300], {
    description: 'How far clocks may differ, seconds.',
    example: '5',
    fallback: '5',
  }),
  integer('Access', 'GRAPHLOOM_RATE_LIMIT_PER_MINUTE', [1, 1_000_000_000], {
    description: 'Mutations that start work, for each caller and minute.',
    example: '600',
    fallback: '6000',
  }),
]

const limits: Variable[] = [
  integer('Limits', 'GRAPHLOOM_LIMIT_DOCUMENT_BYTES', [64, 16_777_216], {
    description: 'Bytes of a document.',
    example: '65536',
    fallback: '65536',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_DOCUMENT_TOKENS', [8, 1_000_000], {
    description: 'Lexical tokens of a document.',
    example: '4000',
    fallback: '4000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_OPERATION_DEPTH', [1, 1_000], {
    description: 'Nested selections of an operation.',
    example: '16',
    fallback: '16',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_OPERATION_ALIASES', [0, 10_000], {
    description: 'Aliases of an operation.',
    example: '30',
    fallback: '30',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_OPERATION_ROOT_FIELDS', [1, 1_000], {
    description: 'Root fields of an operation.',
    example: '20',
    fallback: '20',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_DIRECTIVES_PER_NODE', [1, 1_000], {
    description: 'Directives on one place of a document.',
    example: '10',
    fallback: '10',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_OPERATION_COST', [1, 1_000_000_000], {
    description: 'Computed cost of an operation: each field 1, times the page sizes around it.',
    example: '100000',
    fallback: '100000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_LIST_ITEMS', [1, 100_000], {
    description: 'Items of a list argument or page.',
    example: '16384',
    fallback: '16384',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_VARIABLES_BYTES', [64, GIB], {
    description: 'Bytes of the variables as JSON.',
    example: '8388608',
    fallback: '8388608',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_BATCH_OPERATIONS', [1, 1_000], {
    description: 'Operations of one HTTP batch.',
    example: '10',
    fallback: '10',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_BODY_BYTES', [64, GIB], {
    description: 'Bytes of an HTTP body.',
    example: '8388608',
    fallback: '8388608',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_MESSAGE_BYTES', [64, GIB], {
    description: 'Bytes of a message on a WebSocket.',
    example: '2097152',
    fallback: '2097152',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_HEADERS_TIMEOUT_MS', [100, 600_000], {
    description: 'Time for the headers of a request, milliseconds.',
    example: '10000',
    fallback: '10000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_REQUEST_TIMEOUT_MS', [100, 3_600_000], {
    description: 'Time for a whole request to arrive, milliseconds.',
    example: '30000',
    fallback: '30000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_IDLE_TIMEOUT_MS', [100, 3_600_000], {
    description: 'Time that an idle connection stays open, milliseconds.',
    example: '65000',
    fallback: '65000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_CONNECTION_INIT_TIMEOUT_MS', [100, 600_000], {
    description: 'Time for connection_init on a socket, milliseconds.',
    example: '3000',
    fallback: '3000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_PING_INTERVAL_MS', [100, 3_600_000], {
    description: 'Time between pings of a socket, milliseconds.',
    example: '12000',
    fallback: '12000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_CONNECTIONS_PER_ADDRESS', [1, 1_000_000], {
    description: 'Connections of one client address.',
    example: '2000',
    fallback: '2000',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_SUBSCRIPTIONS_PER_CONNECTION', [1, 100_000], {
    description: 'Subscriptions open at once on one socket, or over SSE by one caller.',
    example: '100',
    fallback: '100',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_OPERATIONS_PER_SOCKET_PER_SECOND', [1, 1_000_000], {
    description: 'Operations that one socket may start in a second.',
    example: '100',
    fallback: '100',
  }),
  integer('Limits', 'GRAPHLOOM_LIMIT_SEND_BUFFER_BYTES', [1_024, GIB], {
    description: 'Bytes that may wait to be sent to one reader of a stream.',
    example: '1048576',
    fallback: '1048576',
  }),
  flag('Limits', 'GRAPHLOOM_INTROSPECTION', {
    description: 'Whether the schema may be asked for.',
    example: 'false',
    fallback: 'true',
  }),
]

const models: Variable[] = [
  integer('Models', 'GRAPHLOOM_MODEL_THREADS', [1, 256], {
    description: 'Threads of one run of a model; the cores of the machine, at most 4, when unset.',
    example: '4',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_BATCH_TOKENS', [64, 65_536], {
    description: 'Tokens that one run of a model computes at most, padding included.',
    example: '512',
    fallback: '512',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_TIMEOUT_MS', [0, DAY_MS], {
    description: 'How long a prediction may take from the start of its work, milliseconds; 0 is any time.',
    example: '60000',
    fallback: '0',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_QUEUE_LENGTH', [1, 1_000_000], {
    description: 'Predictions of one model version that may wait.',
    example: '1000',
    fallback: '1000',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_CONCURRENT_GENERATIONS', [1, 64], {
    description: 'Texts that one model version generates at once; more wait for a place.',
    example: '8',
    fallback: '8',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_MEMORY_BYTES', [16_777_216, 281_474_976_710_656], {
    description:
      'Memory of all model processes together, bytes; three quarters of what the machine or its container has, when unset.',
    example: '6442450944',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_RUNNING_TEXT_BYTES', [1_048_576, 1_099_511_627_776], {
    description:
      'Memory of one model version for the keys and values of the texts that it generates at once, bytes; a quarter of the memory of all models, at most 1.5 GiB, when unset.',
    example: '1610612736',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_KEPT_TEXT_BYTES', [0, 1_099_511_627_776], {
    description:
      'Memory of one model version for the beginnings of prompts that later prompts may share, and for texts set aside, bytes; a sixteenth of the memory of all models, at most 256 MiB, when unset.',
    example: '268435456',
  }),
  integer('Models', 'GRAPHLOOM_RESPONSE_CACHE_BYTES', [65_536, 1_099_511_627_776], {
    description: 'Memory for answers of the model versions whose setting cacheResponses is on, bytes.',
    example: '67108864',
    fallback: '67108864',
  }),
  integer('Models', 'GRAPHLOOM_RESPONSE_CACHE_ENTRIES', [1, 10_000_000], {
    description: 'The most answers that are kept at once.',
    example: '10000',
    fallback: '10000',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_IDLE_TTL_MS', [0, 24 * DAY_MS], {
    description: 'Time without work after which a model is unloaded, milliseconds; 0 is never.',
    example: '600000',
    fallback: '0',
  }),
  list(
    'Models',
    'GRAPHLOOM_MODEL_FOLDERS',
    { allowed: 'absolute paths of folders', pattern: /^(\/|[A-Za-z]:[\\/])[^\0]*$/, max: 20 },
    {
      description: 'Folders that administrators may register models from; none when unset.',
      example: '/srv/models',
    },
  ),
  text(
    'Models',
    'GRAPHLOOM_HUB_URL',
    { allowed: 'an http or https address, or "off"', pattern: /^(off|https?:\/\/[A-Za-z0-9.[\]:-]+(\/[\w./-]*)?)$/ },
    {
      description:
        'The model hub that administrators may register models from, or one that speaks like it; "off" is none.',
      example: 'https://huggingface.co',
      fallback: 'https://huggingface.co',
    },
  ),
  text('Models', 'GRAPHLOOM_HUB_TOKEN', anything, {
    description: 'Token for the model hub, for models that need one. It is sent to the hub only.',
    example: '',
    secret: true,
  }),
  integer('Models', 'GRAPHLOOM_HUB_MAX_MODEL_BYTES', [1_048_576, 1_099_511_627_776], {
    description: 'The largest model that is downloaded from the hub, bytes.',
    example: '34359738368',
    fallback: '34359738368',
  }),
  list(
    'Models',
    'GRAPHLOOM_PRELOAD_MODELS',
    { allowed: 'models as "name", "name:version" or "name@alias"', pattern: modelReference, max: 100 },
    {
      description: 'Models to load at start; others load when they are first used.',
      example: 'all-MiniLM-L6-v2, SmolLM2-135M-Instruct',
    },
  ),
]

const work: Variable[] = [
  integer('Work', 'GRAPHLOOM_ADMISSION_WINDOW', [1, 100_000], {
    description:
      'Predictions let to the models at once; a quarter of them may be such as somebody waits for, without the queue.',
    example: '512',
    fallback: '512',
  }),
  integer('Work', 'GRAPHLOOM_TASK_LEASE_MS', [1_000, 3_600_000], {
    description: 'Time after which a silent worker’s task is given to another, milliseconds.',
    example: '30000',
    fallback: '30000',
  }),
  integer('Work', 'GRAPHLOOM_PARALLEL_TASKS', [0, 1_000], {
    description:
      'The most tasks of a queue, predictions aside, that the server, or a worker process, works on at once; 0 leaves them to other workers.',
    example: '50',
    fallback: '50',
  }),
  text(
    'Work',
    'GRAPHLOOM_SERVER_URL',
    { allowed: 'an http or https address', pattern: /^https?:\/\/\S+$/ },
    {
      description: 'Address of the API that a worker process gets its tasks from.',
      example: 'https://graphloom.example.com/graphql',
      fallback: 'http://127.0.0.1:4000/graphql',
    },
  ),
  text('Work', 'GRAPHLOOM_SERVER_TOKEN', anything, {
    description: 'Bearer token with which a worker process signs in.',
    example: '',
    secret: true,
  }),
  text(
    'Work',
    'GRAPHLOOM_WORKER_NAME',
    { allowed: 'at most 256 characters', pattern: /^[^\0]{1,256}$/ },
    {
      description: 'Name of a worker process, unique among those of its tenant; its host and process id when unset.',
      example: 'worker-1',
    },
  ),
  flag('Work', 'GRAPHLOOM_WORKER_ALL_TENANTS', {
    description: 'Whether a worker process does tasks of all tenants; its token must be an administrator’s.',
    example: 'true',
    fallback: 'false',
  }),
  text(
    'Work',
    'GRAPHLOOM_TASK_TYPES_FILE',
    { allowed: 'a path', pattern: /^[^\0]+$/ },
    {
      description: 'JSON file that declares types of tasks which workers elsewhere do.',
      example: '/etc/graphloom/task-types.json',
    },
  ),
  integer('Work', 'GRAPHLOOM_TASK_QUEUE_LENGTH', [1, 100_000_000], {
    description:
      'The most tasks that wait in a queue, for their turn, their time or other tasks, where its settings do not say it.',
    example: '10000000',
    fallback: '10000000',
  }),
  integer('Work', 'GRAPHLOOM_STREAM_BACKLOG_EVENTS', [100, 10_000_000], {
    description: 'Events that a reader of a stream may be behind before it gets a gap.',
    example: '20000',
    fallback: '20000',
  }),
  integer('Work', 'GRAPHLOOM_STREAM_JOIN_BYTES', [1_024, 16_777_216], {
    description: 'Bytes up to which text is joined for a reader that is behind.',
    example: '65536',
    fallback: '65536',
  }),
  integer('Work', 'GRAPHLOOM_MAX_PAYLOAD_BYTES', [65_536, GIB], {
    description: 'The largest input or output of a prediction, bytes.',
    example: '67108864',
    fallback: '67108864',
  }),
  integer('Work', 'GRAPHLOOM_INDEX_CACHE_BYTES', [1_048_576, 64 * GIB], {
    description: 'Memory for what was read of the vector indexes of knowledge bases, bytes.',
    example: '134217728',
    fallback: '134217728',
  }),
]

const knowledge: Variable[] = [
  integer('Knowledge', 'GRAPHLOOM_UPLOAD_MAX_BYTES', [1_024, GIB], {
    description: 'The largest file that can be uploaded, bytes.',
    example: '67108864',
    fallback: '67108864',
  }),
  integer('Knowledge', 'GRAPHLOOM_UPLOAD_TTL_MS', [1_000, 30 * DAY_MS], {
    description: 'How long an upload is kept, complete or not, milliseconds.',
    example: '86400000',
    fallback: '86400000',
  }),
]

const web: Variable[] = [
  list(
    'Web',
    'GRAPHLOOM_WEB_ALLOWED_ADDRESSES',
    {
      allowed: 'addresses, blocks of addresses as 10.0.0.0/8, and host names',
      pattern: /^[A-Za-z0-9_.:/-]{1,253}$/,
      max: 100,
    },
    {
      description:
        'What tasks and webhooks may call beside public addresses: for a host name, whatever it leads to. None when unset.',
      example: '10.20.0.0/16, reports.internal.example',
    },
  ),
  integer('Web', 'GRAPHLOOM_WEB_MAX_RESPONSE_BYTES', [1_024, GIB], {
    description: 'The largest answer that is taken from an address that tasks call, bytes.',
    example: '10485760',
    fallback: '10485760',
  }),
  integer('Web', 'GRAPHLOOM_WEB_CONNECTIONS', [1, 10_000], {
    description: 'Connections to called addresses at once; a quarter of them to one host.',
    example: '64',
    fallback: '64',
  }),
  text(
    'Web',
    'GRAPHLOOM_SIGNING_SECRET',
    {
      allowed: '"whsec_" and 24 to 64 bytes in base64',
      pattern: /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/,
    },
    {
      description: 'Signs requests of tasks and webhooks by Standard Webhooks; they are not signed when it is unset.',
      example: 'whsec_cmVwbGFjZS10aGlzLWJ5LTMyLXJhbmRvbS1ieXRlcyE=',
      secret: true,
    },
  ),
]

const retention: Variable[] = [
  integer('Retention', 'GRAPHLOOM_PREDICTION_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long ended predictions are kept, milliseconds.',
    example: '2592000000',
    fallback: `${30 * DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_TASK_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long tasks are kept that succeeded, were cancelled or expired, milliseconds.',
    example: '2592000000',
    fallback: `${30 * DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_FAILED_TASK_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long tasks are kept that failed for good or timed out, milliseconds.',
    example: '7776000000',
    fallback: `${90 * DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_TASK_RETENTION_COUNT', [0, 1_000_000_000], {
    description: 'The most ended tasks that are kept of each state; of more the oldest go.',
    example: '10000000',
    fallback: '10000000',
  }),
  integer('Retention', 'GRAPHLOOM_EVENT_RETENTION_MS', [0, 100 * YEAR_MS], {
    description: 'How long events are kept after their stream’s end, milliseconds.',
    example: '86400000',
    fallback: `${DAY_MS}`,
  }),
  integer('Retention', 'GRAPHLOOM_EVENT_OPEN_STREAM_MAX_EVENTS', [20_000, 100_000_000], {
    description: 'Events kept of a stream that has not ended.',
    example: '100000',
    fallback: '100000',
  }),
  integer('Retention', 'GRAPHLOOM_RETENTION_INTERVAL_MS', [100, DAY_MS], {
    description: 'Time between two rounds of deleting, milliseconds.',
    example: '60000',
    fallback: '60000',
  }),
]

const services: Variable[] = [
  text(
    'Services',
    'MONGODB_URI',
    { allowed: 'a mongodb:// or mongodb+srv:// address', pattern: /^mongodb(\+srv)?:\/\/[^\s]+$/ },
    {
      description: 'Keeps documents in this MongoDB; without it, in SQLite in the data directory.',
      example: 'mongodb://localhost:27017/graphloom',
      secret: true,
    },
  ),
  text(
    'Services',
    'REDIS_URL',
    { allowed: 'nothing: several servers on one Redis are not supported yet', pattern: /^$/ },
    {
      description: 'Not supported yet; leave it unset.',
      example: '',
      secret: true,
    },
  ),
  text(
    'Services',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    { allowed: 'an http or https address', pattern: /^https?:\/\/[^\s]+$/ },
    {
      description: 'Sends traces there by OTLP over HTTP; other OTEL_* variables mean what OpenTelemetry says.',
      example: 'http://localhost:4318',
    },
  ),
  text(
    'Services',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    { allowed: 'an http or https address', pattern: /^https?:\/\/[^\s]+$/ },
    {
      description: 'The whole address for traces, when it is not /v1/traces below the endpoint above.',
      example: 'http://localhost:4318/v1/traces',
    },
  ),
  text('Services', 'OTEL_SERVICE_NAME', anything, {
    description: 'Name of this server in traces.',
    example: 'graphloom',
    fallback: 'graphloom',
  }),
  choice(
    'Services',
    'OTEL_TRACES_SAMPLER',
    [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    {
      description: 'Which traces are sent; OTEL_TRACES_SAMPLER_ARG has the ratio.',
      example: 'parentbased_traceidratio',
      fallback: 'parentbased_always_on',
    },
  ),
  text(
    'Services',
    'OTEL_TRACES_SAMPLER_ARG',
    { allowed: 'a number from 0 to 1', pattern: /^(0(\.\d+)?|1(\.0+)?)$/ },
    {
      description: 'The share of traces that is sent by the samplers with a ratio.',
      example: '0.1',
    },
  ),
  flag('Services', 'OTEL_SDK_DISABLED', {
    description: 'Sends no traces, whatever else is set.',
    example: 'true',
    fallback: 'false',
  }),
]

/** Every variable that the server reads. */
export const VARIABLES: readonly Variable[] = [
  server,
  access,
  limits,
  models,
  work,
  knowledge,
  web,
  retention,
  services,
].flat()
