import { BlockList, isIP } from 'node:net'

/** IANA's registry of special-purpose IPv4 addresses, multicast, what is reserved, and one address of a platform. */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by carriers' customers
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // the platform below virtual machines of Azure
  ['169.254.0.0', 16], // link-local, with the metadata of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // automatic multicast tunneling
  ['192.88.99.0', 24], // relays of 6to4
  ['192.168.0.0', 16], // private
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarking
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const

/**
 * What is not in here is not public: loopback, unique local, link-local, multicast, IPv4-mapped, IPv4 behind NAT64,
 * discard-only and segment routing lie outside.
 */
const GLOBAL_UNICAST = ['2000::', 3] as const

/** Of global unicast, what IANA's registry of special-purpose IPv6 addresses has. */
const SPECIAL_IPV6 = [
  ['2001::', 23], // protocol assignments: Teredo, ORCHID, benchmarking and others
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // IPv4 behind 6to4
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
] as const

// A list for each family: one list would find IPv4 addresses in blocks of IPv6, and the other way round.
const specialIpv4 = new BlockList()
for (const [address, prefix] of SPECIAL_IPV4) specialIpv4.addSubnet(address, prefix, 'ipv4')
const globalUnicast = new BlockList()
globalUnicast.addSubnet(...GLOBAL_UNICAST, 'ipv6')
const specialIpv6 = new BlockList()
for (const [address, prefix] of SPECIAL_IPV6) specialIpv6.addSubnet(address, prefix, 'ipv6')

/** Whether an address is anything but a public one that a single host has. */
export function isSpecialAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return specialIpv4.check(address, 'ipv4')
  if (family === 0 || address.includes('%')) return true
  return !globalUnicast.check(address, 'ipv6') || specialIpv6.check(address, 'ipv6')
}
