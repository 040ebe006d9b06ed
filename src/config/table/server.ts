import { choice, integer, list, text, type Variable } from '../variables.js'

const host = /^(\*|\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)(:\d{1,5})?$/
const origin = /^https?:\/\/[A-Za-z0-9.[\]:-]+$/

export const server: readonly Variable[] = [
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
