import type { Principal } from '../domain/principal.js'

const MAX_TIMER_MS = 2 ** 31 - 1

/** Calls `expire` when the principal's credentials end, unless disposed before. */
export function startExpiry({ expiresAtMs }: Principal, expire: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined
  const check = (): void => {
    if (expiresAtMs === null) return
    const leftMs = expiresAtMs - Date.now()
    if (leftMs <= 0) expire()
    else timer = setTimeout(check, Math.min(leftMs, MAX_TIMER_MS))
  }
  check()
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
