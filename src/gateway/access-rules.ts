import type { IncomingHttpHeaders } from 'node:http'

export interface AccessRules {
  /** Host headers that are answered beside loopback's: with a port, or for any port. */
  readonly allowedHosts: readonly string[]
  /** Origins of pages that may call beside the server's own. */
  readonly allowedOrigins: readonly string[]
}

const LOOPBACK_HOST = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Why a request must not be answered; null when it may be. A page on another site must not reach a server that trusts
 * whoever reaches it: neither by a name that was pointed here (Host) nor across origins (Origin).
 */
export function refusalOf({ host, origin }: IncomingHttpHeaders, rules: AccessRules): string | null {
  if (host === undefined || !isAllowedHost(host, rules))
    return 'The Host header does not name this server; see GRAPHLOOM_ALLOWED_HOSTS.'
  if (origin !== undefined && !isAllowedOrigin(origin, host, rules))
    return 'Pages of this origin may not call this server; see GRAPHLOOM_ALLOWED_ORIGINS.'
  return null
}

function isAllowedHost(host: string, { allowedHosts }: AccessRules): boolean {
  if (LOOPBACK_HOST.test(host)) return true
  const name = host.toLowerCase()
  const withoutPort = name.replace(/:\d{1,5}$/, '')
  return allowedHosts.some((allowed) => allowed.toLowerCase() === name || allowed.toLowerCase() === withoutPort)
}

export function isAllowedOrigin(origin: string, host: string, { allowedOrigins }: AccessRules): boolean {
  const url = URL.parse(origin)
  const own = url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.host === host.toLowerCase()
  return own || allowedOrigins.some((allowed) => allowed.toLowerCase() === origin.toLowerCase())
}
