import { Ctx, Query, Resolver } from 'type-graphql'
import type { GraphContext } from '../context.js'

@Resolver()
export class SigningSecretsResolver {
  @Query(() => [String], {
    description:
      'For an administrator of the tenant: what receivers verify the tenant’s webhooks and requests with, by Standard Webhooks: `whsec_` and the key in base64. The current one first; a second one while the server’s secret is being changed; none where the server has no secret and signs nothing.',
  })
  signingSecrets(@Ctx() { services, principal }: GraphContext): readonly string[] {
    return services.signingSecrets.list(principal)
  }
}
