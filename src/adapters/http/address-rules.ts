import { BlockList, isIP } from 'node:net'
import { parseAllowedAddress } from '../../kernel/allowed-address.js'
import { GraphloomError } from '../../kernel/errors.js'
import { isSpecialAddress } from './special-addresses.js'

/** Which addresses may be connected to: public ones, and what is allowed beside them. */
export class AddressRules {
  readonly #hosts = new Set<string>()
  readonly #blocks = { ipv4: new BlockList(), ipv6: new BlockList() }

  constructor(allowed: readonly string[]) {
    for (const text of allowed) {
      const found = parseAllowedAddress(text)
      if (!found) throw new Error(`"${text}" is neither a block of addresses nor a host name.`)
      if (found.kind === 'host') this.#hosts.add(found.host)
      else this.#blocks[found.family].addSubnet(found.address, found.prefix, found.family)
    }
  }

  /** Whether a name is allowed whatever it leads to. */
  isAllowedHost(hostname: string): boolean {
    return this.#hosts.has(hostname.toLowerCase().replace(/\.$/, ''))
  }

  isAllowedAddress(address: string): boolean {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (isIP(address) !== 0 && !address.includes('%') && this.#blocks[family].check(address, family)) return true
    return !isSpecialAddress(address)
  }
}

/** The same for every refused address, whatever is there. */
export const refusedAddress = (hostname: string): GraphloomError =>
  new GraphloomError('FORBIDDEN', `"${hostname}" is not called: it does not lead to a public address.`)
