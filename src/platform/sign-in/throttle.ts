/**
 * How often one may try. What attempts have in common counts: the address they come from, the account they are for,
 * and both together. After some free tries the waiting time doubles up to a limit; nobody is locked out for ever.
 */
export type Subject = 'address' | 'account' | 'both'

const RULES: Record<Subject, { free: number; longestSeconds: number }> = {
  both: { free: 5, longestSeconds: 15 * 60 },
  // Many people may sit behind one address.
  address: { free: 30, longestSeconds: 15 * 60 },
  // From everywhere at once. Addresses that the account has signed in from are not held up by it.
  account: { free: 20, longestSeconds: 60 },
}

/** Seconds to wait after so many attempts in a row. */
export const waitAfter = (subject: Subject, attempts: number): number => {
  const { free, longestSeconds } = RULES[subject]
  return attempts <= free ? 0 : Math.min(longestSeconds, 2 ** Math.min(attempts - free, 20))
}

/** The network of an address: the whole of an IPv4 address, and of IPv6 what one customer is given. */
export const networkOf = (address: string | null): string => {
  const plain = (address ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const given = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - given.length - after.length) }, () => '0')
  const groups = tail === undefined ? given : [...given, ...zeros, ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
