import { validateHeaderName, validateHeaderValue } from 'node:http'
import { invalidInput } from '../../kernel/errors.js'
import type { WebMethod, WebRequest } from '../../ports/web-client.js'

/** One request on the wire: the first of a call, or one that a redirect leads to. */
export interface Hop {
  readonly method: WebMethod
  readonly url: URL
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array | null
}

const MAX_URL_LENGTH = 8_192
const MAX_HEADERS = 64
const MAX_HEADER_BYTES = 16_384
const BODY_METHODS: ReadonlySet<WebMethod> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const OWN_HEADERS =
  /^(accept-encoding|connection|content-length|expect|host|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/

/**
 * The first hop of a call.
 * @throws GraphloomError `INVALID_INPUT`.
 */
export function toFirstHop(request: Omit<WebRequest, 'timeoutMs' | 'signal'>): Hop {
  const { method, body } = request
  const url = URL.parse(request.url)
  const problem = request.url.length > MAX_URL_LENGTH ? `longer than ${MAX_URL_LENGTH} characters` : problemOfUrl(url)
  if (!url || problem !== null)
    throw invalidInput(pathOf(request, 'url'), `must be an http or https URL, and is ${problem}`)
  if (body !== undefined && !BODY_METHODS.has(method)) throw invalidInput(pathOf(request, 'body'), `${method} has none`)
  const headers = toHeaders(request.headers ?? {}, pathOf(request, 'headers'))
  if (!headers.has('user-agent')) headers.set('user-agent', 'graphloom')
  if (!headers.has('accept')) headers.set('accept', '*/*')
  return { method, url, headers, body: body ?? null }
}

/** Where a part of the request stands in the input that it comes from. */
export const pathOf = ({ inputPath }: Pick<WebRequest, 'inputPath'>, part: string): string =>
  inputPath === undefined ? part : `${inputPath}.${part}`

/** Why an address is not one that can be called; null when it is. */
export function problemOfUrl(url: URL | null): string | null {
  if (!url) return 'no URL'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `one of ${url.protocol.slice(0, -1)}`
  if (url.username !== '' || url.password !== '') return 'one with a user name or password'
  return url.port === '0' ? 'one with the port 0' : null
}

function toHeaders(given: Readonly<Record<string, string>>, path: string): Map<string, string> {
  const headers = new Map<string, string>()
  let bytes = 0
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase()
    const problem = problemOfHeader(key, value) ?? (headers.has(key) ? 'is there twice' : null)
    if (problem !== null) throw invalidInput(`${path}.${name}`, problem)
    headers.set(key, value)
    bytes += name.length + value.length + 4
  }
  if (headers.size > MAX_HEADERS) throw invalidInput(path, `more than ${MAX_HEADERS} fields`)
  if (bytes > MAX_HEADER_BYTES) throw invalidInput(path, `more than ${MAX_HEADER_BYTES} bytes`)
  return headers
}

function problemOfHeader(name: string, value: string): string | null {
  if (OWN_HEADERS.test(name)) return 'is set by the server'
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return null
  } catch {
    return 'is no name and value of a header'
  }
}
