import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export const SECRET = 'a secret of the tests that has 32 bytes'
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Seconds, as in claims. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds

export const GOOD_CLAIMS = {
  sub: 'alice',
  tenant: 'acme',
  roles: ['MEMBER'],
  iss: 'https://issuer.test',
  aud: 'graphloom',
}

export interface TokenParts {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
  readonly secret?: string | Buffer
}

/** A token signed with HMAC SHA-256, whatever its header says. Claims that are undefined are left out. */
export function createToken({ header, claims, secret = SECRET }: TokenParts = {}): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', ...header })}.${encode({ exp: inSeconds(600), ...GOOD_CLAIMS, ...claims })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export function createKeyPair(algorithm: Algorithm): KeyPair {
  switch (algorithm) {
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2_048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
  }
}

export function createSignedToken(
  algorithm: Algorithm,
  privateKey: KeyObject,
  { header, claims }: TokenParts = {},
): string {
  const signed = `${encode({ alg: algorithm, ...header })}.${encode({ exp: inSeconds(600), ...GOOD_CLAIMS, ...claims })}`
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${signed}.${sign(algorithm === 'EdDSA' ? null : 'sha256', Buffer.from(signed), key).toString('base64url')}`
}
