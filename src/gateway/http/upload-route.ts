import { PassThrough } from 'node:stream'
import { UPLOAD_PATH } from '../../domain/upload.js'
import { GraphloomError } from '../../kernel/errors.js'
import { send, type Route, type RouteRequest } from './routes.js'

/** What has come of an upload. */
export interface ReceivedUpload {
  readonly upload: {
    readonly id: string
    readonly state: string
    readonly sizeBytes: number | null
    readonly sha256: string | null
  }
  readonly receivedBytes: number
}

/** Where uploads go. */
export interface UploadReceiver {
  describe(address: { readonly id: string; readonly secret: string }): Promise<ReceivedUpload>
  receive(
    address: { readonly id: string; readonly secret: string },
    bytes: {
      readonly from: number
      readonly through: number | null
      readonly total: number | null
      readonly content: AsyncIterable<Uint8Array>
      readonly isWhole: () => boolean
    },
  ): Promise<ReceivedUpload>
}

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/

/**
 * Takes files at the addresses that `createUpload` gives: PUT with the whole file, or with `Content-Range` with a part
 * of it; GET says how much is there. The secret in the address is all the authentication.
 */
export function createUploadRoute(uploads: UploadReceiver): Route {
  return {
    path: UPLOAD_PATH,
    methods: ['GET', 'PUT'],
    authenticates: false,
    whileDraining: false,
    handle: async ({ request, response, search }) => {
      const query = new URLSearchParams(search)
      const address = { id: query.get('id') ?? '', secret: query.get('secret') ?? '' }
      const isPut = request.method === 'PUT'
      sendStatus(response, await (isPut ? uploads.receive(address, takeBytes(request)) : uploads.describe(address)))
    },
  }
}

function takeBytes(request: RouteRequest['request']): Parameters<UploadReceiver['receive']>[1] {
  const range = parseRange(request)
  const isPart = range.through !== null
  return { ...range, content: takeBody(request), isWhole: () => !isPart && request.complete }
}

/** As many bytes as come, from now on: a request that breaks would drop those that nobody has taken yet. */
function takeBody(request: RouteRequest['request']): PassThrough {
  const content = new PassThrough()
  request.on('error', () => undefined)
  request.once('close', () => content.end())
  return request.pipe(content)
}

/** @throws GraphloomError `BAD_REQUEST`. */
function parseRange({ headers }: RouteRequest['request']): {
  from: number
  through: number | null
  total: number | null
} {
  const written = headers['content-range']
  if (written === undefined) return { from: 0, through: null, total: parseLength(headers['content-length']) }
  const [, from = '', to = '', total = ''] = CONTENT_RANGE.exec(written) ?? []
  if (from === '' || Number(to) < Number(from) || (total !== '*' && Number(to) >= Number(total)))
    throw new GraphloomError(
      'BAD_REQUEST',
      'Content-Range must be as "bytes 0-999/5000", with "*" for an unknown size.',
    )
  return { from: Number(from), through: Number(to) + 1, total: total === '*' ? null : Number(total) }
}

const parseLength = (written: string | undefined): number | null => (written === undefined ? null : Number(written))

function sendStatus(response: RouteRequest['response'], { upload, receivedBytes }: ReceivedUpload): void {
  const { id, state, sizeBytes, sha256 } = upload
  const body = JSON.stringify({ id, state, receivedBytes, sizeBytes, sha256 })
  send(response, 200, 'application/json; charset=utf-8', `${body}\n`, { 'cache-control': 'no-store' })
}
