import { domainToASCII } from 'node:url'
import type { PlatformSettings } from '#/platform/platform.ts'

export type Domain = {
  id: string
  appId: string
  /** Lower case, no dot at its end; names of other scripts as `xn--…`. */
  hostname: string
  /** heroku: `<app>.<domain>`, of which each app has one. custom: what people add. */
  kind: 'heroku' | 'custom'
  status: 'none' | 'pending' | 'succeeded' | 'failed'
  certificateId: string | null
  /** Null without a certificate. */
  certificateName: string | null
  createdAt: Date
  updatedAt: Date
}

export const MOST_DOMAINS = 1000

export const defaultHostname = (
  appName: string,
  { domain }: Pick<PlatformSettings, 'domain'>,
): string => `${appName}.${domain}`.toLowerCase()

const ANY = '*.'

/** A name, or `*.` and a name: all hosts one label below it. Undefined if it is neither. */
export const normalizeDomain = (text: string): string | undefined => {
  if (!text.startsWith(ANY)) return normalizeHostname(text)
  const below = normalizeHostname(text.slice(ANY.length))
  return below === undefined ? undefined : `${ANY}${below}`
}

/** What is left without the first label: of names that may be in each other's way it is the same. */
export const parentOf = (hostname: string): string => hostname.slice(hostname.indexOf('.') + 1)

export const isWildcard = (hostname: string): boolean => hostname.startsWith(ANY)

/** As names are stored and compared; undefined if this is not the name of a host. */
export const normalizeHostname = (text: string): string | undefined => {
  const ascii = NO_NAME.test(text) ? '' : domainToASCII(text.replace(/\.$/, ''))
  const labels = ascii.split('.')
  const isHost = labels.length > 1 && labels.every((label) => LABEL.test(label))
  return isHost && ascii.length <= 253 && !ONLY_DIGITS.test(labels.at(-1) ?? '') ? ascii : undefined
}

/** What ends the host in a URL, or is left out of it. */
const NO_NAME = /[\s\0/\\?#@:%[\]]/
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Then it is an address, not a name. */
const ONLY_DIGITS = /^[0-9]+$/

/** True of names that the platform gives out itself, or is reached at: nobody may take an app's name before it is there. */
export const isOfPlatform = (
  hostname: string,
  { domain, apiHost }: Pick<PlatformSettings, 'domain' | 'apiHost'>,
): boolean =>
  [domain.toLowerCase(), apiHost.toLowerCase()].some(
    (own) => hostname === own || (isWildcard(hostname) && parentOf(hostname) === parentOf(own)),
  ) || `.${hostname}`.endsWith(`.${domain.toLowerCase()}`)
