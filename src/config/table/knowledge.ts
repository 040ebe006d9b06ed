import { integer, list, type Variable } from '../variables.js'
import { DAY_MS, GIB } from './common.js'

export const knowledge: readonly Variable[] = [
  integer('Knowledge', 'GRAPHLOOM_DOCUMENT_MAX_BYTES', [1_024, GIB], {
    description: 'The largest document that is uploaded or got from an address, bytes.',
    example: '67108864',
    fallback: '67108864',
  }),
  integer('Knowledge', 'GRAPHLOOM_UPLOAD_TTL_MS', [1_000, 30 * DAY_MS], {
    description: 'How long an upload is kept, complete or not, milliseconds.',
    example: '86400000',
    fallback: '86400000',
  }),
  integer('Knowledge', 'GRAPHLOOM_DOCUMENT_FETCH_TIMEOUT_MS', [100, 3_600_000], {
    description: 'The longest that getting a document from an address may take, redirects included, milliseconds.',
    example: '60000',
    fallback: '60000',
  }),
  list(
    'Knowledge',
    'GRAPHLOOM_DOCUMENT_HOSTS',
    {
      allowed: 'host names, with a dot before them for all below',
      pattern: /^\.?[A-Za-z0-9][A-Za-z0-9.-]{0,251}$/,
      max: 1_000,
    },
    {
      description:
        'Hosts that documents are got from, redirects included; any public one when unset. Private ones need GRAPHLOOM_WEB_ALLOWED_ADDRESSES too.',
      example: 'docs.example.com, .wiki.example.com',
    },
  ),
]
