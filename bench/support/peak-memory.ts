import { readdirSync, readFileSync } from 'node:fs'

const INTERVAL_MS = 100
const PAGE_BYTES = 4_096

export interface PeakMemory extends Disposable {
  /** The most that was seen so far. */
  readonly bytes: number
}

/** The most memory that a process and those that it started have in RAM together, looked at ten times a second (Linux). */
export function watchPeakBytes(pid: number): PeakMemory {
  let bytes = 0
  const look = (): void => {
    bytes = Math.max(bytes, residentBytes(pid))
  }
  const timer = setInterval(look, INTERVAL_MS)
  return {
    get bytes() {
      look()
      return bytes
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function residentBytes(root: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const fields = readOf(`/proc/${name}/stat`)
    if (/^\d+$/.test(name) && fields)
      parents.set(Number(name), Number(fields.slice(fields.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const isBelow = (pid: number | undefined): boolean => pid === root || (pid !== undefined && isBelow(parents.get(pid)))
  let bytes = 0
  for (const pid of parents.keys())
    if (isBelow(pid)) bytes += PAGE_BYTES * Number(readOf(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0)
  return bytes
}

/** Null when the process has ended. */
function readOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
