import { isIP } from 'node:net'
import { bareHost } from '#/foundation/guarded-lookup.ts'

export type LogDrain = {
  id: string
  appId: string
  /** `d.<uuid>`: what the receiver knows the drain by. */
  token: string
  /** May hold a password or a token: for those who may read config vars. */
  url: string
  createdAt: Date
  updatedAt: Date
}

export const MOST_DRAINS = 10

/** What a part of a URL's path may hold, where a drain is named by its URL. */
const LIMIT_CHARACTERS = 450

const DEFAULT_PORTS: Record<string, number> = {
  'https:': 443,
  'syslog:': 514,
  'syslog+tls:': 6514,
}

/** Where a drain's URL leads: HTTPS posts, or syslog over TCP or TLS. */
export type DrainTarget = {
  kind: 'https' | 'syslog' | 'syslog+tls'
  host: string
  port: number
}

/** Undefined if it is not the URL of a drain. */
export const drainTargetOf = (text: string): DrainTarget | undefined => {
  const url = URL.parse(text)
  const fallback = DEFAULT_PORTS[url?.protocol ?? '']
  if (!url || fallback === undefined || text.length > LIMIT_CHARACTERS) return undefined
  const host = bareHost(url.hostname).toLowerCase()
  if (!HOST.test(host) && isIP(host) === 0) return undefined
  const kind = url.protocol.slice(0, -1) as DrainTarget['kind']
  return { kind, host, port: url.port === '' ? fallback : Number(url.port) }
}

const HOST = /^[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9])?$/

/** What may be told to everybody: neither credentials, nor a path or query that may be some. */
export const describeDrainUrl = (text: string): string => {
  const target = drainTargetOf(text)
  return target ? `${target.kind}://${target.host}:${target.port}` : 'a drain'
}
