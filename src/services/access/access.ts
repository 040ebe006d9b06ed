import { GraphloomError } from '../../kernel/errors.js'
import type { Principal, Role } from '../../domain/principal.js'

/** Everything that a service can be asked to do, with the roles that may. */
const ALLOWED_ROLES = {
  'model.read': ['ADMIN', 'MEMBER'],
  'model.manage': ['ADMIN'],
  'prediction.create': ['ADMIN', 'MEMBER'],
  'prediction.read': ['ADMIN', 'MEMBER'],
  'prediction.cancel': ['ADMIN', 'MEMBER'],
  'prediction.delete': ['ADMIN', 'MEMBER'],
  'task.create': ['ADMIN', 'MEMBER'],
  'task.read': ['ADMIN', 'MEMBER'],
  'task.cancel': ['ADMIN', 'MEMBER'],
  'task.change': ['ADMIN', 'MEMBER'],
  'task.work': ['ADMIN', 'MEMBER'],
  'task.delete': ['ADMIN', 'MEMBER'],
  'schedule.read': ['ADMIN', 'MEMBER'],
  'schedule.change': ['ADMIN', 'MEMBER'],
  'schedule.delete': ['ADMIN', 'MEMBER'],
  'schedule.run': ['ADMIN', 'MEMBER'],
  'knowledge.read': ['ADMIN', 'MEMBER'],
  'knowledge.change': ['ADMIN', 'MEMBER'],
  'knowledge.delete': ['ADMIN', 'MEMBER'],
  'knowledge.search': ['ADMIN', 'MEMBER'],
  'answer.create': ['ADMIN', 'MEMBER'],
  'answer.read': ['ADMIN', 'MEMBER'],
  'answer.cancel': ['ADMIN', 'MEMBER'],
  'answer.delete': ['ADMIN', 'MEMBER'],
  'taskQueue.manage': ['ADMIN'],
  'signingSecret.read': ['ADMIN'],
  'upload.create': ['ADMIN', 'MEMBER'],
  'upload.read': ['ADMIN', 'MEMBER'],
  'server.read': ['ADMIN', 'MEMBER'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof ALLOWED_ROLES

/** What an action is done to. The tenant is checked; the id is for the audit log. */
export interface Resource {
  readonly tenantId?: string
  readonly id?: string
}

/** A piece of work that was let in. `settle` is called exactly once, with what it cost, also when it failed. */
export interface Admission {
  settle(usage: WorkUsage): void
}

export interface WorkUsage {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What is about to be done, for whoever decides whether it may start. */
export interface WorkRequest {
  readonly kind: 'prediction'
  readonly tenantId: string
  readonly subject: string
  /** The most tokens that it can cost. */
  readonly maxTokens: number
}

/** Decides who may do what. Every method of a service starts with `require`. */
export interface Access {
  /** @throws GraphloomError `FORBIDDEN` when the principal's roles do not allow the action, `NOT_FOUND` for what belongs to another tenant. */
  require(principal: Principal, action: Action, resource?: Resource): void
  /** Lets work start that costs something. @throws GraphloomError when it may not. */
  admit(work: WorkRequest): Admission
}

export function createAccess(options: { readonly onSettled: (work: WorkRequest, usage: WorkUsage) => void }): Access {
  return {
    require(principal, action, resource) {
      if (resource?.tenantId !== undefined && resource.tenantId !== principal.tenantId)
        throw new GraphloomError('NOT_FOUND', `There is no object "${resource.id ?? ''}".`)
      const allowed: readonly Role[] = ALLOWED_ROLES[action]
      if (principal.roles.some((role) => allowed.includes(role))) return
      throw new GraphloomError('FORBIDDEN', `${action} needs one of the roles ${allowed.join(', ')}.`)
    },
    admit(work) {
      let settled = false
      return {
        settle(usage) {
          if (settled) return
          settled = true
          options.onSettled(work, usage)
        },
      }
    },
  }
}
