import { ADDRCONFIG } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'

/** Every address of a host name, at least one; rejects when it has none or the signal aborts. */
export type ResolveHost = (hostname: string, signal: AbortSignal) => Promise<readonly string[]>

const QUERY_TIMEOUT_MS = 2_000
const QUERY_TRIES = 2
const LOCALHOST = /^(.+\.)?localhost\.?$/i

/**
 * Asks DNS, as names of users are: the system's own look-up holds a thread of the process for as long as a name's server
 * pleases, and cannot be ended. Names of this machine need no server (RFC 6761).
 * @param servers addresses of DNS servers with ports; those of the system when left out
 */
export const createHostResolver =
  (servers?: readonly string[]): ResolveHost =>
  async (hostname, signal) => {
    if (LOCALHOST.test(hostname)) return ['127.0.0.1', '::1']
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES })
    if (servers) resolver.setServers(servers)
    const cancel = (): void => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      const failure = answers.find((answer) => answer.status === 'rejected')
      if (addresses.length === 0) throw failure?.reason ?? new Error('no address')
      return addresses
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

/** As the system finds a name, its own files and search domains included: for names that an administrator chose. */
export const resolveBySystem: ResolveHost = async (hostname) =>
  (await lookup(hostname.replace(/\.$/, ''), { all: true, hints: ADDRCONFIG })).map(({ address }) => address)
