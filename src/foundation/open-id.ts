import * as client from 'openid-client'

/** A provider of identities that the operator trusts. */
export type OpenIdSettings = {
  /** What people know it by. */
  name: string
  issuer: string
  clientId: string
  clientSecret: string
  /** Nobody signs in by password. */
  isOnly: boolean
}

/** What must be the same when the browser comes back. */
export type OpenIdAttempt = { state: string; nonce: string; verifier: string }

export type OpenIdIdentity = {
  issuer: string
  subject: string
  email: string | undefined
  isEmailVerified: boolean
  /** When it asked them to prove who they are. */
  signedInAt: Date
}

const LIMIT_SECONDS = 10
const LONGEST_SIGN_IN_SECONDS = 14 * 86_400
const REMEMBERED_MS = 3_600_000

/** Where to send the browser: authorization code flow with PKCE. */
export const beginOpenId = async (
  settings: OpenIdSettings,
  redirectUri: string,
  { isAgain }: { isAgain: boolean },
): Promise<{ url: string; attempt: OpenIdAttempt }> => {
  const attempt = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  }
  const url = client.buildAuthorizationUrl(await discover(settings), {
    redirect_uri: redirectUri,
    scope: 'openid email',
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    // Asked for so that the answer says when the person last proved who they are (OpenID Connect Core 3.1.2.1).
    max_age: String(isAgain ? 0 : LONGEST_SIGN_IN_SECONDS),
    ...(isAgain ? { prompt: 'login' } : {}),
  })
  return { url: url.href, attempt }
}

/** Who has come back. @throws if the provider says no, or anything does not fit together */
export const finishOpenId = async (
  settings: OpenIdSettings,
  url: URL,
  { state, nonce, verifier }: OpenIdAttempt,
): Promise<OpenIdIdentity> => {
  const provider = await discover(settings)
  const tokens = await client.authorizationCodeGrant(provider, url, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims) throw new Error('The provider sent no ID token.')
  const told =
    claims['email'] === undefined
      ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
      : claims
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: typeof told['email'] === 'string' ? told['email'] : undefined,
    isEmailVerified: told['email_verified'] === true,
    signedInAt: signedInAtOf(claims, provider),
  }
}

/**
 * A provider that can tell must: whoever has only somebody's browser could otherwise leave out the question. Of one that
 * cannot, as Google's, the answer itself counts.
 */
const signedInAtOf = (claims: client.IDToken, provider: client.Configuration): Date => {
  if (claims.auth_time !== undefined) return new Date(claims.auth_time * 1000)
  if (provider.serverMetadata().claims_supported?.includes('auth_time'))
    throw new Error('The provider did not say when it asked for a sign-in.')
  return new Date()
}

const known = new Map<string, { at: number; provider: Promise<client.Configuration> }>()

/** What the provider publishes of itself, remembered for an hour. */
const discover = async (settings: OpenIdSettings): Promise<client.Configuration> => {
  const key = JSON.stringify(settings)
  const found = known.get(key)
  if (found && Date.now() - found.at < REMEMBERED_MS) return found.provider
  const { issuer, clientId, clientSecret } = settings
  const url = new URL(issuer)
  const isHere = ['localhost', '127.0.0.1'].includes(url.hostname)
  const provider = client.discovery(url, clientId, clientSecret, undefined, {
    timeout: LIMIT_SECONDS,
    execute: isHere ? [client.allowInsecureRequests] : [],
  })
  known.set(key, { at: Date.now(), provider })
  provider.catch(() => known.delete(key))
  return provider
}
