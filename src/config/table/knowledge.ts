import { integer, type Variable } from '../variables.js'
import { DAY_MS, GIB } from './common.js'

export const knowledge: readonly Variable[] = [
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
