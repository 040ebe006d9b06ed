import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** What tells a process from every other one, as far as the system says. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  /** The boot and the process namespace, in which `pid` has a meaning; null where the system does not say. */
  readonly machine: string | null
  /** When the process started, in the system's ticks since boot: pids are used again. */
  readonly startTicks: string | null
}

export function readProcessIdentity(): ProcessIdentity {
  const boot = readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const namespace = readOrNull(() => readlinkSync('/proc/self/ns/pid'))
  const machine = boot === null || namespace === null ? null : `${boot} ${namespace}`
  return { host: hostname(), pid: process.pid, machine, startTicks: readStartTicks(process.pid) }
}

/** Whether the process has ended; null when this cannot be known from here. */
export function hasEnded(identity: ProcessIdentity, here: ProcessIdentity): boolean | null {
  if (here.machine === null || identity.machine !== here.machine || identity.startTicks === null) return null
  return readStartTicks(identity.pid) !== identity.startTicks
}

/** A process that ended, but whose parent has not asked how, counts as ended. */
function readStartTicks(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The name of the program, in parentheses, may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields ?? []
  return state === undefined || state === 'Z' || state === 'X' ? null : (fields?.[19] ?? null)
}

function readOrNull(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}
