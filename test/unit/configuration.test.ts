import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseConfiguration, ConfigurationError, type Environment } from '../../src/config/configuration.js'
import { printExampleEnvironment } from '../../src/config/example.js'
import type { ConfigurationMistake } from '../../src/config/mistakes.js'
import { VARIABLES } from '../../src/config/table.js'
import { createTemporaryFolder } from '../support/temporary.js'

const root = join(import.meta.dirname, '../../..')
const SIGNING_SECRET = `whsec_${Buffer.alloc(32).toString('base64')}`
const SECRET = 'a-secret-that-must-never-be-shown-1234'
const folder = await createTemporaryFolder('configuration')
const at = (name: string): string => join(folder.path, name)
afterAll(() => folder[Symbol.asyncDispose]())

const exportKey = (key: ReturnType<typeof generateKeyPairSync>['publicKey'], type: 'spki' | 'pkcs1'): string =>
  key.export({ type, format: 'pem' }).toString()
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const exchange = generateKeyPairSync('x25519')

await writeFile(at('rsa.pem'), exportKey(rsa.publicKey, 'spki'))
await writeFile(at('ec.pem'), exportKey(curve.publicKey, 'spki'))
await writeFile(at('x25519.pem'), exportKey(exchange.publicKey, 'spki'))
await writeFile(at('private.pem'), rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
await writeFile(at('broken.pem'), '-----BEGIN PUBLIC KEY-----\nnothing\n-----END PUBLIC KEY-----\n')
await writeFile(at('keys.json'), JSON.stringify({ keys: [rsa.publicKey.export({ format: 'jwk' })] }))
await writeFile(at('no-keys.json'), '{"keys":{}}')
await writeFile(at('no-json.json'), 'keys')

function mistakesOf(environment: Environment): readonly ConfigurationMistake[] {
  try {
    parseConfiguration(environment)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes
    throw error
  }
  return []
}

interface Case {
  readonly environment: Environment
  readonly variable: string
  readonly problem: RegExp
  /** What is shown; the value itself when left out. */
  readonly found?: string | null
}

const JWT = { GRAPHLOOM_JWT_SECRET: SECRET }

/** Environments with one mistake each. */
const CASES: readonly Case[] = [
  { environment: { GRAPHLOOM_PORT: '70000' }, variable: 'GRAPHLOOM_PORT', problem: /from 0 to 65535/ },
  { environment: { GRAPHLOOM_PORT: '-1' }, variable: 'GRAPHLOOM_PORT', problem: /whole number/ },
  { environment: { GRAPHLOOM_PORT: '4000 ' }, variable: 'GRAPHLOOM_PORT', problem: /whole number/ },
  { environment: { GRAPHLOOM_PORT: '0x10' }, variable: 'GRAPHLOOM_PORT', problem: /whole number/ },
  { environment: { GRAPHLOOM_HOST: 'http://localhost' }, variable: 'GRAPHLOOM_HOST', problem: /an address or host/ },
  { environment: { GRAPHLOOM_HOST: '0.0.0.0' }, variable: 'GRAPHLOOM_HOST', problem: /needs authentication/ },
  { environment: { GRAPHLOOM_HOST: '::' }, variable: 'GRAPHLOOM_HOST', problem: /needs authentication/ },
  { environment: { GRAPHLOOM_DATA_DIR: at('keys.json') }, variable: 'GRAPHLOOM_DATA_DIR', problem: /is a file/ },
  { environment: { GRAPHLOOM_MODELS_DIR: folder.path }, variable: 'GRAPHLOOM_MODELS_DIR', problem: /catalogue\.json/ },
  { environment: { GRAPHLOOM_LOG_LEVEL: 'verbose' }, variable: 'GRAPHLOOM_LOG_LEVEL', problem: /one of fatal, / },
  { environment: { GRAPHLOOM_LOG_LEVEL: 'INFO' }, variable: 'GRAPHLOOM_LOG_LEVEL', problem: /one of fatal, / },
  {
    environment: { GRAPHLOOM_SHUTDOWN_TIMEOUT_MS: '25s' },
    variable: 'GRAPHLOOM_SHUTDOWN_TIMEOUT_MS',
    problem: /whole number/,
  },
  {
    environment: { GRAPHLOOM_ALLOWED_HOSTS: 'good.example, http://bad.example' },
    variable: 'GRAPHLOOM_ALLOWED_HOSTS',
    problem: /host names/,
  },
  {
    environment: { GRAPHLOOM_ALLOWED_ORIGINS: 'console.example' },
    variable: 'GRAPHLOOM_ALLOWED_ORIGINS',
    problem: /origins/,
  },
  {
    environment: { GRAPHLOOM_ALLOWED_ORIGINS: 'https://console.example/path' },
    variable: 'GRAPHLOOM_ALLOWED_ORIGINS',
    problem: /origins/,
  },
  {
    environment: { GRAPHLOOM_JWT_SECRET: SECRET.slice(0, 31) },
    variable: 'GRAPHLOOM_JWT_SECRET',
    problem: /at least 32/,
    found: '(not shown)',
  },
  {
    environment: { ...JWT, GRAPHLOOM_JWT_JWKS: at('keys.json') },
    variable: 'GRAPHLOOM_JWT_JWKS',
    problem: /together with GRAPHLOOM_JWT_SECRET/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('none.pem') },
    variable: 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    problem: /no file here/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: folder.path },
    variable: 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    problem: /no file here/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('private.pem') },
    variable: 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    problem: /has no public key/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('broken.pem') },
    variable: 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    problem: /cannot be decoded/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('x25519.pem') },
    variable: 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    problem: /signs no tokens \(x25519\)/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('ec.pem'), GRAPHLOOM_JWT_ALGORITHMS: 'RS256, PS256' },
    variable: 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE',
    problem: /has a key for ES256/,
  },
  {
    environment: { GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('rsa.pem'), GRAPHLOOM_JWT_ALGORITHMS: 'RS256, HS256' },
    variable: 'GRAPHLOOM_JWT_ALGORITHMS',
    problem: /HS256 does not fit/,
  },
  {
    environment: { ...JWT, GRAPHLOOM_JWT_ALGORITHMS: 'RS256' },
    variable: 'GRAPHLOOM_JWT_ALGORITHMS',
    problem: /RS256 does not fit/,
  },
  {
    environment: { ...JWT, GRAPHLOOM_JWT_ALGORITHMS: 'none' },
    variable: 'GRAPHLOOM_JWT_ALGORITHMS',
    problem: /RFC 7518/,
  },
  { environment: { GRAPHLOOM_JWT_JWKS: at('none.json') }, variable: 'GRAPHLOOM_JWT_JWKS', problem: /no file here/ },
  {
    environment: { GRAPHLOOM_JWT_JWKS: at('no-keys.json') },
    variable: 'GRAPHLOOM_JWT_JWKS',
    problem: /no set of keys/,
  },
  {
    environment: { GRAPHLOOM_JWT_JWKS: at('no-json.json') },
    variable: 'GRAPHLOOM_JWT_JWKS',
    problem: /no set of keys/,
  },
  {
    environment: { GRAPHLOOM_JWT_JWKS: 'http://login.example/keys' },
    variable: 'GRAPHLOOM_JWT_JWKS',
    problem: /https address/,
  },
  {
    environment: { GRAPHLOOM_JWT_JWKS: 'ftp://ada:hidden@login.example/keys' },
    variable: 'GRAPHLOOM_JWT_JWKS',
    problem: /https address/,
    found: 'ftp://(not shown)@login.example/keys',
  },
  { environment: { GRAPHLOOM_JWT_ISSUER: 'me' }, variable: 'GRAPHLOOM_JWT_ISSUER', problem: /has no effect without/ },
  {
    environment: { GRAPHLOOM_JWT_TENANT_CLAIM: 'org' },
    variable: 'GRAPHLOOM_JWT_TENANT_CLAIM',
    problem: /has no effect without/,
  },
  {
    environment: { ...JWT, GRAPHLOOM_JWT_TENANT_CLAIM: 'a claim' },
    variable: 'GRAPHLOOM_JWT_TENANT_CLAIM',
    problem: /name of a claim/,
  },
  {
    environment: { ...JWT, GRAPHLOOM_JWT_CLOCK_TOLERANCE_SECONDS: '301' },
    variable: 'GRAPHLOOM_JWT_CLOCK_TOLERANCE_SECONDS',
    problem: /from 0 to 300/,
  },
  {
    environment: { GRAPHLOOM_RATE_LIMIT_PER_MINUTE: '0' },
    variable: 'GRAPHLOOM_RATE_LIMIT_PER_MINUTE',
    problem: /from 1 to/,
  },
  {
    environment: { GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE: '0' },
    variable: 'GRAPHLOOM_QUERY_RATE_LIMIT_PER_MINUTE',
    problem: /from 1 to/,
  },
  {
    environment: { GRAPHLOOM_LIMIT_OPERATION_DEPTH: '0' },
    variable: 'GRAPHLOOM_LIMIT_OPERATION_DEPTH',
    problem: /from 1 to/,
  },
  {
    environment: { GRAPHLOOM_LIMIT_BODY_BYTES: '2MB' },
    variable: 'GRAPHLOOM_LIMIT_BODY_BYTES',
    problem: /whole number/,
  },
  { environment: { GRAPHLOOM_INTROSPECTION: 'yes' }, variable: 'GRAPHLOOM_INTROSPECTION', problem: /true or false/ },
  { environment: { GRAPHLOOM_MODEL_THREADS: '0' }, variable: 'GRAPHLOOM_MODEL_THREADS', problem: /from 1 to/ },
  {
    environment: { GRAPHLOOM_MODEL_FOLDERS: 'models' },
    variable: 'GRAPHLOOM_MODEL_FOLDERS',
    problem: /absolute paths/,
  },
  {
    environment: { GRAPHLOOM_MODEL_FOLDERS: `${folder.path}, ${at('rsa.pem')}` },
    variable: 'GRAPHLOOM_MODEL_FOLDERS',
    problem: /there is no folder .*rsa\.pem/,
  },
  {
    environment: { GRAPHLOOM_HUB_URL: 'huggingface.co' },
    variable: 'GRAPHLOOM_HUB_URL',
    problem: /an http or https address, or "off"/,
  },
  {
    environment: { GRAPHLOOM_HUB_MAX_MODEL_BYTES: '2GB' },
    variable: 'GRAPHLOOM_HUB_MAX_MODEL_BYTES',
    problem: /whole number/,
  },
  {
    environment: { GRAPHLOOM_PRELOAD_MODELS: 'a model' },
    variable: 'GRAPHLOOM_PRELOAD_MODELS',
    problem: /"name:version"/,
  },
  {
    environment: { GRAPHLOOM_WEB_ALLOWED_ADDRESSES: 'localhost, 10.0.0.0/33' },
    variable: 'GRAPHLOOM_WEB_ALLOWED_ADDRESSES',
    problem: /10\.0\.0\.0\/33 is neither a block of addresses nor a host name/,
  },
  {
    environment: { GRAPHLOOM_WEB_CONNECTIONS: '0' },
    variable: 'GRAPHLOOM_WEB_CONNECTIONS',
    problem: /from 1 to/,
  },
  {
    environment: { GRAPHLOOM_SIGNING_SECRET: `whsec_${SECRET}` },
    variable: 'GRAPHLOOM_SIGNING_SECRET',
    problem: /24 to 64 bytes in base64/,
    found: '(not shown)',
  },
  {
    environment: { GRAPHLOOM_WORKER_SIGNING_SECRET: SIGNING_SECRET, GRAPHLOOM_WORKER_ALL_TENANTS: 'true' },
    variable: 'GRAPHLOOM_WORKER_SIGNING_SECRET',
    problem: /is of one tenant; .* needs GRAPHLOOM_SIGNING_SECRET/,
    found: '(not shown)',
  },
  {
    environment: { GRAPHLOOM_EVENT_OPEN_STREAM_MAX_EVENTS: '19999' },
    variable: 'GRAPHLOOM_EVENT_OPEN_STREAM_MAX_EVENTS',
    problem: /from 20000 to/,
  },
  { environment: { GRAPHLOOM_TASK_LEASE_MS: '1.5' }, variable: 'GRAPHLOOM_TASK_LEASE_MS', problem: /whole number/ },
  {
    environment: { MONGODB_URI: `postgres://ada:${SECRET}@localhost/graphloom` },
    variable: 'MONGODB_URI',
    problem: /mongodb:\/\//,
    found: '(not shown)',
  },
  {
    environment: { REDIS_URL: `redis://:${SECRET}@localhost` },
    variable: 'REDIS_URL',
    problem: /not supported yet/,
    found: '(not shown)',
  },
  {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' },
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    problem: /http or https/,
  },
  { environment: { OTEL_TRACES_SAMPLER: 'sometimes' }, variable: 'OTEL_TRACES_SAMPLER', problem: /one of always_on/ },
  { environment: { OTEL_TRACES_SAMPLER_ARG: '2' }, variable: 'OTEL_TRACES_SAMPLER_ARG', problem: /from 0 to 1/ },
  {
    environment: { GRAPHLOOM_PROT: SECRET },
    variable: 'GRAPHLOOM_PROT',
    problem: /no such variable; the nearest is GRAPHLOOM_PORT$/,
    found: '(not read)',
  },
  {
    environment: { GRAPHLOOM_JWT_SECRETS: SECRET },
    variable: 'GRAPHLOOM_JWT_SECRETS',
    problem: /the nearest is GRAPHLOOM_JWT_SECRET$/,
    found: '(not read)',
  },
  {
    environment: { GRAPHLOOM_DATADIR: '/data' },
    variable: 'GRAPHLOOM_DATADIR',
    problem: /the nearest is GRAPHLOOM_DATA_DIR$/,
    found: '(not read)',
  },
  {
    environment: { GRAPHLOOM_LIMIT_DEPTH: '7' },
    variable: 'GRAPHLOOM_LIMIT_DEPTH',
    problem: /the nearest is GRAPHLOOM_LIMIT_OPERATION_DEPTH$/,
    found: '(not read)',
  },
]

describe('a mistake', () => {
  test.each(CASES)('$variable: $problem', ({ environment, variable, problem, found }) => {
    const mistakes = mistakesOf(environment)
    expect(mistakes.map((mistake) => mistake.variable)).toEqual([variable])
    expect(mistakes[0]?.problem).toMatch(problem)
    expect(mistakes[0]?.found).toBe(found === undefined ? environment[variable] : found)
  })

  test('all are told at once, each on a line with what is allowed and an example, and no secret', () => {
    const environment: Record<string, string> = {}
    // Of variables with several cases the first counts; those that need each other are left out.
    for (const { environment: part, variable } of CASES)
      if (Object.keys(part).length === 1 && !variable.startsWith('GRAPHLOOM_JWT_'))
        environment[variable] ??= part[variable] ?? ''
    const count = Object.keys(environment).length
    expect(count).toBeGreaterThanOrEqual(20)
    let message = ''
    try {
      parseConfiguration(environment)
    } catch (error) {
      message = (error as Error).message
    }
    const [first, ...lines] = message.split('\n')
    expect(first).toBe(`The configuration has ${count} mistakes:`)
    expect(lines.map((line) => line.trim().split(' ')[0]).toSorted()).toEqual(Object.keys(environment).toSorted())
    for (const { name, example } of VARIABLES)
      if (name in environment && example !== '')
        expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ {2}${name} is ".*": .*, e\\.g\\. ${name}=`)))
    expect(message).not.toContain(SECRET)
  })

  test('a key that is wrong is not taken for a missing one', () => {
    const mistakes = mistakesOf({ GRAPHLOOM_HOST: '0.0.0.0', GRAPHLOOM_JWT_SECRET: 'short' })
    expect(mistakes.map(({ variable }) => variable)).toEqual(['GRAPHLOOM_JWT_SECRET'])
  })
})

describe('a configuration', () => {
  test('an empty environment serves this machine only', () => {
    const configuration = parseConfiguration({})
    expect(configuration.server).toMatchObject({ host: '127.0.0.1', port: 4_000, dataDirectory: 'data' })
    expect(configuration.access.jwt).toBeNull()
    expect(configuration.state.mongodbUri).toBeNull()
    expect(configuration.telemetry.tracesUrl).toBeNull()
    expect(readFileSync(join(configuration.server.modelsDirectory, 'catalogue.json'), 'utf8')).toContain('MiniLM')
    expect(configuration.models.threads).toBeGreaterThanOrEqual(1)
    expect(configuration.limits.introspection).toBe(true)
  })

  test('an empty value counts as none', () => {
    expect(parseConfiguration({ GRAPHLOOM_PORT: '', GRAPHLOOM_JWT_SECRET: '', REDIS_URL: '' })).toEqual(
      parseConfiguration({}),
    )
  })

  test('what others put into the environment is no matter, nor what tests do', () => {
    expect(mistakesOf({ PATH: '/bin', GRAPHLOOM: '1', GRAPHLOOM_TEST_SEED: '5' })).toEqual([])
  })

  test.each([
    [{ GRAPHLOOM_JWT_SECRET: SECRET }, { secret: SECRET }],
    [{ GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('rsa.pem') }, { pemFile: at('rsa.pem') }],
    [{ GRAPHLOOM_JWT_PUBLIC_KEY_FILE: at('ec.pem'), GRAPHLOOM_JWT_ALGORITHMS: 'ES256' }, { pemFile: at('ec.pem') }],
    [{ GRAPHLOOM_JWT_JWKS: at('keys.json') }, { jwksFile: at('keys.json') }],
    [{ GRAPHLOOM_JWT_JWKS: 'https://login.example/keys' }, { jwksUrl: 'https://login.example/keys' }],
    [{ GRAPHLOOM_JWT_JWKS: 'http://[::1]:8080/keys' }, { jwksUrl: 'http://[::1]:8080/keys' }],
  ])('keys of tokens: %j', (environment, key) => {
    expect(parseConfiguration({ ...environment, GRAPHLOOM_HOST: '0.0.0.0' }).access.jwt?.key).toEqual(key)
  })

  test('lists are split at commas', () => {
    const { server, models } = parseConfiguration({
      GRAPHLOOM_ALLOWED_HOSTS: 'a.example,b.example:8080 , [::1]',
      GRAPHLOOM_PRELOAD_MODELS: 'all-MiniLM-L6-v2, SmolLM2-135M-Instruct@latest',
    })
    expect(server.allowedHosts).toEqual(['a.example', 'b.example:8080', '[::1]'])
    expect(models.preload).toEqual(['all-MiniLM-L6-v2', 'SmolLM2-135M-Instruct@latest'])
  })

  test.each([
    [{}, 'https://huggingface.co'],
    [{ GRAPHLOOM_HUB_URL: 'off' }, null],
    [{ GRAPHLOOM_HUB_URL: 'http://mirror.example:8080/hub/' }, 'http://mirror.example:8080/hub'],
  ])('the hub: %j is at %s', (environment, url) => {
    expect(parseConfiguration(environment).models.hub.url).toBe(url)
  })

  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/' }, 'http://localhost:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/t' }, 'http://b/t'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', OTEL_SDK_DISABLED: 'true' }, null],
  ])('traces: %j go to %s', (environment, tracesUrl) => {
    expect(parseConfiguration(environment).telemetry.tracesUrl).toBe(tracesUrl)
  })

  test('every number takes the ends of its range and nothing beyond', () => {
    for (const { name, allowed, parse } of VARIABLES) {
      const [, least, most] = /^a whole number from (\d+) to (\d+)$/.exec(allowed) ?? []
      if (least === undefined || most === undefined) continue
      expect(parse(least), name).toBe(Number(least))
      expect(parse(most), name).toBe(Number(most))
      expect(parse(String(Number(most) + 1)), name).toBeUndefined()
      expect(parse(String(Number(least) - 1)), name).toBeUndefined()
    }
  })
})

describe('the table of variables', () => {
  test('docker/example.env is what the table prints (npm run config:example)', () => {
    expect(readFileSync(join(root, 'docker/example.env'), 'utf8')).toBe(printExampleEnvironment())
  })

  test('names are unique, every variable is described, defaults and examples are allowed', () => {
    expect(new Set(VARIABLES.map(({ name }) => name)).size).toBe(VARIABLES.length)
    for (const { name, description, fallback, example, parse } of VARIABLES) {
      expect(description, name).toMatch(/[.]$/)
      if (fallback !== null) expect(parse(fallback), name).toBeDefined()
      if (example !== '') expect(parse(example), name).toBeDefined()
    }
  })
})
