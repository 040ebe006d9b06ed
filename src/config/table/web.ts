import { integer, list, text, type Variable } from '../variables.js'
import { GIB } from './common.js'

export const web: readonly Variable[] = [
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
