import type { Principal } from '../src/domain/principal.js'
import { createLoaders, type Loaders } from './loaders.js'
import type { Services } from './services.js'

/** What every resolver gets. Made afresh for each operation, and for each item of a subscription. */
export interface GraphContext {
  readonly principal: Principal
  readonly services: Services
  readonly loaders: Loaders
  /** Aborts when the client is gone or the operation's time is over. */
  readonly signal: AbortSignal
}

export interface ContextRequest {
  readonly principal: Principal
  readonly signal: AbortSignal
}

export const createContextFactory =
  (services: Services) =>
  ({ principal, signal }: ContextRequest): GraphContext => ({
    principal,
    services,
    signal,
    loaders: createLoaders(services, principal),
  })
