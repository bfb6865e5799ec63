import { ApiError } from '#/foundation/errors.ts'
import { waitFor } from '#/foundation/notifications.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Platform } from '#/platform/platform.ts'
import { isLive } from './authorization-store.ts'

type Needs = Pick<Platform, 'db' | 'notifications'>

/** For what time alone takes away: a token or a URL that expires. */
const LOOK_ANYWAY_MS = 5_000

/**
 * For whatever stays open: a signal that is aborted when the reader is `gone`, and within a second of their losing
 * what let them in. Two things take it away:
 * - `check` throws an answer of the API: a role, a grant, a lock or an owner has changed, or a signed URL has expired;
 * - the actor's authorization lives no more: its token was revoked or has expired (`isLive`).
 * It looks when the database says `access_changed`. A table that has a say in who may do what needs that trigger
 * (see migrations/0008-permissions.sql). A database that does not answer takes nothing away.
 */
export const watchAccess = (
  { db, notifications }: Needs,
  actor: Actor,
  check: () => Promise<unknown>,
  gone: AbortSignal,
): AbortSignal => {
  const lost = new AbortController()
  waitFor({
    notifications,
    channel: 'access_changed',
    check: async () => ((await isAllowed({ db }, actor, check)) ? undefined : true),
    limitMs: Infinity,
    lookAnywayMs: LOOK_ANYWAY_MS,
    signal: gone,
  }).then(
    () => lost.abort(),
    () => {}, // they are gone
  )
  return AbortSignal.any([gone, lost.signal])
}

/** Whether the actor may (still) do it: `check` passes, and what they signed in with is good. */
export const isAllowed = async (
  { db }: Pick<Needs, 'db'>,
  actor: Actor,
  check: () => Promise<unknown>,
): Promise<boolean> => {
  try {
    if (!(await isLive(db, actor))) return false
    await check()
    return true
  } catch (error) {
    return !(error instanceof ApiError)
  }
}
