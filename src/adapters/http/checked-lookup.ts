import { isIP, type LookupFunction } from 'node:net'
import { refusedAddress, type AddressRules } from './address-rules.js'
import { resolveBySystem, type ResolveHost } from './host-resolver.js'

/** A name with more addresses than this is not connected to at more of them. */
const MAX_ADDRESSES = 16

/**
 * The look-up of a connection: what it gives is what the socket connects to, so nothing can come between. Of a name that
 * has refused addresses beside others only the others are given.
 */
export function createCheckedLookup(rules: AddressRules, resolve: ResolveHost, signal: AbortSignal): LookupFunction {
  const find = async (hostname: string): Promise<string[]> => {
    if (rules.isAllowedHost(hostname)) return [...(await resolveBySystem(hostname, signal))]
    const addresses = await resolve(hostname, signal)
    const allowed = addresses.filter((address) => isIP(address) !== 0 && rules.isAllowedAddress(address))
    if (allowed.length === 0) throw refusedAddress(hostname)
    return allowed
  }
  return (hostname, { all }, callback) => {
    find(hostname).then(
      (addresses) => {
        const found = addresses.slice(0, MAX_ADDRESSES).map((address) => ({ address, family: isIP(address) }))
        if (all) callback(null, found)
        else callback(null, found[0]?.address ?? '', found[0]?.family)
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, []),
    )
  }
}
