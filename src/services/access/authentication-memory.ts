import { LRUCache } from 'lru-cache'
import type { Principal } from '../../domain/principal.js'
import type { Authenticator } from './authenticator.js'

const KEPT_CHARACTERS = 4 * 1_048_576
/** How long a key that was withdrawn may still count. */
const KEPT_MS = 30_000

/**
 * Remembers who a token was found to be, for 30 seconds and never past its end: a signature is not computed again for
 * each request. Refusals are not remembered.
 */
export function rememberAuthentications(authenticator: Authenticator): Authenticator {
  const known = new LRUCache<string, Principal>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_principal, token) => token.length,
    ttl: KEPT_MS,
  })
  return {
    description: authenticator.description,
    authenticate: async (token) => {
      const principal = token === null ? undefined : known.get(token)
      if (principal && (principal.expiresAtMs === null || principal.expiresAtMs > Date.now())) return principal
      const found = await authenticator.authenticate(token)
      if (token !== null) known.set(token, found)
      return found
    },
  }
}
