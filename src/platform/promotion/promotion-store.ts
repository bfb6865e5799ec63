import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Range } from '#/foundation/range.ts'
import { mayOnApp } from '#/platform/app/app-store.ts'
import type { MadeRelease } from '#/platform/deploy/release-app.ts'
import type { Actor } from '#/platform/event/actor.ts'
import { NEEDED } from '#/platform/team/permission-table.ts'
import type { Promotion, PromotionTarget, TargetRecord } from './promotion.ts'

const promotions = (db: Db) =>
  db
    .selectFrom('promotions')
    .innerJoin('slugs', 'slugs.id', 'promotions.slugId')
    .select([
      'promotions.id',
      'promotions.number',
      'promotions.pipelineId',
      'promotions.sourceAppId',
      'promotions.sourceReleaseId',
      'promotions.slugId',
      'slugs.digest',
      'promotions.allOrNothing',
      'promotions.retryOf',
      'promotions.createdBy',
      'promotions.createdByName',
      'promotions.createdAt',
      'promotions.settledAt',
    ])

export type NewPromotion = Pick<
  Promotion,
  'pipelineId' | 'sourceAppId' | 'sourceReleaseId' | 'slugId' | 'allOrNothing' | 'retryOf'
> & {
  releases: MadeRelease[]
  /** What each target served before, by app. */
  previous: Map<string, string>
  plan: unknown
  idempotencyKey: string | null
  requestHash: string | null
}

/** @throws a violation of `promotions_idempotency_key` if the actor has used the key before. */
export const insertPromotion = async (
  tx: Db,
  actor: Actor,
  { plan, releases, previous, ...input }: NewPromotion,
): Promise<Promotion> => {
  const { id } = await tx
    .insertInto('promotions')
    .values({
      ...input,
      plan: plan === null ? null : JSON.stringify(plan),
      createdBy: actor.accountId,
      createdByName: actor.name,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('promotionTargets')
    .values(
      releases.map((release) => ({
        promotionId: id,
        appId: release.appId,
        releaseId: release.id,
        previousReleaseId: previous.get(release.appId) ?? null,
        approvals: JSON.stringify(release.permit.approvals.map(({ name, at }) => ({ name, at }))),
        freezeOverride: release.permit.freezeOverride,
      })),
    )
    .execute()
  return getPromotionById(tx, actor, id)
}

export const getPromotionById = (db: Db, _actor: Actor, id: string): Promise<Promotion> =>
  promotions(db).where('promotions.id', '=', id).executeTakeFirstOrThrow()

/** Until the transaction ends nobody else settles or cancels it. */
export const lockPromotion = async (tx: Db, actor: Actor, id: string): Promise<Promotion> => {
  await tx
    .selectFrom('promotions')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  return getPromotionById(tx, actor, id)
}

export const findByIdempotencyKey = async (
  db: Db,
  actor: Actor,
  key: string,
): Promise<{ promotion: Promotion; requestHash: string | null } | undefined> => {
  const found = await db
    .selectFrom('promotions')
    .select(['id', 'requestHash'])
    .where('createdBy', '=', actor.accountId)
    .where('idempotencyKey', '=', key)
    .executeTakeFirst()
  return (
    found && {
      promotion: await getPromotionById(db, actor, found.id),
      requestHash: found.requestHash,
    }
  )
}

/** Seen by whoever may see its source or one of its targets. */
const visible = (db: Db, actor: Actor) => {
  const visibleApps = db.selectFrom('apps').select('apps.id').where(mayOnApp(actor, 'view'))
  return promotions(db).where((eb) =>
    eb.or([
      eb('promotions.sourceAppId', 'in', visibleApps),
      eb.exists(
        eb
          .selectFrom('promotionTargets')
          .select('promotionTargets.id')
          .whereRef('promotionTargets.promotionId', '=', 'promotions.id')
          .where('promotionTargets.appId', 'in', visibleApps),
      ),
    ]),
  )
}

export const getPromotion = async (db: Db, actor: Actor, id: string): Promise<Promotion> => {
  const found = isId(id)
    ? await visible(db, actor).where('promotions.id', '=', id).executeTakeFirst()
    : undefined
  if (!found) throw notFound('pipeline_promotion', "Couldn't find that pipeline promotion.")
  return found
}

/** In the order and within the bounds of `range` (property `number`), one more than its `max` if there are more. */
export const listPromotions = (
  db: Db,
  actor: Actor,
  pipelineId: string,
  range: Range,
): Promise<Promotion[]> => {
  const forward = range.order === 'asc'
  let query = visible(db, actor).where('promotions.pipelineId', '=', pipelineId)
  if (range.start !== undefined)
    query = query.where(
      'promotions.number',
      range.startIsExcluded ? (forward ? '>' : '<') : forward ? '>=' : '<=',
      wholeNumber(range.start),
    )
  if (range.end !== undefined)
    query = query.where('promotions.number', forward ? '<=' : '>=', wholeNumber(range.end))
  return query
    .orderBy('promotions.number', range.order)
    .limit(range.max + 1)
    .execute()
}

const wholeNumber = (text: string): number => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : 0
}

/** Unless there is one already. */
export const savePlan = async (db: Db, _actor: Actor, id: string, plan: unknown): Promise<void> => {
  await db
    .updateTable('promotions')
    .set({ plan: sql`${JSON.stringify(plan)}::jsonb` })
    .where('id', '=', id)
    .where('plan', 'is', null)
    .execute()
}

/** As it was stored with the promotion; null until it is. */
export const readPlan = async (db: Db, _actor: Actor, id: string): Promise<unknown> =>
  (await db.selectFrom('promotions').select('plan').where('id', '=', id).executeTakeFirst())
    ?.plan ?? null

const targetsOf = (db: Db, promotionId: string) =>
  db
    .selectFrom('promotionTargets')
    .innerJoin('releases', 'releases.id', 'promotionTargets.releaseId')
    .innerJoin('apps', 'apps.id', 'promotionTargets.appId')
    .select([
      'promotionTargets.id',
      'promotionTargets.promotionId',
      'promotionTargets.appId',
      'promotionTargets.releaseId',
      'promotionTargets.previousReleaseId',
      'promotionTargets.rollbackReleaseId',
      'promotionTargets.rollbackNote',
      'releases.status',
      'releases.failureReason as errorMessage',
      'releases.updatedAt',
    ])
    .where('promotionTargets.promotionId', '=', promotionId)
    .orderBy('apps.name')

export const listTargets = (
  db: Db,
  _actor: Actor,
  promotionId: string,
): Promise<PromotionTarget[]> => targetsOf(db, promotionId).execute()

export const listTargetRecords = async (
  db: Db,
  actor: Actor,
  promotionId: string,
): Promise<TargetRecord[]> =>
  targetsOf(db, promotionId)
    .leftJoin('releases as previous', 'previous.id', 'promotionTargets.previousReleaseId')
    .leftJoin('slugs as slugBefore', 'slugBefore.id', 'previous.slugId')
    .leftJoin('releases as rollback', 'rollback.id', 'promotionTargets.rollbackReleaseId')
    .leftJoin('deploys', (join) =>
      join
        .onRef('deploys.releaseId', '=', 'promotionTargets.releaseId')
        .on('deploys.kind', '=', 'release'),
    )
    .select((eb) => [
      eb.case().when(mayOnApp(actor, 'view')(eb)).then(eb.ref('apps.name')).end().as('appName'),
      'releases.version',
      'previous.version as previousVersion',
      'slugBefore.digest as digestBefore',
      'promotionTargets.approvals',
      'promotionTargets.freezeOverride',
      'rollback.version as rollbackVersion',
      sql<TargetRecord['steps']>`coalesce(deploys.steps, '[]')`.as('steps'),
      'deploys.evidence',
      'deploys.startedAt',
      'deploys.finishedAt',
    ])
    .execute()

export const saveRollback = async (
  tx: Db,
  _actor: Actor,
  targetId: string,
  outcome: { rollbackReleaseId?: string; rollbackNote?: string },
): Promise<void> => {
  await tx.updateTable('promotionTargets').set(outcome).where('id', '=', targetId).execute()
}

export const markSettled = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  await tx
    .updateTable('promotions')
    .set({ settledAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute()
}

/** By app the id of what it serves now; those that serve nothing are not in it. */
export const mapCurrentReleases = async (
  db: Db,
  _actor: Actor,
  appIds: string[],
): Promise<Map<string, string>> =>
  byApp(await releasesOf(db, appIds).where('current', '=', true).execute())

/** By app the id of what it serves once all that is on its way has come; those that never had a release are not in it. */
export const mapComingReleases = async (
  db: Db,
  _actor: Actor,
  appIds: string[],
): Promise<Map<string, string>> =>
  byApp(
    await releasesOf(db, appIds)
      .distinctOn('appId')
      .where((eb) => eb.or([eb('current', '=', true), eb('status', '=', 'pending')]))
      .orderBy('appId')
      .orderBy('version', 'desc')
      .execute(),
  )

const releasesOf = (db: Db, appIds: string[]) =>
  db.selectFrom('releases').select(['appId', 'id']).where('appId', 'in', appIds)

const byApp = (rows: { appId: string; id: string }[]): Map<string, string> =>
  new Map(rows.map(({ appId, id }) => [appId, id]))

/** Those of the targets that are there still, whoever may see them. */
export const listLivingTargets = async (db: Db, promotionId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('promotionTargets')
      .innerJoin('apps', 'apps.id', 'promotionTargets.appId')
      .select('apps.id')
      .where('promotionId', '=', promotionId)
      .where('apps.destroyedAt', 'is', null)
      .orderBy('apps.id')
      .execute()
  ).map(({ id }) => id)

export const getSourceName = async (db: Db, promotion: Promotion): Promise<string> => {
  const { name, version } = await db
    .selectFrom('releases')
    .innerJoin('apps', 'apps.id', 'releases.appId')
    .select(['apps.name', 'releases.version'])
    .where('releases.id', '=', promotion.sourceReleaseId)
    .executeTakeFirstOrThrow()
  return `${name} v${version}`
}

export const findEmailOf = async (db: Db, accountId: string | null): Promise<string | undefined> =>
  (await db.selectFrom('accounts').select('email').where('id', '=', accountId).executeTakeFirst())
    ?.email

/** Those of the apps whose config vars the actor may see. */
export const listAppsWithConfig = async (db: Db, actor: Actor, ids: string[]): Promise<string[]> =>
  (
    await db
      .selectFrom('apps')
      .select('apps.id')
      .where('apps.id', 'in', ids)
      .where(mayOnApp(actor, NEEDED.config))
      .execute()
  ).map(({ id }) => id)
