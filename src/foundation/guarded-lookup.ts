import { lookup as lookUp, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { config } from '#/foundation/config.ts'
import { isPublicAddress } from '#/foundation/public-address.ts'

/** True if the platform may connect to this address of a host, for a user: it is public, or the operator has named the host. */
const isReachable = (host: string, address: string, privateHosts: readonly string[]): boolean =>
  privateHosts.includes(host) || isPublicAddress(address)

/** Hosts, and addresses, that tarballs may come from though they are not public. */
export const privateSourceHosts = (): string[] => hostsIn(config.privateSourceHosts)
/** As many that log drains may lead to. */
export const privateDrainHosts = (): string[] => hostsIn(config.privateDrainHosts)

/** As many that webhooks may go to, also without TLS. */
export const privateWebhookHosts = (): string[] => hostsIn(config.privateWebhookHosts)

const hostsIn = (text: string): string[] =>
  text.split(',').map((host) => bareHost(host.trim().toLowerCase()))

/** Of a URL: an IPv6 address without its brackets. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** False of a URL whose host is an address that may not be connected to: no name is looked up for one. */
export const isHostReachable = (host: string, privateHosts: readonly string[]): boolean =>
  isIP(host) === 0 || isReachable(host, host, privateHosts)

/** The connection goes to the very address that was judged: a name is not resolved a second time. */
export const guardedLookup =
  (privateHosts: readonly string[]): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0]
      if (error || !first) return callback(error ?? new Error('no address'), [])
      if (!addresses.every(({ address }) => isReachable(hostname, address, privateHosts)))
        return callback(new Error(`${hostname} is not a public address`), [])
      if (options.all) return callback(null, addresses)
      return callback(null, ...pair(first))
    })
  }

const pair = ({ address, family }: LookupAddress): [string, number] => [address, family]
