import { readFile } from 'node:fs/promises'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  importSPKI,
  jwtVerify,
  type CryptoKey,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'
import { GraphloomError } from '../../kernel/errors.js'
import { rememberAuthentications } from './authentication-memory.js'
import type { Authenticator } from './authenticator.js'
import { LOCAL_TENANT_ID, ROLES, SERVER_TENANT_ID, type Principal } from '../../domain/principal.js'

export interface JwtOptions {
  readonly key:
    | { readonly secret: string }
    | { readonly pemFile: string }
    | { readonly jwksFile: string }
    | { readonly jwksUrl: string }
  /** Signatures that are accepted; all that fit the key when null. */
  readonly algorithms: readonly string[] | null
  readonly issuer: string | null
  readonly audience: string | null
  /** Claims by their paths, with dots between the parts. */
  readonly tenantClaim: string
  readonly rolesClaim: string
  readonly groupsClaim: string
  readonly clockToleranceSeconds: number
}

const SYMMETRIC = ['HS256', 'HS384', 'HS512']
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const FAULTS_OF_TOKENS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]
const MAX_TOKEN_CHARACTERS = 16_384
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/
const MAX_SUBJECT_CHARACTERS = 256
/** Names that mean something to the server itself. */
const RESERVED_TENANTS: readonly string[] = [SERVER_TENANT_ID, LOCAL_TENANT_ID]

/** Checks JSON Web Tokens (RFC 7519). Reads key files now. */
export async function createJwtAuthenticator(options: JwtOptions): Promise<Authenticator> {
  const symmetric = 'secret' in options.key
  const algorithms = [...(options.algorithms ?? (symmetric ? SYMMETRIC : ASYMMETRIC))]
  const key = await loadKey(options)
  const verifyOptions = {
    algorithms,
    clockTolerance: options.clockToleranceSeconds,
    requiredClaims: ['sub', 'exp'],
    ...(options.issuer !== null && { issuer: options.issuer }),
    ...(options.audience !== null && { audience: options.audience }),
  }
  return rememberAuthentications({
    description:
      'Send a JSON Web Token: "Authorization: Bearer <token>", or "authorization" in connection_init of a socket.',
    authenticate: async (token) => {
      if (token === null) throw unauthenticated('A token is needed: send "Authorization: Bearer <token>".')
      if (token.length > MAX_TOKEN_CHARACTERS)
        throw unauthenticated(`The token has more than ${MAX_TOKEN_CHARACTERS} characters.`)
      try {
        if (decodeProtectedHeader(token).crit !== undefined)
          throw unauthenticated('The token asks for an extension (crit) that is not supported.')
        const { payload } =
          typeof key === 'function'
            ? await jwtVerify(token, key, verifyOptions)
            : await jwtVerify(token, key, verifyOptions)
        return toPrincipal(payload, options)
      } catch (error) {
        throw toRefusal(error)
      }
    },
  })
}

async function loadKey({ key, algorithms }: JwtOptions): Promise<Uint8Array | CryptoKey | JWTVerifyGetKey> {
  if ('secret' in key) return new TextEncoder().encode(key.secret)
  if ('jwksUrl' in key) return createRemoteKeys(new URL(key.jwksUrl))
  if ('jwksFile' in key) return createLocalJWKSet(JSON.parse(await readFile(key.jwksFile, 'utf8')) as JSONWebKeySet)
  const pem = await readFile(key.pemFile, 'utf8')
  for (const algorithm of algorithms ?? ASYMMETRIC) {
    const imported = await importSPKI(pem, algorithm).catch(() => null)
    // jose checks that the key fits the algorithm of each token.
    if (imported) return toAnyAlgorithm(pem, algorithms ?? ASYMMETRIC)
  }
  throw new GraphloomError(
    'INVALID_INPUT',
    `${key.pemFile} is not a public key in PEM (SPKI) form that fits the allowed algorithms.`,
  )
}

/** Keys of an address. That they cannot be had is not the fault of a token. */
function createRemoteKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { timeoutDuration: 5_000, cooldownDuration: 10_000 })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (FAULTS_OF_TOKENS.some((fault) => error instanceof fault)) throw error
      throw new GraphloomError('UNAVAILABLE', 'The keys of tokens cannot be fetched at the moment.', { cause: error })
    }
  }
}

/** A key imported for one algorithm verifies only that; import it for the one that the token names. */
function toAnyAlgorithm(pem: string, algorithms: readonly string[]): JWTVerifyGetKey {
  return async ({ alg }) => {
    if (alg === undefined || !algorithms.includes(alg))
      throw new errors.JOSEAlgNotAllowed('The algorithm is not allowed.')
    try {
      return await importSPKI(pem, alg)
    } catch {
      throw new errors.JWSSignatureVerificationFailed()
    }
  }
}

function toPrincipal(payload: JWTPayload, { tenantClaim, rolesClaim, groupsClaim }: JwtOptions): Principal {
  const { sub, exp } = payload
  if (typeof sub !== 'string' || sub.length === 0 || sub.length > MAX_SUBJECT_CHARACTERS)
    throw unauthenticated(`The token’s "sub" must be text of 1 to ${MAX_SUBJECT_CHARACTERS} characters.`)
  const tenantId = claimAt(payload, tenantClaim)
  if (typeof tenantId !== 'string' || !TENANT.test(tenantId) || RESERVED_TENANTS.includes(tenantId))
    throw unauthenticated(
      `The token’s "${tenantClaim}" must name a tenant: 1 to 128 letters, digits and . _ : @ -, none of the reserved names.`,
    )
  const given = textsAt(payload, rolesClaim)
  const roles = ROLES.filter((role) => (given ?? ['MEMBER']).includes(role))
  const groups = textsAt(payload, groupsClaim) ?? []
  return { subject: sub, tenantId, roles, groups, expiresAtMs: exp === undefined ? null : exp * 1_000, method: 'JWT' }
}

function textsAt(payload: JWTPayload, claim: string): readonly string[] | undefined {
  const given = claimAt(payload, claim)
  if (given === undefined || (Array.isArray(given) && given.every((one) => typeof one === 'string'))) return given
  throw unauthenticated(`The token’s "${claim}" must be a list of texts.`)
}

function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path]
  return path.split('.').reduce<unknown>((value, part) => {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined
    return (value as Record<string, unknown>)[part]
  }, payload)
}

const unauthenticated = (message: string): GraphloomError => new GraphloomError('UNAUTHENTICATED', message)

function toRefusal(error: unknown): GraphloomError {
  if (error instanceof GraphloomError) return error
  if (error instanceof errors.JWTExpired) return unauthenticated('The token has expired.')
  if (error instanceof errors.JWTClaimValidationFailed)
    return unauthenticated(`The token’s claim "${error.claim}" does not hold: ${error.reason}.`)
  if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError)
    return unauthenticated('The token is not valid.')
  return new GraphloomError('UNAVAILABLE', 'Tokens cannot be checked at the moment.', { cause: error })
}
