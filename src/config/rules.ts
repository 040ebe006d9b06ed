import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { parseAllowedAddress } from '../kernel/allowed-address.js'
import { toMistake, type ConfigurationMistake } from './mistakes.js'
import { VARIABLES } from './table.js'

type Values = ReadonlyMap<string, unknown>
type Report = (name: string, problem: string) => void

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/
const JWT_KEYS = ['GRAPHLOOM_JWT_SECRET', 'GRAPHLOOM_JWT_PUBLIC_KEY_FILE', 'GRAPHLOOM_JWT_JWKS']
const CHOICE_OF_KEYS = JWT_KEYS.join(', ')

/**
 * What is wrong with variables that are fine by themselves: together, or with the files that they name.
 * @param given what is set, as it stands in the environment
 * @param values what is set and allowed, with the defaults of the rest
 */
export function listRuleMistakes(given: ReadonlyMap<string, string>, values: Values): ConfigurationMistake[] {
  const mistakes: ConfigurationMistake[] = []
  const report: Report = (name, problem) => {
    const variable = VARIABLES.find((candidate) => candidate.name === name)
    if (variable) mistakes.push(toMistake(variable, given.get(name) ?? null, problem))
  }
  const keys = JWT_KEYS.filter((name) => given.has(name))
  checkKeys(keys, given, report)
  checkHost(keys, values, report)
  checkAlgorithms(keys, values, report)
  checkKeyFiles(values, report)
  checkFolders(values, report)
  checkAllowedAddresses(values, report)
  checkWorkerSecret(values, report)
  return mistakes
}

function checkKeys(keys: readonly string[], given: ReadonlyMap<string, string>, report: Report): void {
  for (const name of keys.slice(1)) report(name, `cannot be set together with ${keys[0]}; choose one source of keys`)
  if (keys.length > 0) return
  const unused = [...given.keys()].filter((name) => name.startsWith('GRAPHLOOM_JWT_'))
  for (const name of unused) report(name, `has no effect without one of ${CHOICE_OF_KEYS}`)
}

function checkHost(keys: readonly string[], values: Values, report: Report): void {
  const host = values.get('GRAPHLOOM_HOST')
  if (keys.length === 0 && typeof host === 'string' && !LOOPBACK.test(host))
    report('GRAPHLOOM_HOST', `needs authentication unless it is a loopback address; set one of ${CHOICE_OF_KEYS}`)
}

function checkAlgorithms(keys: readonly string[], values: Values, report: Report): void {
  const algorithms = (values.get('GRAPHLOOM_JWT_ALGORITHMS') ?? []) as readonly string[]
  const symmetric = keys[0] === 'GRAPHLOOM_JWT_SECRET'
  const misfit = algorithms.find((algorithm) => algorithm.startsWith('HS') !== symmetric)
  if (keys.length > 0 && misfit !== undefined)
    report('GRAPHLOOM_JWT_ALGORITHMS', `${misfit} does not fit the kind of key in ${keys[0]}`)
}

function checkKeyFiles(values: Values, report: Report): void {
  const pem = values.get('GRAPHLOOM_JWT_PUBLIC_KEY_FILE')
  const jwks = values.get('GRAPHLOOM_JWT_JWKS')
  if (typeof pem === 'string') {
    const problem = problemOfPem(pem, (values.get('GRAPHLOOM_JWT_ALGORITHMS') ?? []) as readonly string[])
    if (problem !== null) report('GRAPHLOOM_JWT_PUBLIC_KEY_FILE', problem)
  }
  if (typeof jwks === 'string') {
    const problem = /^[a-z]+:\/\//i.test(jwks) ? problemOfUrl(jwks) : problemOfJwks(jwks)
    if (problem !== null) report('GRAPHLOOM_JWT_JWKS', problem)
  }
}

function checkFolders(values: Values, report: Report): void {
  const data = values.get('GRAPHLOOM_DATA_DIR')
  if (typeof data === 'string' && statSync(data, { throwIfNoEntry: false })?.isDirectory() === false)
    report('GRAPHLOOM_DATA_DIR', 'is a file, not a folder')
  const models = values.get('GRAPHLOOM_MODELS_DIR')
  if (typeof models === 'string' && readText(`${models}/catalogue.json`) === null)
    report('GRAPHLOOM_MODELS_DIR', 'has no catalogue.json that can be read')
  const allowed = (values.get('GRAPHLOOM_MODEL_FOLDERS') ?? []) as readonly string[]
  const missing = allowed.find((folder) => !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
  if (missing !== undefined) report('GRAPHLOOM_MODEL_FOLDERS', `there is no folder ${missing}`)
}

function checkAllowedAddresses(values: Values, report: Report): void {
  const allowed = (values.get('GRAPHLOOM_WEB_ALLOWED_ADDRESSES') ?? []) as readonly string[]
  const wrong = allowed.find((text) => parseAllowedAddress(text) === null)
  if (wrong !== undefined)
    report('GRAPHLOOM_WEB_ALLOWED_ADDRESSES', `${wrong} is neither a block of addresses nor a host name`)
}

function checkWorkerSecret(values: Values, report: Report): void {
  if (values.get('GRAPHLOOM_WORKER_ALL_TENANTS') !== true || !values.has('GRAPHLOOM_WORKER_SIGNING_SECRET')) return
  report(
    'GRAPHLOOM_WORKER_SIGNING_SECRET',
    'is of one tenant; a worker with GRAPHLOOM_WORKER_ALL_TENANTS needs GRAPHLOOM_SIGNING_SECRET',
  )
}

function problemOfPem(path: string, algorithms: readonly string[]): string | null {
  const text = readText(path)
  if (text === null) return 'there is no file here that can be read'
  if (!text.includes('-----BEGIN PUBLIC KEY-----')) return 'has no public key ("-----BEGIN PUBLIC KEY-----")'
  let key: KeyObject
  try {
    key = createPublicKey(text)
  } catch {
    return 'has a public key that cannot be decoded'
  }
  const fitting = fittingAlgorithms(key)
  if (fitting.length === 0) return `has a key of a kind that signs no tokens (${key.asymmetricKeyType ?? 'unknown'})`
  if (algorithms.length === 0 || algorithms.some((name) => fitting.includes(name))) return null
  return `has a key for ${fitting.join(', ')}, and GRAPHLOOM_JWT_ALGORITHMS allows none of these`
}

const CURVE_ALGORITHMS: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

function fittingAlgorithms({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string[] {
  if (asymmetricKeyType === 'rsa') return RSA_ALGORITHMS
  if (asymmetricKeyType === 'ed25519') return ['EdDSA']
  const curve = asymmetricKeyType === 'ec' ? CURVE_ALGORITHMS[asymmetricKeyDetails?.namedCurve ?? ''] : undefined
  return curve === undefined ? [] : [curve]
}

function problemOfJwks(path: string): string | null {
  const text = readText(path)
  if (text === null) return 'there is no file here that can be read'
  try {
    const parsed = JSON.parse(text) as { readonly keys?: unknown } | null
    if (Array.isArray(parsed?.keys) && parsed.keys.length > 0) return null
  } catch {
    // Text that is no JSON is no set of keys either.
  }
  return 'has no set of keys: JSON with "keys" that are a list'
}

function problemOfUrl(address: string): string | null {
  const url = URL.parse(address)
  const allowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname.replace(/^\[|\]$/g, '')))
  return allowed ? null : 'must be an https address (http on loopback only) or a file'
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
