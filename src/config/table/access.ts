import { integer, list, text, type Variable } from '../variables.js'
import { anything } from './common.js'

const claim = {
  allowed: 'the name of a claim, with dots between the parts of a nested one',
  pattern: /^[A-Za-z0-9_:/.-]{1,200}$/,
}

export const access: readonly Variable[] = [
  text(
    'Access',
    'GRAPHLOOM_JWT_SECRET',
    { allowed: 'at least 32 characters', pattern: /^[\s\S]{32,}$/ },
    {
      description: 'Secret that tokens are signed with (HS256, HS384, HS512).',
      example: 'replace-this-by-32-random-bytes-or-more',
      secret: true,
    },
  ),
  text(
    'Access',
    'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    { allowed: 'the path of a PEM file that can be read', pattern: /^[^\0]+$/ },
    {
      description: 'Public key that tokens are checked with (RS, PS, ES, EdDSA).',
      example: '/etc/graphloom/jwt.pem',
    },
  ),
  text(
    'Access',
    'GRAPHLOOM_JWT_JWKS',
    { allowed: 'the path of a JWKS file that can be read, or an https URL (http on loopback)', pattern: /^[^\0]+$/ },
    {
      description: 'Set of public keys that tokens are checked with, by their key id.',
      example: 'https://login.example.com/.well-known/jwks.json',
    },
  ),
  list(
    'Access',
    'GRAPHLOOM_JWT_ALGORITHMS',
    {
      allowed: 'names of algorithms as in RFC 7518',
      pattern: /^(HS256|HS384|HS512|RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA)$/,
      max: 13,
    },
    { description: 'Signatures that are accepted; all that fit the kind of key when unset.', example: 'RS256, ES256' },
  ),
  text('Access', 'GRAPHLOOM_JWT_ISSUER', anything, {
    description: 'The `iss` that tokens must have.',
    example: 'https://login.example.com/',
  }),
  text('Access', 'GRAPHLOOM_JWT_AUDIENCE', anything, {
    description: 'The `aud` that tokens must have.',
    example: 'graphloom',
  }),
  text('Access', 'GRAPHLOOM_JWT_TENANT_CLAIM', claim, {
    description: 'Claim with the tenant, 1 to 128 characters.',
    example: 'org_id',
    fallback: 'tenant',
  }),
  text('Access', 'GRAPHLOOM_JWT_ROLES_CLAIM', claim, {
    description: 'Claim with the roles, a list of ADMIN and MEMBER; others are passed over.',
    example: 'realm_access.roles',
    fallback: 'roles',
  }),
  text('Access', 'GRAPHLOOM_JWT_GROUPS_CLAIM', claim, {
    description: 'Claim with the groups that the caller is in, a list of texts; access lists of documents name them.',
    example: 'groups',
    fallback: 'groups',
  }),
  integer('Access', 'GRAPHLOOM_JWT_CLOCK_TOLERANCE_SECONDS', [0, 300], {
    description: 'How far clocks may differ, seconds.',
    example: '5',
    fallback: '5',
  }),
  integer('Access', 'GRAPHLOOM_RATE_LIMIT_PER_MINUTE', [1, 1_000_000_000], {
    description: 'Mutations that start work, for each caller and minute.',
    example: '600',
    fallback: '6000',
  }),
  integer('Access', 'GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE', [1, 1_000_000_000], {
    description: 'Queries that models work for (searches, previews of chunks), for each caller and minute.',
    example: '600',
    fallback: '6000',
  }),
]
