import { Ctx, Field, FieldResolver, ObjectType, Query, Resolver } from 'type-graphql'
import type { Principal, Role } from '../../src/domain/principal.js'
import type { LifecyclePhase } from '../../src/kernel/lifecycle.js'
import type { HealthCheck, ServerInfo } from '../../src/services/server/server.service.js'
import { createEnum } from '../common/enums.js'
import { DateTimeScalar } from '../common/scalars.js'
import type { GraphContext } from '../context.js'

const RoleEnum = createEnum<Role>({
  name: 'Role',
  description: 'What a caller may do.',
  values: {
    ADMIN: 'Manages models and the server, and uses them.',
    MEMBER: 'Uses models.',
  },
})

const PhaseEnum = createEnum<LifecyclePhase>({
  name: 'ServerPhase',
  description: 'Where the server stands.',
  values: {
    STARTING: 'Opening what it needs.',
    READY: 'Serving.',
    DRAINING: 'Finishing what runs; takes no new work.',
    STOPPED: 'Ended.',
  },
})

@ObjectType('Viewer', { description: 'Who asks.' })
export class Viewer {
  @Field(() => String, { description: 'Stable name of the caller within the tenant: the token’s subject, or `local`.' })
  readonly subject!: string

  @Field(() => String, { description: 'The tenant that the caller belongs to.' })
  readonly tenantId!: string

  @Field(() => [RoleEnum], { description: 'What the caller may do.' })
  readonly roles!: readonly Role[]

  @Field(() => DateTimeScalar, {
    name: 'expiresAt',
    nullable: true,
    description: 'When the credentials end; null when they do not.',
  })
  readonly expiresAtMs!: number | null
}

@ObjectType('HealthCheck', { description: 'One thing that the server needs.' })
export class HealthCheckType {
  @Field(() => String, { description: 'What is checked.' })
  readonly name!: string

  @Field(() => Boolean, { description: 'Whether it is well.' })
  readonly ok!: boolean

  @Field(() => String, { nullable: true, description: 'What was found.' })
  readonly message!: string | null
}

@ObjectType('ServerHealth', { description: 'How the server is.' })
export class ServerHealth {
  @Field(() => Boolean, { description: 'Whether it serves: READY, and all checks are well.' })
  readonly ready!: boolean

  @Field(() => [HealthCheckType], { description: 'Each thing that it needs.' })
  readonly checks!: readonly HealthCheck[]
}

@ObjectType('Server', { description: 'The server that answers.' })
export class Server {
  @Field(() => String, { description: 'Version of Graphloom.' })
  readonly version!: string

  @Field(() => DateTimeScalar, { description: 'When the process started.' })
  readonly startedAt!: number

  @Field(() => PhaseEnum, { description: 'Where it stands.' })
  readonly phase!: LifecyclePhase

  @Field(() => String, { description: 'Kind of the state store, e.g. `sqlite`.' })
  readonly stateStore!: string
}

@Resolver(() => Server)
export class ServerResolver {
  @Query(() => Viewer, { description: 'Who asks, as the server sees it.' })
  viewer(@Ctx() { principal }: GraphContext): Principal {
    return principal
  }

  @Query(() => Server, { description: 'The server that answers.' })
  server(@Ctx() { services, principal }: GraphContext): ServerInfo {
    return services.server.getInfo(principal)
  }

  @FieldResolver(() => ServerHealth, { description: 'How it is.' })
  async health(@Ctx() { services, principal }: GraphContext): Promise<ServerHealth> {
    const checks = await services.server.runChecks()
    return { ready: services.server.getInfo(principal).phase === 'READY' && checks.every((check) => check.ok), checks }
  }
}
