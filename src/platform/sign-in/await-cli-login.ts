import { transaction } from '#/foundation/db.ts'
import { createAuthorization } from '#/platform/account/create-authorization.ts'
import type { Platform } from '#/platform/platform.ts'
import type { Origin } from './check-credentials.ts'
import { findCliLogin, finish } from './cli-login-store.ts'

type Needs = Pick<Platform, 'db' | 'notifications'>

/** The CLI gives up after sixty seconds without a byte; blanks before JSON mean nothing. */
const SIGN_OF_LIFE_MS = 20_000
const TOKEN_SECONDS = 30 * 24 * 3600

/** Blanks until somebody has decided, then the CLI's answer as JSON: a token, or why there is none. */
export async function* awaitCliLogin(
  needs: Needs,
  { id, secret }: { id: string; secret: string },
  origin: Origin,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const news = listen(needs, id, signal)
  try {
    yield ' ' // so that headers are sent at once
    for (;;) {
      const login = await findCliLogin(needs.db, id, secret)
      if (signal.aborted) return
      if (!login || login.expiresAt.getTime() <= Date.now())
        return yield answer({ error: 'Nobody has approved this login in time.' })
      if (login.state === 'denied') return yield answer({ error: 'This login was denied.' })
      if (login.state !== 'waiting') return yield answer(await takeToken(needs, id, origin))
      await news.next(Math.min(SIGN_OF_LIFE_MS, login.expiresAt.getTime() - Date.now() + 10))
      yield ' '
    }
  } finally {
    news.stop()
  }
}

const answer = (value: { access_token: string } | { error: string }): string =>
  JSON.stringify(value)

/** The token is made when it is fetched, and so never lies anywhere. */
const takeToken = (
  { db }: Needs,
  id: string,
  origin: Origin,
): Promise<{ access_token: string } | { error: string }> =>
  transaction(db, async (tx) => {
    const approved = await finish(tx, id)
    if (!approved) return { error: 'The token of this login has been fetched already.' }
    const { accountId, email: name, description } = approved
    const actor = { accountId, name, authorizationId: null, ...origin }
    const { token } = await createAuthorization({ db: tx }, actor, {
      description,
      expires_in: TOKEN_SECONDS,
    })
    return { access_token: token }
  })

/** `next` resolves at the next change of that login, after the time given, or when nobody waits any more. */
const listen = ({ notifications }: Needs, id: string, signal: AbortSignal) => {
  let isNews = false
  let wake = (): void => {}
  const stop = notifications.subscribe('cli_login_changed', (changed) => {
    if (changed !== undefined && changed !== id) return
    isNews = true
    wake()
  })
  const gone = (): void => wake()
  signal.addEventListener('abort', gone)
  return {
    next: async (ms: number): Promise<void> => {
      if (!isNews && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      isNews = false
    },
    stop: (): void => {
      stop()
      signal.removeEventListener('abort', gone)
    },
  }
}
