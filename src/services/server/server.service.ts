import type { LifecyclePhase } from '../../kernel/lifecycle.js'
import type { Principal } from '../../domain/principal.js'
import type { Access } from '../access/access.js'

export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  /** Why it is not, or what it found. */
  readonly message: string | null
}

export interface ServerInfo {
  readonly version: string
  readonly startedAt: number
  readonly phase: LifecyclePhase
  /** Kind of the state store, e.g. `sqlite`. */
  readonly stateStore: string
}

export interface ServerServiceOptions {
  readonly access: Access
  readonly info: () => ServerInfo
  readonly checks: readonly { readonly name: string; readonly run: () => Promise<string | null> }[]
}

/** What the server is and how it is. */
export class ServerService {
  readonly #options: ServerServiceOptions

  constructor(options: ServerServiceOptions) {
    this.#options = options
  }

  /** @throws GraphloomError `FORBIDDEN`. */
  getInfo(principal: Principal): ServerInfo {
    this.#options.access.require(principal, 'server.read')
    return this.#options.info()
  }

  /** Each named check, run now. For operators; carries no tenant's data. */
  async runChecks(): Promise<HealthCheck[]> {
    return Promise.all(
      this.#options.checks.map(async ({ name, run }) => {
        try {
          return { name, ok: true, message: await run() }
        } catch {
          return { name, ok: false, message: 'does not answer' }
        }
      }),
    )
  }
}
