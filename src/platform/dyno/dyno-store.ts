import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { Dyno } from './dyno.ts'
import type { DynoReport } from './engine.ts'

const COLUMNS = [
  'dynos.id',
  'dynos.appId',
  'dynos.releaseId',
  'dynos.deployId',
  'dynos.kind',
  'dynos.type',
  'dynos.number',
  'dynos.size',
  'dynos.command',
  'dynos.wanted',
  'dynos.routable',
  'dynos.state',
  'dynos.exitStatus',
  'dynos.reason',
  'dynos.restarts',
  'dynos.readyAt',
  'dynos.retiredAt',
  'dynos.drainedAt',
  'dynos.stoppedAt',
  'dynos.stateChangedAt',
  'dynos.createdAt',
] as const

export type NewDyno = Pick<
  Dyno,
  'id' | 'appId' | 'releaseId' | 'deployId' | 'kind' | 'type' | 'number' | 'size' | 'command'
> & {
  sealedEnv?: string
  tty?: { columns: number; lines: number; term: string }
  attachHash?: Buffer
}

/** Wants the dynos: the engine starts them once the transaction is through. */
export const insertDynos = async (tx: Db, actor: Actor, dynos: NewDyno[]): Promise<Dyno[]> =>
  dynos.length === 0
    ? []
    : tx
        .insertInto('dynos')
        .values(
          dynos.map(({ tty, ...dyno }) => ({
            ...dyno,
            ...(dyno.attachHash
              ? {
                  attachAccountId: actor.accountId,
                  attachAuthorizationId: actor.authorizationId,
                  attachTokenMark: actor.tokenMark ?? null,
                  attachSessionId: actor.sessionId ?? null,
                }
              : {}),
            tty: tty ? JSON.stringify(tty) : null,
            createdBy: actor.accountId,
          })),
        )
        .returning(COLUMNS)
        .execute()

export const getDyno = (db: Db, _actor: Actor, id: string): Promise<Dyno> =>
  db.selectFrom('dynos').select(COLUMNS).where('id', '=', id).executeTakeFirstOrThrow()

export const listDynosOfDeploy = (db: Db, _actor: Actor, deployId: string): Promise<Dyno[]> =>
  db
    .selectFrom('dynos')
    .select(COLUMNS)
    .where('deployId', '=', deployId)
    .orderBy('type')
    .orderBy('number')
    .execute()

/** What an engine reports of these waits for the end of the transaction. */
export const lockKeptDynosOfDeploy = (tx: Db, _actor: Actor, deployId: string): Promise<Dyno[]> =>
  tx
    .selectFrom('dynos')
    .select(COLUMNS)
    .where('deployId', '=', deployId)
    .where('kind', '=', 'kept')
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()

/** Those that run or are meant to, with the version of their release; without the ones a deploy has taken out. */
export const listLivingDynos = (
  db: Db,
  _actor: Actor,
  appId: string,
): Promise<(Dyno & { releaseVersion: number })[]> =>
  db
    .selectFrom('dynos')
    .innerJoin('releases', 'releases.id', 'dynos.releaseId')
    .select([...COLUMNS, 'releases.version as releaseVersion'])
    .where('dynos.appId', '=', appId)
    .where('stoppedAt', 'is', null)
    .where('retiredAt', 'is', null)
    .where('wanted', '=', true)
    .orderBy('type')
    .orderBy('number')
    .execute()

/** Kept dynos that are still wanted, retired or not. */
export const listKeptDynos = (db: Db, _actor: Actor, appId: string): Promise<Dyno[]> =>
  db
    .selectFrom('dynos')
    .select(COLUMNS)
    .where('appId', '=', appId)
    .where('kind', '=', 'kept')
    .where('wanted', '=', true)
    .orderBy('type')
    .orderBy('number')
    .execute()

/** Kept dynos that are as old as that or older and that nothing is about to replace, the oldest first. */
export const listOldDynos = (db: Db, _actor: Actor, since: Date): Promise<Dyno[]> =>
  db
    .selectFrom('dynos')
    .select(COLUMNS)
    .where('kind', '=', 'kept')
    .where('wanted', '=', true)
    .where('retiredAt', 'is', null)
    .where('createdAt', '<=', since)
    .orderBy('createdAt')
    .execute()

export const findReleasePhaseDyno = (
  db: Db,
  _actor: Actor,
  deployId: string,
): Promise<Dyno | undefined> =>
  db
    .selectFrom('dynos')
    .select(COLUMNS)
    .where('deployId', '=', deployId)
    .where('kind', '=', 'once')
    .where('type', '=', 'release')
    .executeTakeFirst()

export type TerminalSize = { columns: number; lines: number }

/** False if the dyno has no terminal, or has ended. The engine is told only of another size than it knows. */
export const updateTerminalSize = async (
  tx: Db,
  _actor: Actor,
  id: string,
  { columns, lines }: TerminalSize,
): Promise<boolean> => {
  const size = JSON.stringify({ columns, lines })
  const updated = await tx
    .updateTable('dynos')
    .set({ tty: sql`tty || ${size}::jsonb` })
    .where('id', '=', id)
    .where('tty', 'is not', null)
    .where('stoppedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return updated !== undefined
}

/** No new requests go to these dynos from now on. */
export const retireDynos = async (tx: Db, _actor: Actor, ids: string[]): Promise<void> => {
  if (ids.length === 0) return
  await tx
    .updateTable('dynos')
    .set({ retiredAt: sql<Date>`now()` })
    .where('id', 'in', ids)
    .where('retiredAt', 'is', null)
    .execute()
}

/** These dynos are wanted no more: the engine stops them. */
export const unwantDynos = async (tx: Db, _actor: Actor, ids: string[]): Promise<void> => {
  if (ids.length === 0) return
  await tx
    .updateTable('dynos')
    .set({ wanted: false, routable: false })
    .where('id', 'in', ids)
    .where('wanted', '=', true)
    .execute()
}

export const unwantAllDynos = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await tx
    .updateTable('dynos')
    .set({ wanted: false, routable: false })
    .where('appId', '=', appId)
    .where('wanted', '=', true)
    .execute()
}

/** After a change of states, releases or retirements: which of the app's dynos take requests now. */
export const refreshRoutable = async (tx: Db, _actor: Actor, appId: string): Promise<void> => {
  await sql`select refresh_routable(${appId})`.execute(tx)
}

/** Writes down what the engine says; returns the app whose dyno it is, undefined if there is no such dyno any more. */
export const recordDynoReport = async (
  tx: Db,
  _actor: Actor,
  report: DynoReport,
): Promise<string | undefined> => {
  const at = new Date(report.at)
  const ended = report.state === 'down' || report.state === 'complete'
  const updated = await tx
    .updateTable('dynos')
    .set({
      state: report.state,
      host: report.address?.host ?? null,
      port: report.address?.port ?? null,
      exitStatus: report.exitStatus,
      reason: report.reason,
      restarts: report.restarts,
      stateChangedAt: at,
      ...(report.state === 'up' ? { readyAt: at } : {}),
      ...(ended ? { stoppedAt: at, wanted: false, routable: false } : {}),
    })
    .where('id', '=', report.id)
    .where('stoppedAt', 'is', null)
    .returning('appId')
    .executeTakeFirst()
  return updated?.appId
}

/** Dynos that the engine did not name although it had applied the table up to `number`: they are gone. */
export const listUnreportedDynos = (
  db: Db,
  _actor: Actor,
  number: number,
  reported: string[],
): Promise<{ id: string }[]> => {
  let query = db
    .selectFrom('dynos')
    .select('id')
    .where('stoppedAt', 'is', null)
    .where('wanted', '=', false)
    .where('feedNumber', '<=', number)
  if (reported.length > 0) query = query.where('id', 'not in', reported)
  return query.execute()
}

/** Retired dynos for which no router had a request when it last spoke; `busy` are those that some router still names. */
export const markDrained = async (
  tx: Db,
  _actor: Actor,
  appliedNumber: number,
  busy: string[],
): Promise<void> => {
  let query = tx
    .updateTable('dynos')
    .set({ drainedAt: sql<Date>`now()` })
    .where('retiredAt', 'is not', null)
    .where('drainedAt', 'is', null)
    .where('stoppedAt', 'is', null)
    .where('routable', '=', false)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('appRoutes')
          .select('appRoutes.appId')
          .whereRef('appRoutes.appId', '=', 'dynos.appId')
          .where('appRoutes.feedNumber', '<=', appliedNumber),
      ),
    )
  if (busy.length > 0) query = query.where('id', 'not in', busy)
  await query.execute()
}

/** The one-off dyno that waits for whoever holds the secret with this SHA-256, and who was given the secret. */
export const findAttachableDyno = (
  db: Db,
  attachHash: Buffer,
): Promise<
  | (Dyno & {
      attachAccountId: string | null
      attachAuthorizationId: string | null
      attachTokenMark: string | null
      attachSessionId: string | null
    })
  | undefined
> =>
  db
    .selectFrom('dynos')
    .select([
      ...COLUMNS,
      'dynos.attachAccountId',
      'dynos.attachAuthorizationId',
      'dynos.attachTokenMark',
      'dynos.attachSessionId',
    ])
    .where('attachHash', '=', attachHash)
    .where('stoppedAt', 'is', null)
    .executeTakeFirst()
