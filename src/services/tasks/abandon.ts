/** Work that does not end within `graceMs` of being told to stop is not waited for; rejects with the signal's reason then. */
export async function orAbandon<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  const abandoned = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | null = null
  const onAbort = (): void => {
    timer = setTimeout(() => abandoned.reject(signal.reason), graceMs)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  work.catch(() => undefined)
  try {
    return await Promise.race([work, abandoned.promise])
  } finally {
    if (timer) clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
