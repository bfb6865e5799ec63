import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { WantedDynoRow } from './wanted-dyno.ts'

export type DynoFeedRow = WantedDynoRow & {
  wanted: boolean
  configSnapshotId: string
  sealedEnv: string | null
}

/**
 * The dynos to run (all of them, or those that changed after `since`) and the number up to which they are known. It is
 * read first: rows may be newer than it says, and then they come once more.
 */
export const readDynoFeed = async (
  db: Db,
  since: number | undefined,
): Promise<{ number: number; rows: DynoFeedRow[] }> => {
  const { number } = await db
    .selectFrom('feeds')
    .select('number')
    .where('name', '=', 'dynos')
    .executeTakeFirstOrThrow()
  const query = db
    .selectFrom('dynos')
    .innerJoin('apps', 'apps.id', 'dynos.appId')
    .innerJoin('releases', 'releases.id', 'dynos.releaseId')
    .leftJoin('slugs', 'slugs.id', 'releases.slugId')
    .select([
      'dynos.id',
      'dynos.appId',
      'apps.name as appName',
      'apps.stack',
      'dynos.kind',
      sql<boolean>`dynos.state <> 'starting'`.as('hasStarted'),
      'dynos.type',
      'dynos.number',
      'dynos.size',
      'dynos.command',
      'slugs.digest',
      'slugs.healthPath',
      'dynos.tty',
      sql<boolean>`dynos.attach_hash is not null`.as('attached'),
      'dynos.wanted',
      'releases.configSnapshotId',
      'dynos.sealedEnv',
      marksOfApp.as('marks'),
      logsUsage.as('logsUsage'),
    ])
  const rows = await (
    since === undefined
      ? query.where('dynos.wanted', '=', true)
      : query.where('dynos.feedNumber', '>', since)
  ).execute()
  return { number, rows }
}

const marksOfApp = sql<Record<string, 'secret' | 'plain'> | null>`(
  select json_object_agg(key, mark) from config_var_marks m where m.app_id = dynos.app_id)`

const logsUsage = sql<boolean>`exists (
  select from app_features f where f.app_id = dynos.app_id and f.name = 'log-runtime-metrics' and f.enabled)`
