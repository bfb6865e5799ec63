const NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?\.?$/i
const BRACKETED = /^\[[0-9a-f:.]+\]$/i
const PORT = /^\d{1,5}$/

/** Lately asked for; to take a name apart costs a regular expression or two, to look it up does not. */
const known = new Map<string, string>()
const KNOWN_LIMIT = 10_000

/** The host in `authority` (`Host` header, or of an absolute URI) as routes name it: lower case, no port, no last dot. Undefined: malformed. */
export const hostOf = (authority: string): string | undefined => {
  const host = known.get(authority)
  if (host !== undefined) return host
  if (known.size >= KNOWN_LIMIT) known.clear()
  const parsed = parse(authority)
  // A copy: what was cut from a head would keep all of the head in memory.
  if (parsed !== undefined) known.set(Buffer.from(authority).toString(), parsed)
  return parsed
}

const parse = (authority: string): string | undefined => {
  const colon = authority.lastIndexOf(':')
  const hasPort = colon > authority.lastIndexOf(']')
  const host = hasPort ? authority.slice(0, colon) : authority
  if (hasPort && !PORT.test(authority.slice(colon + 1))) return undefined
  if (host.length > 255 || !(NAME.test(host) || BRACKETED.test(host))) return undefined
  return (host.endsWith('.') ? host.slice(0, -1) : host).toLowerCase()
}
