import { hkdfSync } from 'node:crypto'
import { SECRET_PREFIX, signMessage, toKey, type SignatureHeaders, type SignedMessage } from './signature.js'

/** Signs what is sent for tenants. */
export interface TenantSigner {
  /** What receivers verify the tenant's requests with, `whsec_` and the key in base64; the current one first. */
  secretsOf(tenantId: string): readonly string[]
  /** One signature for each of the tenant's secrets; null where there is none. */
  sign(tenantId: string, message: SignedMessage): SignatureHeaders | null
}

const KEY_BYTES = 32

/**
 * Each tenant has secrets of its own, made of those of the server: who knows them cannot tell the server's, nor those
 * of another tenant.
 */
export const createTenantSigner = (serverSecrets: readonly string[]): TenantSigner =>
  createSigner((tenantId) => serverSecrets.map((secret) => deriveSecret(secret, tenantId)))

/** For a process that works for one tenant and knows the secrets of no other. */
export const createSignerOfOneTenant = (secrets: readonly string[]): TenantSigner => createSigner(() => secrets)

const createSigner = (secretsOf: TenantSigner['secretsOf']): TenantSigner => ({
  secretsOf,
  sign: (tenantId, message) => {
    const secrets = secretsOf(tenantId)
    return secrets.length === 0 ? null : signMessage(secrets, message)
  },
})

/** HKDF (RFC 5869) with SHA-256 and no salt; the tenant is its info. */
function deriveSecret(serverSecret: string, tenantId: string): string {
  const key = hkdfSync('sha256', toKey(serverSecret), '', `graphloom signing secret of ${tenantId}`, KEY_BYTES)
  return SECRET_PREFIX + Buffer.from(key).toString('base64')
}
