/** Who acts, as authentication found out. */
export interface Principal {
  /** Stable name of the caller within the tenant: the token's subject, or `local` for the local administrator. */
  readonly subject: string
  readonly tenantId: string
  readonly roles: readonly Role[]
  /** Groups of the tenant that the caller is in; none when left out. */
  readonly groups?: readonly string[]
  /** When the credentials end, Unix milliseconds; null when they do not. */
  readonly expiresAtMs: number | null
  /** How the caller was recognised. */
  readonly method: 'LOCAL' | 'JWT'
}

/** ADMIN manages models and the server; MEMBER uses them. */
export const ROLES = ['ADMIN', 'MEMBER'] as const
export type Role = (typeof ROLES)[number]

export const isAdmin = (principal: Principal): boolean => principal.roles.includes('ADMIN')

/** The tenant that owns what belongs to the server: models, versions, aliases. */
export const SERVER_TENANT_ID = '$server'

/** The tenant of the local administrator when no authentication is configured. */
export const LOCAL_TENANT_ID = 'local'
