import { request as requestHttp, type Agent, type IncomingMessage } from 'node:http'
import { request as requestHttps, type Agent as SecureAgent } from 'node:https'
import { isIP } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import { GraphloomError } from '../../kernel/errors.js'
import { refusedAddress, type AddressRules } from './address-rules.js'
import { createCheckedLookup } from './checked-lookup.js'
import type { ResolveHost } from './host-resolver.js'
import type { Hop } from './hop.js'

export interface Wire {
  readonly rules: AddressRules
  readonly resolve: ResolveHost
  readonly agents: { readonly http: Agent; readonly https: SecureAgent }
}

const MAX_HEADER_BYTES = 16_384

/**
 * Sends one request and resolves with the beginning of its answer, whose body is still to come.
 * @throws GraphloomError `FORBIDDEN`; or any error of a connection.
 */
export async function exchange(
  { rules, resolve, agents }: Wire,
  hop: Hop,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const target = urlToHttpOptions(hop.url)
  const hostname = hop.url.hostname.replace(/^\[|\]$/g, '')
  // No look-up is made for what is an address already.
  if (isIP(hostname) !== 0 && !rules.isAllowedAddress(hostname)) throw refusedAddress(hostname)
  const { promise, resolve: answer, reject } = Promise.withResolvers<IncomingMessage>()
  const options = {
    ...target,
    method: hop.method,
    headers: toWireHeaders(hop),
    lookup: createCheckedLookup(rules, resolve, signal),
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    signal,
  }
  const request =
    hop.url.protocol === 'https:'
      ? requestHttps({ ...options, agent: agents.https, rejectUnauthorized: true })
      : requestHttp({ ...options, agent: agents.http })
  request.once('response', answer)
  request.on('error', reject)
  request.once('upgrade', (_response, socket) => socket.destroy())
  request.once('close', () => reject(new Error('the connection ended')))
  request.end(hop.body ?? undefined)
  return promise
}

function toWireHeaders({ headers, body, method }: Hop): Record<string, string> {
  const wire: Record<string, string> = { ...Object.fromEntries(headers), 'accept-encoding': 'identity' }
  if (body || method === 'POST' || method === 'PUT' || method === 'PATCH')
    wire['content-length'] = String(body?.length ?? 0)
  return wire
}

/** What a connection or parser told, as an error that may leave the server. */
export function toFailure(error: unknown, { url }: Hop): GraphloomError {
  if (error instanceof GraphloomError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'the connection ended'
  if (code === 'HPE_HEADER_OVERFLOW')
    return new GraphloomError(
      'PAYLOAD_TOO_LARGE',
      `The headers of ${url.host} have more than ${MAX_HEADER_BYTES} bytes.`,
    )
  return new GraphloomError('UNAVAILABLE', `The call of ${url.host} failed: ${code}.`, { cause: error })
}
