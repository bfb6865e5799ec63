/** What an app's domains are served with over TLS; Heroku calls it an SNI endpoint. Its private key stays in the store. */
export type Certificate = {
  id: string
  appId: string
  name: string
  /** PEM: the leaf, then who issued it, and so on. */
  chain: string
  /** Host names it is for, in lower case; some begin with `*.`. */
  names: string[]
  subject: string
  issuer: string
  startsAt: Date
  expiresAt: Date
  selfSigned: boolean
  /** An authority that this machine trusts stands at the end of the chain. */
  caSigned: boolean
  createdAt: Date
  updatedAt: Date
}

export const MOST_CERTIFICATES = 100

/** RFC 6125 6.4.3: a `*` stands for one label, the first. */
export const isForHost = (names: readonly string[], hostname: string): boolean =>
  names.includes(hostname) || names.includes(`*${hostname.slice(hostname.indexOf('.'))}`)
