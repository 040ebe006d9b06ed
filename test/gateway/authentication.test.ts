import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJwtAuthenticator, type JwtOptions } from '../../src/services/access/authentication.js'
import { ask, codesOf, openSocketClient, TRANSPORTS, type Answer } from '../support/gateway-clients.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { createTemporaryFolder } from '../support/temporary.js'
import {
  ALGORITHMS,
  createKeyPair,
  createSignedToken,
  createToken,
  GOOD_CLAIMS,
  inSeconds,
  SECRET,
} from '../support/tokens.js'

const OPTIONS: JwtOptions = {
  key: { secret: SECRET },
  algorithms: null,
  issuer: GOOD_CLAIMS.iss,
  audience: GOOD_CLAIMS.aud,
  tenantClaim: 'tenant',
  rolesClaim: 'roles',
  groupsClaim: 'groups',
  clockToleranceSeconds: 0,
}
const CLOSED_FORBIDDEN = 4403
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const [HEADER, CLAIMS, SIGNATURE] = createToken().split('.') as [string, string, string]
const rsa = createKeyPair('RS256')
const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' })
const attackersJwk = { ...createKeyPair('ES256').publicKey.export({ format: 'jwk' }), kid: 'mine' }

/** Forged and odd tokens, none of which may be let in. */
const FORGED: Readonly<Record<string, string>> = {
  'no signature, algorithm none': `${base64({ alg: 'none' })}.${CLAIMS}.`,
  'algorithm None with a signature': `${base64({ alg: 'None' })}.${CLAIMS}.${SIGNATURE}`,
  'no algorithm': createToken({ header: { alg: undefined } }),
  'signed with another secret': createToken({ secret: 'another secret that has 32 bytes too' }),
  'signed with an empty secret': createToken({ secret: '' }),
  'algorithm of a public key': createToken({ header: { alg: 'RS256' } }),
  'claims changed after signing': `${HEADER}.${base64({ ...GOOD_CLAIMS, exp: inSeconds(600), roles: ['ADMIN'] })}.${SIGNATURE}`,
  'signature cut': `${HEADER}.${CLAIMS}.${SIGNATURE.slice(0, -4)}`,
  'no signature': `${HEADER}.${CLAIMS}`,
  'points doubled': `${HEADER}..${CLAIMS}.${SIGNATURE}`,
  'a part too many': `${HEADER}.${CLAIMS}.${SIGNATURE}.${SIGNATURE}`,
  'encrypted form': `${base64({ alg: 'dir', enc: 'A256GCM' })}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  'not base64': `${HEADER}.%%%%.${SIGNATURE}`,
  'claims that are no object': createToken({ header: {}, claims: {} }).split('.').with(1, base64('text')).join('.'),
  expired: createToken({ claims: { exp: inSeconds(-1) } }),
  'no end': createToken({ claims: { exp: undefined } }),
  'end as text': createToken({ claims: { exp: String(inSeconds(600)) } }),
  'not valid yet': createToken({ claims: { nbf: inSeconds(600) } }),
  'another issuer': createToken({ claims: { iss: 'https://evil.test' } }),
  'no issuer': createToken({ claims: { iss: undefined } }),
  'another audience': createToken({ claims: { aud: ['elsewhere'] } }),
  'no subject': createToken({ claims: { sub: undefined } }),
  'an empty subject': createToken({ claims: { sub: '' } }),
  'a subject that is a number': createToken({ claims: { sub: 7 } }),
  'no tenant': createToken({ claims: { tenant: undefined } }),
  'tenants as a list': createToken({ claims: { tenant: ['acme'] } }),
  'the tenant of the server': createToken({ claims: { tenant: '$server' } }),
  'the tenant of the local administrator': createToken({ claims: { tenant: 'local' } }),
  'a tenant with a line break': createToken({ claims: { tenant: 'acme\nother' } }),
  'a tenant beyond ASCII': createToken({ claims: { tenant: 'аcme' } }),
  'a tenant by the prototype': createToken({ claims: { tenant: undefined, __proto__: { tenant: 'acme' } } }),
  'roles as text': createToken({ claims: { roles: 'ADMIN' } }),
  'roles that are no texts': createToken({ claims: { roles: [{ ADMIN: true }] } }),
  'an extension that must be understood': createToken({ header: { crit: ['exp'], exp: inSeconds(600) } }),
  'a key of its own': createSignedToken('ES256', createKeyPair('ES256').privateKey, { header: { jwk: attackersJwk } }),
  'an address of keys of its own': createToken({
    secret: 'x'.repeat(32),
    header: { jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/x', kid: '../../../dev/null' },
  }),
  'too long': createToken({ claims: { padding: 'x'.repeat(13_000) } }),
  empty: '.',
}

const isRefused = (answer: Answer): boolean =>
  answer.closeCode === CLOSED_FORBIDDEN || (answer.status === 401 && codesOf(answer)[0] === 'UNAUTHENTICATED')

const query = '{ viewer }'

async function startWith(options: Partial<JwtOptions>): Promise<TestGateway> {
  return startGateway({ authenticator: await createJwtAuthenticator({ ...OPTIONS, ...options }) })
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startWith({})
  })
  afterAll(() => gateway[Symbol.asyncDispose]())

  test('a good token', async () => {
    const { results } = await ask(gateway, transport, { query }, { token: createToken() })
    expect(results).toEqual([{ data: { viewer: 'acme/alice' } }])
  })

  test('no token', async () => {
    expect(await ask(gateway, transport, { query })).toSatisfy(isRefused)
  })

  test.each(Object.entries(FORGED))('is refused: %s', async (_title, token) => {
    const answer = await ask(gateway, transport, { query }, { token })
    expect(answer).toSatisfy(isRefused)
    expect(JSON.stringify(answer)).not.toContain('alice')
  })

  test('a token that was good is refused when it has expired', async () => {
    await using own = await startWith({})
    let token = ''
    const isLetIn = async (): Promise<boolean> => {
      token = createToken({ claims: { exp: inSeconds(2) } })
      return codesOf(await ask(own, transport, { query }, { token })).length === 0
    }
    await expect.poll(isLetIn, { timeout: 30_000 }).toBe(true)
    await expect
      .poll(async () => isRefused(await ask(own, transport, { query }, { token })), { timeout: 20_000 })
      .toBe(true)
  })

  test.each(ALGORITHMS)('keys of %s, from a file, a set and an address', async (algorithm) => {
    await using folder = await createTemporaryFolder('keys')
    const { publicKey, privateKey } = createKeyPair(algorithm)
    const pemFile = join(folder.path, 'key.pem')
    const jwksFile = join(folder.path, 'keys.json')
    const set = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: algorithm }] })
    await writeFile(pemFile, publicKey.export({ type: 'spki', format: 'pem' }))
    await writeFile(jwksFile, set)
    const keys = createServer((_request, response) => response.end(set)).listen(0, '127.0.0.1')
    await expect.poll(() => keys.listening).toBe(true)
    const jwksUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`
    try {
      for (const key of [{ pemFile }, { jwksFile }, { jwksUrl }]) {
        await using own = await startWith({ key })
        const header = { kid: 'one' }
        const token = createSignedToken(algorithm, privateKey, { header })
        expect((await ask(own, transport, { query }, { token })).results).toEqual([{ data: { viewer: 'acme/alice' } }])
        const forged = createSignedToken(algorithm, createKeyPair(algorithm).privateKey, { header })
        expect(await ask(own, transport, { query }, { token: forged })).toSatisfy(isRefused)
        const withPublicKey = createToken({
          header,
          secret: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        })
        expect(await ask(own, transport, { query }, { token: withPublicKey })).toSatisfy(isRefused)
      }
    } finally {
      keys.close()
      keys.closeAllConnections()
    }
  })

  test('an algorithm that fits the key but is not in the list', async () => {
    await using folder = await createTemporaryFolder('keys')
    const pemFile = join(folder.path, 'key.pem')
    await writeFile(pemFile, publicPem)
    await using own = await startWith({ key: { pemFile }, algorithms: ['RS512'] })
    const token = createSignedToken('RS256', rsa.privateKey)
    expect(await ask(own, transport, { query }, { token })).toSatisfy(isRefused)
  })

  test('keys that cannot be had are not the client’s fault', async () => {
    await using own = await startWith({ key: { jwksUrl: 'http://127.0.0.1:1/keys' } })
    const token = createSignedToken('RS256', rsa.privateKey)
    const answer = await ask(own, transport, { query }, { token })
    expect(answer).not.toSatisfy(isRefused)
    expect(answer.status ?? answer.closeCode).toBe(transport === 'websocket' ? 4500 : 503)
  })

  test('claims by their paths; unknown roles are nothing', async () => {
    await using own = await startWith({ tenantClaim: 'org.id', rolesClaim: 'https://graphloom/roles' })
    const claims = { tenant: undefined, org: { id: 'deep' }, 'https://graphloom/roles': ['OWNER', 'MEMBER'] }
    const { results } = await ask(own, transport, { query }, { token: createToken({ claims }) })
    expect(results).toEqual([{ data: { viewer: 'deep/alice' } }])
  })

  test('without authentication a token is refused', async () => {
    await using own = await startGateway()
    expect(await ask(own, transport, { query }, { token: createToken() })).toSatisfy(isRefused)
    expect((await ask(own, transport, { query })).results).toEqual([{ data: { viewer: 'local/local' } }])
  })
})

describe('the authorization header', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startWith({})
  })
  afterAll(() => gateway[Symbol.asyncDispose]())
  const send = (authorization: string): Promise<Answer> =>
    ask(gateway, 'http', { query }, { headers: { authorization } })

  test.each(['bearer', 'BEARER', 'Bearer '])('%s is fine', async (scheme) => {
    expect((await send(`${scheme} ${createToken()}`)).status).toBe(200)
  })

  test.each([
    ['two tokens', `Bearer ${createToken()} ${createToken()}`],
    ['two schemes', `Bearer ${createToken()}, Bearer ${createToken()}`],
    ['another scheme', `Basic ${createToken()}`],
    ['no scheme', createToken()],
    ['no token', 'Bearer'],
    ['a token in quotes', `Bearer "${createToken()}"`],
  ])('%s is not', async (_title, authorization) => {
    expect(await send(authorization)).toSatisfy(isRefused)
  })
})

describe('what stays open', () => {
  test('a socket is closed with 4403 when its token ends', async () => {
    await using gateway = await startWith({})
    const client = openSocketClient(gateway, { token: createToken({ claims: { exp: inSeconds(2) } }) })
    const closed = new Promise<number>((resolve) =>
      client.on('closed', (event) => resolve((event as { code: number }).code)),
    )
    client.subscribe(
      { query: 'subscription { topic { number } }' },
      { next: () => undefined, error: () => undefined, complete: () => undefined },
    )
    expect(await closed).toBe(CLOSED_FORBIDDEN)
    await expect.poll(() => gateway.test.readers).toBe(0)
    await client.dispose()
  })

  test('an event stream ends when its token ends', async () => {
    await using gateway = await startWith({})
    const open = (): Promise<Response> => {
      const token = createToken({ claims: { exp: inSeconds(2) } })
      return fetch(gateway.streamUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: 'subscription { topic { number } }' }),
      })
    }
    let response = await open()
    // A machine so slow that the token had ended before it was looked at gets another.
    while (response.status === 401) response = await open()
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    await expect.poll(() => gateway.test.readers).toBe(0)
  })

  test('a revocation ends what a principal has open, and nothing else', async () => {
    await using gateway = await startWith({})
    const open = async (subject: string): Promise<void> => {
      const client = openSocketClient(gateway, { token: createToken({ claims: { sub: subject } }) })
      const before = gateway.test.readers
      client.subscribe(
        { query: 'subscription { topic { number } }' },
        { next: () => undefined, error: () => undefined, complete: () => undefined },
      )
      await expect.poll(() => gateway.test.readers).toBe(before + 1)
    }
    await open('alice')
    await open('bob')
    expect(gateway.gateway.revoke(({ subject }) => subject === 'alice')).toBe(1)
    await expect.poll(() => gateway.test.readers).toBe(1)
    expect(gateway.gateway.revoke(({ subject }) => subject === 'alice')).toBe(0)
    expect(gateway.gateway.figures.sockets).toBe(1)
  })
})
