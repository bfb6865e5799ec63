import { sql } from 'kysely'
import type { Db } from '#/foundation/db.ts'
import { notFound } from '#/foundation/errors.ts'
import { isId } from '#/foundation/ids.ts'
import type { Actor, DeployBinding } from '#/platform/event/actor.ts'
import type { DeployToken } from './deploy-token.ts'

/** Those that are good, as far as time goes. */
const living = (db: Db) =>
  db
    .selectFrom('authorizations')
    .innerJoin('accounts', 'accounts.id', 'authorizations.accountId')
    .select([
      'authorizations.id',
      'authorizations.accountId',
      'authorizations.description',
      'authorizations.appId',
      'authorizations.pipelineId',
      'authorizations.tokenHint',
      'authorizations.lastUsedAt',
      'authorizations.expiresAt',
      'authorizations.createdAt',
      'accounts.email',
    ])
    .where('authorizations.revokedAt', 'is', null)
    .where('authorizations.expiresAt', '>', sql<Date>`now()`)

type Row = Awaited<ReturnType<ReturnType<typeof living>['execute']>>[number]

const deployTokenOf = ({ accountId, email, appId, pipelineId, ...row }: Row): DeployToken => ({
  ...row,
  boundTo: appId === null ? { pipelineId: pipelineId ?? '' } : { appId },
  madeBy: { id: accountId, email },
})

/** Of an app or a pipeline, newest first, whoever made them. */
export const listDeployTokens = async (
  db: Db,
  _actor: Actor,
  binding: DeployBinding,
): Promise<DeployToken[]> => {
  const query = living(db).orderBy('authorizations.createdAt', 'desc').orderBy('authorizations.id')
  const found =
    'appId' in binding
      ? query.where('authorizations.appId', '=', binding.appId)
      : query.where('authorizations.pipelineId', '=', binding.pipelineId)
  return (await found.execute()).map(deployTokenOf)
}

/** Whoever asks. */
export const findDeployToken = async (
  db: Db,
  _actor: Actor,
  id: string,
): Promise<DeployToken | undefined> => {
  if (!isId(id)) return undefined
  const found = await living(db)
    .where('authorizations.id', '=', id)
    .where((eb) =>
      eb.or([
        eb('authorizations.appId', 'is not', null),
        eb('authorizations.pipelineId', 'is not', null),
      ]),
    )
    .executeTakeFirst()
  return found && deployTokenOf(found)
}

/** @throws 404 if somebody else was quicker */
export const revokeDeployToken = async (tx: Db, _actor: Actor, id: string): Promise<void> => {
  const { numUpdatedRows } = await tx
    .updateTable('authorizations')
    .set({ revokedAt: sql<Date>`now()`, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw notFound('deploy_token')
}
