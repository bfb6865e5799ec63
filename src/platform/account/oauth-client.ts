/** A program that people may authorize to act for them. Its secret is shown when it is made; only its hash is kept. */
export type OauthClient = {
  id: string
  name: string
  redirectUri: string
  secretHint: string
  createdAt: Date
  updatedAt: Date
}

export const MOST_OAUTH_CLIENTS = 100

/** Why people's browsers may not be sent there, or undefined if they may: over TLS, or to the same machine. */
export const problemOfRedirectUri = (text: string): string | undefined => {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return 'redirect_uri must be a URL.'
  const { protocol, hostname, username, password, hash } = new URL(text)
  if (username || password || hash || /[\s\\<>"'`]/.test(text))
    return 'redirect_uri may hold neither a user, nor a fragment, nor characters that must be encoded.'
  if (protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost')) return undefined
  return 'redirect_uri must begin with https://, or with http://localhost.'
}
