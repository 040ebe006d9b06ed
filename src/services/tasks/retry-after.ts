const MOST_MS = 86_400_000
const SECONDS = /^\d{1,10}$/
const HTTP_DATE = /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/

/**
 * How long a `Retry-After` header (RFC 9110, section 10.2.3: seconds, or a date in one of three forms) asks to wait,
 * milliseconds, at most a day; null when it says nothing.
 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | null {
  const value = text?.trim() ?? ''
  if (SECONDS.test(value)) return Math.min(MOST_MS, 1_000 * Number(value))
  if (!HTTP_DATE.test(value)) return null
  // The oldest form has no zone; it means this one too.
  const atMs = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`)
  return Number.isNaN(atMs) ? null : Math.min(MOST_MS, Math.max(0, atMs - nowMs))
}
