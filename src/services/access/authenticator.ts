import { GraphloomError } from '../../kernel/errors.js'
import { LOCAL_TENANT_ID, type Principal, type Role } from '../../domain/principal.js'

/** Finds out who a caller is. */
export interface Authenticator {
  /** @throws GraphloomError `UNAUTHENTICATED`, or `UNAVAILABLE` when the keys cannot be had. */
  authenticate(token: string | null): Promise<Principal>
  /** How to sign in, for people. */
  readonly description: string
}

/** Whoever reaches the server is its administrator: for a server that listens on loopback only. */
export const localAuthenticator: Authenticator = {
  description: 'Nothing to do: whoever reaches this server from this machine is its administrator.',
  authenticate: (token) => {
    if (token !== null)
      throw new GraphloomError('UNAUTHENTICATED', 'No tokens are accepted: authentication is not configured.')
    const roles: readonly Role[] = ['ADMIN', 'MEMBER']
    return Promise.resolve({ subject: 'local', tenantId: LOCAL_TENANT_ID, roles, expiresAtMs: null, method: 'LOCAL' })
  },
}
