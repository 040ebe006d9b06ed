import { createHmac, timingSafeEqual } from 'node:crypto'

/** What is signed: a message with its id, the same at every attempt to deliver it, and the time of this attempt. */
export interface SignedMessage {
  readonly id: string
  /** Unix milliseconds; sent and signed as whole seconds. */
  readonly timestampMs: number
  readonly body: Uint8Array
}

export type SignatureHeaders = Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>

export const SECRET_PREFIX = 'whsec_'
const VERSION = 'v1'
const TOLERANCE_SECONDS = 300

/**
 * Headers that prove who sent a message, by the specification Standard Webhooks: for each secret `v1,` and the base64 of
 * HMAC-SHA-256 over `id.timestamp.body`.
 * @param secrets `whsec_` and the key in base64
 */
export function signMessage(secrets: readonly string[], { id, timestampMs, body }: SignedMessage): SignatureHeaders {
  const timestamp = String(Math.floor(timestampMs / 1_000))
  const sign = (secret: string): string =>
    `${VERSION},${computeSignature(secret, `${id}.${timestamp}.`, body).toString('base64')}`
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': secrets.map(sign).join(' ') }
}

/**
 * What a receiver does: whether one of the signatures in the headers (names in lower case) is right for the body, and
 * its time at most five minutes from `nowMs`. A receiver also keeps ids for that time, to see a message only once.
 */
export function isSignedMessage(
  secret: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  nowMs: number,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false
  const expected = computeSignature(secret, `${id}.${timestamp}.`, body)
  return signatures.split(' ').some((one) => {
    const [version, base64 = ''] = one.split(',')
    const found = Buffer.from(base64, 'base64')
    return version === VERSION && found.length === expected.length && timingSafeEqual(found, expected)
  })
}

export const toKey = (secret: string): Buffer =>
  Buffer.from(secret.slice(secret.startsWith(SECRET_PREFIX) ? SECRET_PREFIX.length : 0), 'base64')

const computeSignature = (secret: string, head: string, body: Uint8Array): Buffer =>
  createHmac('sha256', toKey(secret)).update(head).update(body).digest()
