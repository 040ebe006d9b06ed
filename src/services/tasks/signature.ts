import { createHmac, timingSafeEqual } from 'node:crypto'

/** What is signed: a message with its id, the same at every attempt to deliver it, and the time of this attempt. */
export interface SignedMessage {
  readonly id: string
  /** Unix milliseconds; sent and signed as whole seconds. */
  readonly timestampMs: number
  readonly body: Uint8Array
}

export type SignatureHeaders = Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>

const SECRET_PREFIX = 'whsec_'
const VERSION = 'v1'
const TOLERANCE_SECONDS = 300

/**
 * Headers that prove who sent a message, by the specification Standard Webhooks: `v1,` and the base64 of HMAC-SHA-256
 * over `id.timestamp.body`.
 * @param secret `whsec_` and the key in base64
 */
export function signMessage(secret: string, { id, timestampMs, body }: SignedMessage): SignatureHeaders {
  const timestamp = String(Math.floor(timestampMs / 1_000))
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `${VERSION},${computeSignature(secret, `${id}.${timestamp}.`, body).toString('base64')}`,
  }
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

function computeSignature(secret: string, head: string, body: Uint8Array): Buffer {
  const key = Buffer.from(secret.slice(secret.startsWith(SECRET_PREFIX) ? SECRET_PREFIX.length : 0), 'base64')
  return createHmac('sha256', key).update(head).update(body).digest()
}
