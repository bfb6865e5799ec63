import { lookup as lookUp, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { config } from '#/foundation/config.ts'
import { isPublicAddress } from '#/foundation/public-address.ts'

/** True if the platform may connect to this address of a host, for a user: it is public, or the operator has named the host. */
export const isReachable = (
  host: string,
  address: string,
  privateHosts: readonly string[],
): boolean => privateHosts.includes(host) || isPublicAddress(address)

/** Hosts, and addresses, that log drains may lead to though they are not public. */
export const privateDrainHosts = (): string[] =>
  config.privateDrainHosts.split(',').map((host) => host.trim().toLowerCase())

/** The connection goes to the very address that was judged: a name is not resolved a second time. */
export const guardedLookup =
  (privateHosts: readonly string[]): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0]
      if (error || !first) return callback(error ?? new Error('no address'), [])
      if (!addresses.every(({ address }) => isReachable(hostname, address, privateHosts)))
        return callback(new Error(`${hostname} is not at a public address`), [])
      if (options.all) return callback(null, addresses)
      return callback(null, ...pair(first))
    })
  }

const pair = ({ address, family }: LookupAddress): [string, number] => [address, family]
