import { GraphloomError, notFound } from '../../kernel/errors.js'

/** How a hub is reached. */
export interface HubAddress {
  /** E.g. `https://huggingface.co`, without a slash at its end. */
  readonly url: string
  /** Goes to the hub itself only, never to where it redirects. */
  readonly token: string | null
}

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface HubRequest {
  readonly path: string
  /** What is asked for, for messages. */
  readonly what: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * A response of the hub, or of where it redirects, with its body still to be read.
 * @throws GraphloomError `UNAVAILABLE`, `NOT_FOUND`, `INVALID_INPUT`; or the signal's reason.
 */
export async function requestHub(hub: HubAddress, request: HubRequest): Promise<Response> {
  let url = new URL(`${hub.url}${request.path}`)
  for (let redirects = 0; ; redirects++) {
    const response = await send(hub, url, request)
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null
    if (location === null) return checked(response, request.what)
    await response.body?.cancel()
    if (redirects === MAX_REDIRECTS) throw unavailable('The model hub redirects in circles.')
    url = redirected(url, location)
  }
}

async function send(hub: HubAddress, url: URL, { headers, signal }: HubRequest): Promise<Response> {
  const isHub = url.origin === new URL(hub.url).origin
  const authorization = isHub && hub.token !== null ? { authorization: `Bearer ${hub.token}` } : {}
  try {
    // Compressed content could not be gone on from its middle.
    const own = { 'user-agent': 'graphloom', 'accept-encoding': 'identity' }
    return await fetch(url, { headers: { ...own, ...headers, ...authorization }, redirect: 'manual', signal })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw unreachable(url, error)
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.parse(location, from.href)
  const isAllowed = to?.protocol === 'https:' || (to?.protocol === 'http:' && from.protocol === 'http:')
  if (!to || !isAllowed) throw unavailable('The model hub redirects to an address that is not used.')
  return to
}

function checked(response: Response, what: string): Response {
  const { status } = response
  if (status < 400 || status === 416) return response
  void response.body?.cancel().catch(() => undefined)
  if (status === 401 || status === 404) {
    const error = notFound('model at the hub', what)
    throw new GraphloomError('NOT_FOUND', `${error.message} It may need a token: GRAPHLOOM_HUB_TOKEN.`)
  }
  if (status === 403 || status === 451)
    throw new GraphloomError(
      'INVALID_INPUT',
      `The model hub refuses ${what}: its owner asks for consent, or for another token.`,
    )
  const seconds = Number(response.headers.get('retry-after'))
  throw unavailable(
    `The model hub answers with status ${status}.`,
    seconds > 0 ? { retryAfterMs: 1_000 * seconds } : {},
  )
}

/** The body of a response as it comes. */
export const chunksOf = (response: Response): AsyncIterable<Uint8Array> | Iterable<Uint8Array> => response.body ?? []

/** A connection that failed, by the code of the system's error. */
export function unreachable(url: URL, error: unknown): GraphloomError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'the connection failed'
  return unavailable(
    `The model hub cannot be reached at ${url.host}: ${reason}. GRAPHLOOM_HUB_URL names another that speaks like it; a model whose files are on this machine is registered from its folder.`,
    { cause: error },
  )
}

export const unavailable = (
  message: string,
  { cause, ...details }: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
): GraphloomError => new GraphloomError('UNAVAILABLE', message, { details, cause })
