import type { Principal } from '../../domain/principal.js'
import type { Access } from '../access/access.js'
import type { TenantSigner } from './tenant-signer.js'

export interface SigningSecretsServiceOptions {
  readonly access: Access
  readonly signer: TenantSigner
}

/** Hands out what receivers verify the requests of a tenant with. */
export class SigningSecretsService {
  readonly #options: SigningSecretsServiceOptions

  constructor(options: SigningSecretsServiceOptions) {
    this.#options = options
  }

  /** Those of the principal's tenant, the current one first. @throws GraphloomError `FORBIDDEN`. */
  list(principal: Principal): readonly string[] {
    const { access, signer } = this.#options
    access.require(principal, 'signingSecret.read')
    return signer.secretsOf(principal.tenantId)
  }
}
