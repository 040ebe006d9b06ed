import { isIP } from 'node:net'

/** What an administrator allows beside public addresses: a block of them, or a host by its name. */
export type AllowedAddress =
  | { readonly kind: 'block'; readonly family: 'ipv4' | 'ipv6'; readonly address: string; readonly prefix: number }
  | { readonly kind: 'host'; readonly host: string }

const HOST = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/

/** An address, a block as `10.0.0.0/8` or `fd00::/8`, or a host name; null for what is none of these. */
export function parseAllowedAddress(text: string): AllowedAddress | null {
  const [address = '', prefix] = text.split('/')
  const family = isIP(address)
  if (family === 0) {
    const host = text.toLowerCase()
    return HOST.test(host) ? { kind: 'host', host } : null
  }
  const bits = family === 4 ? 32 : 128
  if (address.includes('%') || !/^[^/]+(\/\d{1,3})?$/.test(text) || Number(prefix ?? 0) > bits) return null
  return { kind: 'block', family: family === 4 ? 'ipv4' : 'ipv6', address, prefix: Number(prefix ?? bits) }
}
