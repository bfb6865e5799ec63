import { BlockList, isIP } from 'node:net'

/**
 * Ranges that no user may make the platform connect to: this host, its networks, a cloud's metadata service.
 * From the IANA registries of special-purpose addresses.
 */
const SPECIAL_IPV4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Of IPv6 only global unicast is public, and of it not what carries an IPv4 address or is for documents. */
const PUBLIC_IPV6: [string, number] = ['2000::', 3]
const SPECIAL_IPV6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const special4 = new BlockList()
for (const [network, bits] of SPECIAL_IPV4) special4.addSubnet(network, bits, 'ipv4')
const special6 = new BlockList()
for (const [network, bits] of SPECIAL_IPV6) special6.addSubnet(network, bits, 'ipv6')
const public6 = new BlockList()
public6.addSubnet(...PUBLIC_IPV6, 'ipv6')

/** @param address as a socket says it, IPv4 or IPv6; anything else is not public */
export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address)
  if (family === 4) return !special4.check(address, 'ipv4')
  return family === 6 && public6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
}
