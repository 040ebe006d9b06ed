import { GraphloomError } from '../../kernel/errors.js'
import { problemOfUrl, type Hop } from './hop.js'

const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308])
/** What says nothing about who asks; everything else stays with the origin that it was given for. */
const CARRIED_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-type', 'user-agent'])

/**
 * Where an answer leads; null when it leads nowhere else.
 * @throws GraphloomError `UNEXPECTED_RESPONSE` for an address that is not gone to.
 */
export function toNextHop(hop: Hop, status: number | undefined, location: string | undefined): Hop | null {
  if (!REDIRECTS.has(status) || location === undefined) return null
  // Headers are read byte by byte, and servers write UTF-8 into this one.
  const url = URL.parse(Buffer.from(location, 'latin1').toString(), hop.url.href)
  const problem = hop.url.protocol === 'https:' && url?.protocol === 'http:' ? 'one without TLS' : problemOfUrl(url)
  if (!url || problem !== null)
    throw new GraphloomError('UNEXPECTED_RESPONSE', `${hop.url.host} redirects to an address that is ${problem}.`)
  return withoutCredentials(hop, asksAnew(hop, status) ? withoutBody(hop, url) : { ...hop, url })
}

function asksAnew({ method }: Hop, status: number | undefined): boolean {
  return status === 303 ? method !== 'HEAD' : method === 'POST' && (status === 301 || status === 302)
}

function withoutBody({ headers }: Hop, url: URL): Hop {
  const kept = new Map([...headers].filter(([name]) => !name.startsWith('content-')))
  return { method: 'GET', url, headers: kept, body: null }
}

function withoutCredentials(from: Hop, to: Hop): Hop {
  if (from.url.origin === to.url.origin) return to
  return { ...to, headers: new Map([...to.headers].filter(([name]) => CARRIED_HEADERS.has(name))) }
}

export const tooManyRedirects = (hop: Hop): GraphloomError =>
  new GraphloomError('UNEXPECTED_RESPONSE', `${hop.url.host} redirects too often.`)
