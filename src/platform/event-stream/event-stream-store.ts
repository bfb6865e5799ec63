import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Change } from './change.ts'

/** Transactions commit out of the order of their numbers, so a reader looks back this far for what came late. */
const LOOK_BACK_SECONDS = 60

export type SeenEvent = Change & { id: string }

/** What happened lately to what the actor may see: its apps, also those that are gone, its teams', and itself. */
export const listLateEvents = async (db: Db, actor: Actor): Promise<SeenEvent[]> => {
  const found = await db
    .selectFrom('events')
    .select(['events.id', 'events.appId', 'events.pipelineId', 'events.resource', 'events.action'])
    .where('events.occurredAt', '>', sql<Date>`now() - make_interval(secs => ${LOOK_BACK_SECONDS})`)
    .where('events.action', '<>', 'refuse')
    .where((eb) =>
      eb.or([
        eb('events.actorAccountId', '=', actor.accountId),
        eb.exists(
          eb
            .selectFrom('apps')
            .select('apps.id')
            .whereRef('apps.id', '=', 'events.appId')
            .where(mayOnApp(actor, 'view')),
        ),
        eb.and([
          eb('events.appId', 'is', null),
          eb.exists(
            eb
              .selectFrom('teamMembers')
              .select('teamMembers.teamId')
              .whereRef('teamMembers.teamId', '=', 'events.teamId')
              .where('teamMembers.accountId', '=', actor.accountId),
          ),
        ]),
      ]),
    )
    .orderBy('events.id')
    .limit(1000)
    .execute()
  return found.map((event) => ({ ...event, id: String(event.id) }))
}

/** Those of the apps that the actor may see. */
export const onlyVisibleApps = async (db: Db, actor: Actor, ids: string[]): Promise<string[]> =>
  (
    await db
      .selectFrom('apps')
      .select('apps.id')
      .where('apps.id', 'in', ids)
      .where(mayOnApp(actor, 'view'))
      .execute()
  ).map(({ id }) => id)

export const findAppOfBuild = async (db: Db, buildId: string): Promise<string | undefined> =>
  (
    await db
      .selectFrom('builds')
      .select('builds.appId')
      .where('builds.id', '=', buildId)
      .executeTakeFirst()
  )?.appId

/** Whether the session that the actor came with, if with one, is still there. */
export const hasSession = async (db: Db, { sessionId }: Actor): Promise<boolean> =>
  sessionId === undefined ||
  (await db
    .selectFrom('webSessions')
    .select('id')
    .where('id', '=', sessionId)
    .where('expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst()) !== undefined
