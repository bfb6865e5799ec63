import { networkOf } from '#/platform/sign-in/throttle.ts'

export type ConnectionLimits = {
  /** At once, from everywhere. */
  total: number
  /** At once from one address, or one network of IPv6; from this machine, where proxies are, as many as in all. */
  perAddress: number
}

/** Who is connected, counted, so that nobody can take all the places. */
export type ConnectionCount = {
  /** False if there is no place for it. */
  enter: (address: string) => boolean
  leave: (address: string) => void
}

export const countConnections = ({ total, perAddress }: ConnectionLimits): ConnectionCount => {
  const from = new Map<string, number>()
  let all = 0
  return {
    enter: (address) => {
      const network = networkOf(address)
      const count = from.get(network) ?? 0
      if (all >= total || count >= (isThisMachine(network) ? total : perAddress)) return false
      from.set(network, count + 1)
      all += 1
      return true
    },
    leave: (address) => {
      const network = networkOf(address)
      const count = (from.get(network) ?? 1) - 1
      if (count > 0) from.set(network, count)
      else from.delete(network)
      all -= 1
    },
  }
}

const isThisMachine = (network: string): boolean =>
  network.startsWith('127.') || network === networkOf('::1')
