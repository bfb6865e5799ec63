import { transaction } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { insertEvent } from '#/platform/event/event-store.ts'
import type { Platform } from '#/platform/platform.ts'
import { account, route } from '#/platform/route.ts'
import { deleteSession, listSessions, type Session } from './session-store.ts'
import { presentSession } from './sign-in-schema.ts'

/** @param ref an id, or `~` for the one that the request itself comes with. */
const revokeSession = ({ db }: Pick<Platform, 'db'>, actor: Actor, ref: string): Promise<Session> =>
  transaction(db, async (tx) => {
    const ended = await deleteSession(tx, actor, ref === '~' ? (actor.sessionId ?? '') : ref)
    if (!ended) throw notFound('session')
    await insertEvent(tx, actor, {
      resource: 'session',
      resourceId: ended.id,
      action: 'destroy',
      before: { userAgent: ended.userAgent },
    })
    return ended
  })

export const sessionRoutes = [
  route({
    method: 'GET',
    path: '/oauth/sessions',
    access: account,
    handle: async ({ platform, actor }) =>
      (await listSessions(platform.db, actor)).map(presentSession),
  }),
  route({
    method: 'DELETE',
    path: '/oauth/sessions/:session',
    access: account,
    handle: async ({ platform, actor, params }) =>
      presentSession(await revokeSession(platform, actor, params.session)),
  }),
]
