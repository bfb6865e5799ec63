import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { AppRoute, DynoCounters, RouteDyno } from './route-feed.ts'

export type RouteFeedRow = AppRoute & { gone: boolean }

/**
 * The routes of all apps, or of those that changed after `since`, and the number up to which they are known. It is read
 * first: rows may be newer than it says, and then they come once more.
 */
export const readRouteFeed = async (
  db: Db,
  since: number | undefined,
): Promise<{ number: number; rows: RouteFeedRow[] }> => {
  const { number } = await db
    .selectFrom('feeds')
    .select('number')
    .where('name', '=', 'routes')
    .executeTakeFirstOrThrow()
  const rows = await db
    .selectFrom('apps')
    .innerJoin('appRoutes', 'appRoutes.appId', 'apps.id')
    .leftJoin('appTraffic', 'appTraffic.appId', 'apps.id')
    .leftJoin('configSnapshots', 'configSnapshots.id', 'apps.configSnapshotId')
    .select((eb) => [
      'apps.id',
      'apps.name as appName',
      'apps.maintenance',
      'configSnapshots.errorPageUrl',
      'configSnapshots.maintenancePageUrl',
      'appTraffic.httpsOnly',
      'appTraffic.requestLimit',
      'appTraffic.drainLimitMs as drainMs',
      'appTraffic.authSalt',
      'appTraffic.authHash',
      eb
        .exists(
          eb
            .selectFrom('appFeatures')
            .select('appFeatures.name')
            .whereRef('appFeatures.appId', '=', 'apps.id')
            .where('appFeatures.name', '=', 'http-session-affinity')
            .where('appFeatures.enabled', '=', true),
        )
        .as('hasAffinity'),
      sql<boolean>`apps.destroyed_at is not null`.as('gone'),
      eb
        .selectFrom('domains')
        .whereRef('domains.appId', '=', 'apps.id')
        .select(sql<string[]>`coalesce(array_agg(hostname order by hostname), '{}')`.as('hosts'))
        .as('hosts'),
      eb
        .exists(
          eb
            .selectFrom('releases')
            .select('releases.id')
            .whereRef('releases.appId', '=', 'apps.id')
            .where('releases.current', '=', true)
            .where('releases.slugId', 'is not', null),
        )
        .as('hasRelease'),
      eb
        .exists(
          eb
            .selectFrom('dynos')
            .select('dynos.id')
            .whereRef('dynos.appId', '=', 'apps.id')
            .where('dynos.type', '=', 'web')
            .where('dynos.state', '=', 'crashed')
            .where('dynos.stoppedAt', 'is', null)
            .where('dynos.retiredAt', 'is', null),
        )
        .as('crashed'),
      routableDynos.as('dynos'),
      isStarting.as('isStarting'),
    ])
    .where('appRoutes.feedNumber', '>', since ?? -1)
    .where((eb) => (since === undefined ? eb('apps.destroyedAt', 'is', null) : eb.val(true)))
    .execute()
  return {
    number,
    rows: rows.map((row) => ({
      id: row.id,
      appName: row.appName,
      gone: row.gone,
      hosts: row.hosts ?? [],
      maintenance: row.maintenance,
      hasRelease: Boolean(row.hasRelease),
      crashed: Boolean(row.crashed),
      dynos: row.dynos,
      ...(row.isStarting ? { isStarting: true } : {}),
      ...(row.errorPageUrl === null ? {} : { errorPageUrl: row.errorPageUrl }),
      ...(row.maintenancePageUrl === null ? {} : { maintenancePageUrl: row.maintenancePageUrl }),
      ...(row.httpsOnly ? { httpsOnly: true } : {}),
      ...(row.hasAffinity ? { hasAffinity: true } : {}),
      ...(row.requestLimit === null ? {} : { requestLimit: row.requestLimit }),
      ...(row.drainMs === null ? {} : { drainMs: row.drainMs }),
      ...(row.authSalt === null || row.authHash === null
        ? {}
        : { auth: { salt: row.authSalt, hash: row.authHash } }),
    })),
  }
}

/** `stopped_at is null`, which is true of all of them, is what the index of an app's dynos is made for. */
const routableDynos = sql<RouteDyno[]>`(
  select coalesce(json_agg(json_build_object(
    'id', d.id, 'name', d.type || '.' || d.number, 'host', d.host, 'port', d.port,
    'releaseVersion', r.version, 'deployId', d.deploy_id, 'weight', d.weight) order by d.number), '[]'::json)
  from dynos d join releases r on r.id = d.release_id
  where d.app_id = apps.id and d.stopped_at is null and d.routable and d.port is not null)`

/**
 * No dyno takes requests, but one is wanted that has not failed, or a deploy has stopped the old dynos and will want new
 * ones (or the old again). The tables' triggers tell routers when this changes.
 */
const isStarting = sql<boolean>`(
  not exists (select from dynos d where d.app_id = apps.id and d.stopped_at is null and d.routable)
  and (
    exists (select from dynos d where d.app_id = apps.id and d.stopped_at is null and d.kind = 'kept'
      and d.type = 'web' and d.wanted and d.retired_at is null and d.state in ('starting', 'up'))
    or exists (select from deploys p where p.app_id = apps.id and p.status = 'running' and stopped_first(p.steps)
      and exists (select from formations f where f.app_id = apps.id and f.type = 'web' and f.quantity > 0))
  ))`

/** Replaces what this router had counted for these dynos. */
export const upsertDynoRequests = async (
  tx: Db,
  router: string,
  counters: DynoCounters[],
): Promise<void> => {
  for (const { dynoId, served, drained, failed, longestMs, longestDrainedMs = 0 } of counters)
    await sql`insert into dyno_requests (dyno_id, router, served, drained, failed, longest_ms, longest_drained_ms)
      select id, ${router}, ${served}, ${drained}, ${failed}, ${Math.round(longestMs)}, ${Math.round(longestDrainedMs)}
      from dynos where id = ${dynoId}
      on conflict (dyno_id, router) do update set served = excluded.served, drained = excluded.drained,
        failed = excluded.failed, longest_ms = excluded.longest_ms,
        longest_drained_ms = excluded.longest_drained_ms`.execute(tx)
}

const KEEP_GONE = '1 day'

/** This router has told all that it had counted, and is no more. */
export const insertGoneRouter = async (db: Db, id: string): Promise<void> => {
  await sql`delete from routers_gone where at < now() - ${KEEP_GONE}::interval`.execute(db)
  await sql`delete from routers_seen where at < now() - ${KEEP_GONE}::interval`.execute(db)
  await sql`insert into routers_gone (id) values (${id}) on conflict do nothing`.execute(db)
}

/** Of one that has not applied anything yet, as far as this server knows. */
export const insertFollower = async (
  db: Db,
  server: string,
  follower: { feed: string; id: string },
): Promise<void> => {
  await db
    .insertInto('followers')
    .values({ ...follower, server })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const upsertFollower = async (
  db: Db,
  server: string,
  follower: { feed: string; id: string; appliedNumber: number },
): Promise<void> => {
  await db
    .insertInto('followers')
    .values({ ...follower, server })
    .onConflict((conflict) =>
      conflict
        .columns(['feed', 'id'])
        .doUpdateSet({ appliedNumber: follower.appliedNumber, server }),
    )
    .execute()
}

export const deleteFollower = async (
  db: Db,
  server: string,
  follower: { feed: string; id: string },
): Promise<void> => {
  await db
    .deleteFrom('followers')
    .where('feed', '=', follower.feed)
    .where('id', '=', follower.id)
    .where('server', '=', server)
    .execute()
}

/** True while some router follows the routes. */
export const isRouterConnected = async (db: Db): Promise<boolean> =>
  (await db
    .selectFrom('followers')
    .select('id')
    .where('feed', '=', 'routes')
    .limit(1)
    .executeTakeFirst()) !== undefined
