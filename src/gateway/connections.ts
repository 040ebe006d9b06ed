import type { Principal } from '../domain/principal.js'

/** A socket or stream that stays open after its first answer. */
export interface OpenConnection {
  readonly principal: Principal
  readonly kind: 'websocket' | 'event-stream'
  /** Ends it because its principal may not go on. */
  revoke(): void
}

/** Everything that is open, under who opened it, so that a revocation finds it and a limit can count it. */
export class Connections {
  readonly #open = new Set<OpenConnection>()

  add(connection: OpenConnection): Disposable {
    this.#open.add(connection)
    return { [Symbol.dispose]: () => this.#open.delete(connection) }
  }

  count(kind: OpenConnection['kind']): number {
    let count = 0
    for (const connection of this.#open) if (connection.kind === kind) count++
    return count
  }

  countOf(principal: Principal, kind: OpenConnection['kind']): number {
    let count = 0
    for (const connection of this.#open)
      if (connection.kind === kind && isSame(connection.principal, principal)) count++
    return count
  }

  /** Ends what the principals that `matches` says have open; gives their number. */
  revoke(matches: (principal: Principal) => boolean): number {
    const found = [...this.#open].filter(({ principal }) => matches(principal))
    for (const connection of found) connection.revoke()
    return found.length
  }
}

const isSame = (a: Principal, b: Principal): boolean => a.tenantId === b.tenantId && a.subject === b.subject
