import { integer, list, type Variable } from '../variables.js'
import { GIB, SIGNING_SECRETS } from './common.js'

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
  list('Web', 'GRAPHLOOM_SIGNING_SECRET', SIGNING_SECRETS, {
    description:
      'What the secrets are made of by which requests and webhooks of each tenant are signed; they are not signed when it is unset. To change it, set the new one and, until receivers know what is made of it, the old one behind it.',
    example: 'whsec_cmVwbGFjZS10aGlzLWJ5LTMyLXJhbmRvbS1ieXRlcyE=',
    secret: true,
  }),
]
