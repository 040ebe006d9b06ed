import { flag, integer, type Variable } from '../variables.js'
import { GIB } from './common.js'

export const limits: readonly Variable[] = [
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
