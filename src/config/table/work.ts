import { flag, integer, list, text, type Variable } from '../variables.js'
import { GIB, SIGNING_SECRETS, anything } from './common.js'

export const work: readonly Variable[] = [
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
  list('Work', 'GRAPHLOOM_WORKER_SIGNING_SECRET', SIGNING_SECRETS, {
    description:
      'What a worker process of one tenant signs requests and webhooks with: the tenant’s `signingSecrets`. It need not know GRAPHLOOM_SIGNING_SECRET then.',
    example: 'whsec_dGhlLXRlbmFudHMtc2VjcmV0LWZyb20tdGhlLWFwaS4=',
    secret: true,
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
    description:
      'Memory for what was read of the vector indexes of knowledge bases, bytes. The index of 100,000 chunks takes about 100 MB of it; one that has no room there is not used.',
    example: '536870912',
    fallback: '536870912',
  }),
]
